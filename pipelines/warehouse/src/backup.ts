/** Copies of an embedded warehouse, by the engine's own BACKUP and RESTORE. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Access } from './access.ts';

/** What a copy holds, in numbers that merges and their timing do not change. */
export interface WarehouseContent {
  /** The engine's version. */
  engine: string;
  migrations: { name: string; hash: string }[];
  timeZone: string;
  /** Rows of each table that counting fills. */
  rows: Record<string, number>;
  /** Of all that was ever counted, from the rollup by month. */
  counted: { events: number; reached: number; submitted: number };
}

/** What the engine says of a BACKUP or RESTORE under way. */
interface Operation {
  status: string;
  error: string;
  files: number;
  bytes: number;
}

/** A copy whose content is settled and whose bytes are still being written. */
export interface Copying {
  content: WarehouseContent;
  /** Bytes written so far. */
  written(): number;
  /** Waits until every part of the content is in the copy with all its bytes; to be called once. */
  finish(): Promise<void>;
}

const LOOK_MS = 20;
/** Counting waits so long at most. */
const SETTLE_MS = 60_000;
/** The tables that only counting writes: nothing may change them while their copy is being settled. */
const COUNTED = /^(submission|backlog|link|event_seen|rollup_\w+)$/;
const IS_COUNTED = `match(table, '${COUNTED.source.replaceAll('\\', '\\\\')}')`;

/** Bytes of all parts: what a copy will need at most. */
export async function warehouseBytes(access: Access): Promise<number> {
  const [row] = await access.read<{ bytes: number }>(
    'SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase()',
  );
  return row?.bytes ?? 0;
}

/**
 * Begins a copy into the new folder `directory`, to be called while nothing is counted; resolves when counting may go on. The
 * engine settles the content table by table: a range that came in between would be in the base table and not in some rollup,
 * and no replay would heal that, as the look-up of counted ids knows its events.
 */
export async function copyWarehouse(access: Access, directory: string, stopped: AbortSignal): Promise<Copying> {
  // A merge in between would not change a number, but the parts by which the copy is checked.
  await access.command('SYSTEM STOP MERGES');
  try {
    const parts = await partsOf(access);
    const content = await contentOf(access);
    const id = `${directory} ${Date.now()}`;
    await access.command(
      `BACKUP DATABASE ${await databaseOf(access)} TO File(${text(directory)}) SETTINGS id = ${text(id)} ASYNC`,
    );
    const began = performance.now();
    let latest: Operation | undefined;
    // The first file is written once the parts of all tables are held.
    while (latest === undefined || (latest.status === 'CREATING_BACKUP' && latest.files === 0)) {
      if (performance.now() - began > SETTLE_MS)
        throw new Error(`the engine did not settle what to copy within ${SETTLE_MS / 1_000} s`);
      await sleep(LOOK_MS, undefined, { signal: stopped });
      latest = await operation(access, id);
    }
    const finish = async (): Promise<void> => {
      for (;;) {
        latest = await operation(access, id);
        if (latest.status !== 'CREATING_BACKUP') break;
        await sleep(LOOK_MS, undefined, { signal: stopped });
      }
      if (latest.status !== 'BACKUP_CREATED') throw new Error(`the engine could not copy itself: ${latest.error}`);
      await checkCopy(directory, parts);
    };
    return { content, written: () => latest?.bytes ?? 0, finish };
  } finally {
    await access.command('SYSTEM START MERGES');
  }
}

