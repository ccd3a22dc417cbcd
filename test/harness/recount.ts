/** Counts what a stopped room's warehouse holds, straight from the base table and each rollup, in a process of its own. */
import { fileURLToPath } from 'node:url';
import { childEnv } from './config.ts';
import { run } from './process.ts';
import { typescript } from './room.ts';

export interface Recount {
  /** Ids in the base table, in order; an id counted twice stands twice. */
  ids: string[];
  /** Sum of `count` in the base table. */
  base: number;
  /** Sum of `reached` in each rollup that keeps every event. */
  rollups: Record<string, number>;
  /** Keys that a look-up would find. */
  seen: number;
}

const SCRIPT = fileURLToPath(new URL('./recount-main.ts', import.meta.url));

export async function recount(dataDir: string): Promise<Recount> {
  const { code, stdout, output } = await run(process.execPath, [...typescript(), SCRIPT, dataDir], { env: childEnv() });
  if (code !== 0) throw new Error(`the recount of ${dataDir} failed:\n${output}`);
  return JSON.parse(stdout) as Recount;
}
