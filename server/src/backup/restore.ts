/**
 * Puts a backup in the place of a stopped room's data. Everything is made and checked beside it first; only then are the
 * present stores moved aside, never removed, and the restored ones moved in.
 */
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, realpath, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type DatabaseSettings, databaseFile, loadDump } from '@room/database';
import { migrations, openAccess, restoreWarehouse } from '@room/warehouse';
import { positionOf } from './backups.ts';
import { BrokenBackup, checkFiles, DATABASE, type Manifest, readManifest } from './manifest.ts';

export interface RestoreOptions {
  /** Folder of a complete backup. */
  from: string;
  /** Locked by the caller: no room runs on it. */
  dataDirectory: string;
  /** Whether data that is there may be moved aside. */
  replace: boolean;
  maxMemoryBytes: number;
  /** Where the database goes that is not in the data's folder, which must be empty; undefined: into that folder. */
  database?: DatabaseSettings | undefined;
  progress: (stage: string, bytes: number, ofBytes: number) => void;
}

export interface Restored {
  manifest: Manifest;
  /** Where the data went that was there before. */
  replaced?: string;
}

const STORES = ['warehouse', 'log', 'database', 'portal-keys.json'];
/** What simulated portals wrote with: with it here a start would send made-up numbers into what is restored. */
const SIMULATOR = ['simulator-keys.jsonl', 'simulator-history.done', 'simulator-state.json'];
/** What else stands in a room's folder, and stays. */
const KEPT = ['address', 'briefing-key.pem', 'operator-token', 'backups', 'logs'];
const MAKING = '.restoring';
const MADE = '.restored';

/** Throws where a restore was cut off while it was moving its stores in. */
export function assertRestored(dataDirectory: string): void {
  if (existsSync(join(dataDirectory, MADE)))
    throw new Error(`a restore into ${dataDirectory} was cut off; run it again, with --replace`);
}

export async function restore(options: RestoreOptions): Promise<Restored> {
  const { dataDirectory, replace, progress } = options;
  const from = await realpath(options.from);
  const present = await presentIn(dataDirectory, replace);
  const manifest = await readManifest(from);
  await assertKnown(manifest);
  const size = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const counting = (stage: string): ((bytes: number) => void) => {
    let done = 0;
    return (bytes) => {
      done += bytes;
      progress(stage, done, size);
    };
  };
  await checkFiles(from, manifest, counting('verifying'));

  const making = join(dataDirectory, MAKING);
  for (const left of [MAKING, MADE]) await rm(join(dataDirectory, left), { recursive: true, force: true });
  const { bavail, bsize } = await statfs(dataDirectory);
  if (bavail * bsize < size)
    throw new Error(`the backup has ${size} bytes, and ${dataDirectory} has ${bavail * bsize} free; make space`);
  try {
    await mkdir(making);
    await make(from, making, manifest, options);
    // From here on what is in this folder is whole; a room does not start before it has been moved in.
    await rename(making, join(dataDirectory, MADE));
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
  const replaced = await moveIn(dataDirectory, present);
  return replaced === undefined ? { manifest } : { manifest, replaced };
}

/**
 * What is to be moved aside. A folder with anything in it may be somebody's home, so it is taken only where that was asked
 * for and where it is a room's.
 */
async function presentIn(dataDirectory: string, replace: boolean): Promise<string[]> {
  const found = (await readdir(dataDirectory)).filter((name) => name !== MAKING && name !== MADE);
  const shown = found.slice(0, 5).join(', ') + (found.length > 5 ? ' …' : '');
  if (found.length > 0 && !replace)
    throw new Error(
      `${dataDirectory} holds data (${shown}); give an empty --data-dir, or --replace to move a room's aside`,
    );
  const moved = [...STORES, ...SIMULATOR];
  if (found.length > 0 && !found.some((name) => moved.includes(name) || KEPT.includes(name)))
    throw new Error(`${dataDirectory} is no room's folder: it holds ${shown}; give an empty --data-dir`);
  return moved.filter((name) => found.includes(name));
}

/** A backup of a later version has tables that this one knows nothing of. */
async function assertKnown({ warehouse }: Manifest): Promise<void> {
  const known = await migrations();
  const foreign = warehouse.migrations.find(
    ({ name, hash }) => !known.some((migration) => migration.name === name && migration.hash === hash),
  );
  if (foreign !== undefined)
    throw new Error(
      `this version does not know the migration ${foreign.name}; restore with the version that made the backup`,
    );
}

async function make(from: string, to: string, manifest: Manifest, options: RestoreOptions): Promise<void> {
  const { maxMemoryBytes, progress } = options;
  const sizeOf = (folder: string): number =>
    manifest.files.reduce((sum, { path, bytes }) => (path.startsWith(`${folder}/`) ? sum + bytes : sum), 0);
  const directory = join(to, 'warehouse');
  const access = await openAccess({ kind: 'embedded', directory, readers: 1, maxMemoryBytes, backups: from });
  try {
    const found = await restoreWarehouse(access, join(from, 'warehouse'), (bytes) =>
      progress('restoring', bytes, sizeOf('warehouse')),
    );
    const { rows, counted } = manifest.warehouse;
    if (!isDeepStrictEqual([found.rows, found.counted], [rows, counted]))
      throw new BrokenBackup(
        `the restored warehouse is not the one of the backup: it counts ${JSON.stringify(found.counted)} in ${JSON.stringify(found.rows)}, ` +
          `the backup says ${JSON.stringify(counted)} in ${JSON.stringify(rows)}`,
      );
  } finally {
    await access[Symbol.asyncDispose]();
  }
  progress('restoring the log', 0, sizeOf('log'));
  await cp(join(from, 'log'), join(to, 'log'), { recursive: true });
  const position = await positionOf(join(to, 'log'));
  if (!isDeepStrictEqual(position, manifest.log))
    throw new BrokenBackup(
      `the restored log stands at ${JSON.stringify(position)}, not ${JSON.stringify(manifest.log)}`,
    );
  if (manifest.database !== undefined) {
    progress('restoring the database', 0, 1);
    const found = await loadDump(join(from, DATABASE), options.database ?? { kind: 'sqlite', file: databaseFile(to) });
    if (!isDeepStrictEqual(found, manifest.database))
      throw new BrokenBackup(
        `the restored database is at ${JSON.stringify(found)}, not at ${JSON.stringify(manifest.database)}`,
      );
  }
  const keys = 'portal-keys.json';
  if (manifest.files.some(({ path }) => path === keys)) await copyFile(join(from, keys), join(to, keys));
}

/** Moves the present stores aside, then the restored ones in; returns where the present ones went. */
async function moveIn(dataDirectory: string, present: readonly string[]): Promise<string | undefined> {
  let replaced: string | undefined;
  if (present.length > 0) {
    replaced = join(dataDirectory, `replaced-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`);
    await mkdir(replaced);
    for (const name of present) await rename(join(dataDirectory, name), join(replaced, name));
  }
  const made = join(dataDirectory, MADE);
  for (const name of STORES)
    if (existsSync(join(made, name))) await rename(join(made, name), join(dataDirectory, name));
  await rmdir(made);
  return replaced;
}
