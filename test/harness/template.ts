/**
 * A warehouse as a new room's first start leaves it, made once for as long as nothing changes that it is made from: tests that are
 * not about that start begin with a copy.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { childEnv } from './config.ts';
import { run } from './process.ts';
import { ROOT, typescript } from './program.ts';

const CACHE = join(ROOT, 'node_modules', '.cache', 'operations-room', 'warehouses');
const MAIN = 'test/harness/template-main.ts';
/** What a migrated warehouse is made from: the statements, what runs them, and the engine's version. */
const SOURCES = ['pipelines/contract/src', 'pipelines/warehouse/migrations', 'pipelines/warehouse/src'];
const LOCKFILE = 'pnpm-lock.yaml';

export async function runTemplateMain(...words: string[]): Promise<string> {
  const { code, stdout, output } = await run(process.execPath, [...typescript(), MAIN, ...words], {
    cwd: ROOT,
    env: childEnv(),
  });
  if (code !== 0) throw new Error(`the warehouse of ${words.join(' ')} failed:\n${output}`);
  return stdout;
}

async function key(timeZone: string): Promise<string> {
  const hash = createHash('sha256').update(timeZone);
  const files = [LOCKFILE, MAIN];
  for (const folder of SOURCES)
    for (const name of (await readdir(join(ROOT, folder), { recursive: true })).sort())
      if (/\.\w+$/.test(name)) files.push(join(folder, name));
  for (const file of files) hash.update(`\0${file}\0`).update(await readFile(join(ROOT, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Another process may be making the same one: whoever is first is taken. */
async function make(folder: string, timeZone: string): Promise<void> {
  const draft = `${folder}.${randomUUID()}`;
  await mkdir(dirname(folder), { recursive: true });
  try {
    await runTemplateMain('migrate', draft, timeZone);
    await rename(draft, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const made = new Map<string, Promise<string>>();

async function template(timeZone: string): Promise<string> {
  const folder = join(CACHE, await key(timeZone));
  if (!existsSync(folder)) await make(folder, timeZone);
  return folder;
}

const zoneAsShipped = async (): Promise<string> => (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue.timeZone;

/** Puts an empty warehouse, migrated for this time zone, into `folder`, which is missing or empty. */
export async function copyWarehouse(folder: string, timeZone?: string): Promise<void> {
  const zone = timeZone ?? (await zoneAsShipped());
  const known = made.get(zone) ?? template(zone);
  made.set(zone, known);
  // Its links lead from one of its folders to another, wherever it stands.
  await cp(await known, folder, { recursive: true, verbatimSymlinks: true });
}