/** Restores a copy into an empty warehouse, reads every part of it again, and returns what it holds now. */
export async function restoreWarehouse(
  access: Access,
  directory: string,
  progress: (bytes: number) => void,
): Promise<WarehouseContent> {
  const from = `RESTORE DATABASE ${await databaseOf(access)} FROM File(${text(directory)}) SETTINGS`;
  await access.command(`${from} structure_only = true`);
  // Rows that expired since the copy was made would go with the first merge, before they are compared.
  await access.command('SYSTEM STOP MERGES');
  const id = `${directory} ${Date.now()}`;
  await access.command(`${from} allow_non_empty_tables = true, id = ${text(id)} ASYNC`);
  for (;;) {
    const { status, error, bytes } = await operation(access, id);
    progress(bytes);
    if (status === 'RESTORED') break;
    if (status !== 'RESTORING') throw new Error(`the engine could not restore the copy: ${error}`);
    await sleep(LOOK_MS);
  }
  const tables = await access.read<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(engine, 'MergeTree')`,
  );
  for (const { name } of tables) {
    const sound = await access.bytes(`CHECK TABLE ${name} SETTINGS check_query_single_value_result = 1`, 'RowBinary');
    if (sound[0] !== 1) throw new Error(`the table ${name} of the copy is damaged`);
  }
  return contentOf(access);
}

async function databaseOf(access: Access): Promise<string> {
  const [row] = await access.read<{ name: string }>('SELECT currentDatabase() AS name');
  return row?.name ?? '';
}

/** Counts what a warehouse holds. */
async function contentOf(access: Access): Promise<WarehouseContent> {
  const [versions, migrations, rows, counted] = await Promise.all([
    access.read<{ engine: string }>('SELECT version() AS engine'),
    access.read<{ name: string; hash: string; time_zone: string }>(
      'SELECT name, hash, time_zone FROM migration ORDER BY name',
    ),
    access.read<{ table: string; n: number }>(
      `SELECT table, sum(rows) AS n FROM system.parts
       WHERE active AND database = currentDatabase() AND ${IS_COUNTED} GROUP BY table ORDER BY table`,
    ),
    access.read<WarehouseContent['counted']>(
      `SELECT sum(events) AS events, sum(reached) AS reached, sum(submitted) AS submitted FROM rollup_month WHERE dim = 'all'`,
    ),
  ]);
  return {
    engine: versions[0]?.engine ?? '',
    migrations: migrations.map(({ name, hash }) => ({ name, hash })),
    timeZone: migrations[0]?.time_zone ?? '',
    rows: Object.fromEntries(rows.map(({ table, n }) => [table, n])),
    counted: counted[0] ?? { events: 0, reached: 0, submitted: 0 },
  };
}

async function partsOf(access: Access): Promise<Set<string>> {
  const rows = await access.read<{ part: string }>(
    `SELECT concat(table, '/', name) AS part FROM system.parts
     WHERE active AND database = currentDatabase() AND ${IS_COUNTED}`,
  );
  return new Set(rows.map(({ part }) => part));
}

async function operation(access: Access, id: string): Promise<Operation> {
  const [found] = await access.read<Operation>(
    `SELECT toString(status) AS status, error, num_files AS files, total_size AS bytes FROM system.backups WHERE id = ${text(id)}`,
  );
  if (found === undefined) throw new Error('the engine knows nothing of the copy it should make');
  return { ...found, error: found.error.replace(/,? ?Stack trace[\s\S]*$/, '') };
}

const FILE = /<file>(.*?)<\/file>/g;
const field = (entry: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(entry)?.[1];

/**
 * The engine says "created" even when the disk was full, so its list of files is compared with what is there, and the parts in
 * it with those that were to be copied.
 */
async function checkCopy(directory: string, expected: ReadonlySet<string>): Promise<void> {
  const list = await readFile(join(directory, '.backup'), 'utf8');
  if (!list.trimEnd().endsWith('</config>')) throw new Error(`${INCOMPLETE}: its list of files is cut off`);
  const found = new Set<string>();
  const surplus = new Set<string>();
  for (const [, entry = ''] of list.matchAll(FILE)) {
    const name = field(entry, 'name') ?? '';
    const [top, , table = '', part = ''] = name.split('/');
    if (top === 'data' && COUNTED.test(table)) {
      found.add(`${table}/${part}`);
      if (!expected.has(`${table}/${part}`)) surplus.add(`${table}/${part}`);
    }
    const size = Number(field(entry, 'size'));
    // Equal files are stored once.
    const stored = field(entry, 'data_file') ?? name;
    const actual =
      size === 0
        ? 0
        : await stat(join(directory, stored)).then(
            ({ size: bytes }) => bytes,
            () => -1,
          );
    if (actual !== size) throw new Error(`${INCOMPLETE}: of ${name} it has ${Math.max(0, actual)} of ${size} bytes`);
  }
  const missing = [...expected].filter((part) => !found.has(part));
  const [changed] = [...missing, ...surplus];
  if (changed !== undefined)
    throw new Error(`the warehouse changed while its copy was being settled (${changed}); try again`);
}

const INCOMPLETE = 'the copy of the warehouse is incomplete';

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
