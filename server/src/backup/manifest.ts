/** What a backup says of itself: written last, so that a folder without it is no backup. */
import { createHash } from 'node:crypto';
import { open, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';

const MANIFEST = 'manifest.json';

/** The database's lines beside the folders of the other stores. */
export const DATABASE = 'database.jsonl';

const count = z.number().int().nonnegative();

/** Events, dossiers and dossiers submitted that a warehouse has counted. */
export const countedSchema = z.strictObject({ events: count, reached: z.number().int(), submitted: z.number().int() });

const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** When its content was settled. */
  madeAt: z.iso.datetime(),
  /** Hash of the catalogue under which it was counted. */
  catalogue: z.string(),
  warehouse: z.strictObject({
    engine: z.string(),
    migrations: z.array(z.strictObject({ name: z.string(), hash: z.string() })),
    timeZone: z.string(),
    rows: z.record(z.string(), count),
    counted: countedSchema,
  }),
  /** Of the database: the end of its audit, and what made its tables. Backups of earlier versions have a file of portal keys instead. */
  database: z
    .strictObject({
      head: z.strictObject({ sequence: count, hash: z.string() }),
      migrations: z.array(z.strictObject({ name: z.string(), hash: z.string() })),
    })
    .optional(),
  /** Where counting stands in the log: events before `committed` are in the warehouse, `pending` ones after it are not. */
  log: z.strictObject({ committed: count, pending: count }),
  files: z.array(z.strictObject({ path: z.string(), bytes: count, sha256: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** The folder is no backup, or not a whole one. */
export class BrokenBackup extends Error {
  readonly code = 'broken_backup';
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = await open(join(folder, MANIFEST), 'wx');
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 1)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new BrokenBackup(`${folder} has no ${MANIFEST}: it is no backup, or one that was cut off`, { cause });
  });
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new BrokenBackup(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Files that are read at once: bringing one to the disk waits for the disk, not for us. */
const AT_ONCE = 16;

/** Reads every file under `folder` and brings it to the disk for good; paths have slashes. */
export async function listFiles(folder: string, read: (bytes: number) => void): Promise<Manifest['files']> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files: Manifest['files'] = [];
  const work = async (): Promise<void> => {
    for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
      const path = join(entry.parentPath, entry.name);
      files.push({ path: relative(folder, path).replaceAll(sep, '/'), ...(await hashed(path, read, true)) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Throws `BrokenBackup` where a file is missing, or is not the one that was written. */
export async function checkFiles(folder: string, manifest: Manifest, read: (bytes: number) => void): Promise<void> {
  for (const { path, bytes, sha256 } of manifest.files) {
    if (path.startsWith('/') || path.split('/').includes('..'))
      throw new BrokenBackup(`${folder} names a file outside of itself: ${path}`);
    const found = await hashed(join(folder, path), read, false).catch((cause: NodeJS.ErrnoException) => {
      throw new BrokenBackup(`${join(folder, path)} cannot be read: ${cause.message}`, { cause });
    });
    if (found.bytes !== bytes || found.sha256 !== sha256)
      throw new BrokenBackup(`${join(folder, path)} is damaged: it is not the file that was written`);
  }
}

async function hashed(
  path: string,
  read: (bytes: number) => void,
  sync: boolean,
): Promise<{ bytes: number; sha256: string }> {
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 18 })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      read((chunk as Buffer).length);
    }
    if (sync) await file.sync();
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}
