import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { config } from './config.ts';

export interface TempDir extends AsyncDisposable {
  path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A folder of its own, gone when it is disposed. */
export async function tempDir(name = 'test'): Promise<TempDir> {
  const path = await mkdtemp(join(config.tempDir, `room-${name}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
