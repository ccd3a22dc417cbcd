/** A room's mark in its DATA_DIR: where it listens. Commands find it by that, and know a folder that never was a room's. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Config } from '../config.ts';

const ADDRESS = 'address';
/** What a room of a version without that mark has. */
const STORES = ['log', 'warehouse'];

/** Throws where no room was ever started on the folder: what a command left there, nobody would read. */
export function assertRoom(dataDirectory: string): void {
  if (![ADDRESS, ...STORES].some((name) => existsSync(join(dataDirectory, name))))
    throw new Error(`${dataDirectory} holds no room; set DATA_DIR to the folder of one, or start one there first`);
}

/** Told by the server as soon as it listens, at each start. */
export async function tellAddress(dataDirectory: string, url: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true });
  const draft = join(dataDirectory, `.${ADDRESS}.${process.pid}`);
  await writeFile(draft, `${url}\n`);
  await rename(draft, join(dataDirectory, ADDRESS));
}

/** Where a command finds the room: at the address that it told last, or else at that of the settings. */
export async function roomUrl({ dataDirectory, host, port }: Pick<Config, 'dataDirectory' | 'host' | 'port'>) {
  const told = await readFile(join(dataDirectory, ADDRESS), 'utf8').catch(() => '');
  return reachable(URL.canParse(told.trim()) ? told.trim() : `http://${isIPv6(host) ? `[${host}]` : host}:${port}`);
}

/** A wildcard is where a room listens, not where it is found. */
function reachable(url: string): string {
  const found = new URL(url);
  if (found.hostname === '0.0.0.0') found.hostname = '127.0.0.1';
  if (found.hostname === '[::]') found.hostname = '[::1]';
  return found.origin;
}
