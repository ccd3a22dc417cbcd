/** Applies the numbered SQL of `migrations/`, each once; every statement is safe to run again after a crash in between. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Access } from './access.ts';

const FOLDER = fileURLToPath(new URL('../migrations', import.meta.url));

export interface Dialect {
  timeZone: string;
  /** Name of the cluster whose tables are replicated; the engine clause is all that differs. */
  cluster?: string;
}

export interface Migration {
  name: string;
  sql: string;
  hash: string;
}

/** Blocks per partition whose tokens are remembered; a range is replayed long before so many others came. */
const WINDOW = 10_000;
/** Days that a table is created with; the room's own settings are applied at every start. */
const KEEP_SECONDS = 2;
const KEEP_MINUTES = 35;
const KEEP_FORECASTS = 35;
const KEEP_PULSES = 8;
const KEEP_SHOWN = 400;

export function render(sql: string, dialect: Dialect): string {
  const replicated = dialect.cluster !== undefined;
  return sql
    .replaceAll('{{on_cluster}}', onCluster(dialect))
    .replaceAll(/\{\{engine:(\w+)(?:\((\w+)\))?\}\}/g, (_, engine: string, argument: string | undefined) =>
      replicated
        ? `Replicated${engine}('/clickhouse/tables/{database}/{table}', '{replica}'${argument === undefined ? '' : `, ${argument}`})`
        : `${engine}(${argument ?? ''})`,
    )
    .replaceAll(
      '{{deduplicated}}',
      replicated
        ? `SETTINGS replicated_deduplication_window = ${WINDOW}, replicated_deduplication_window_seconds = 31536000`
        : `SETTINGS non_replicated_deduplication_window = ${WINDOW}`,
    )
    .replaceAll(/\{\{synced:(\w+)\}\}/g, (_, table: string) => (replicated ? `SYSTEM SYNC REPLICA ${table}` : ''))
    .replaceAll('{{keep_seconds}}', String(KEEP_SECONDS))
    .replaceAll('{{keep_minutes}}', String(KEEP_MINUTES))
    .replaceAll('{{keep_forecasts}}', String(KEEP_FORECASTS))
    .replaceAll('{{keep_pulses}}', String(KEEP_PULSES))
    .replaceAll('{{keep_shown}}', String(KEEP_SHOWN))
    .replaceAll('{{time_zone}}', dialect.timeZone);
}

export const onCluster = ({ cluster }: Dialect): string => (cluster === undefined ? '' : `ON CLUSTER '${cluster}'`);

/** Statements of a file; comments go, so that a `;` in one cannot cut a statement. */
export const statements = (sql: string): string[] =>
  sql
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

/** All that this version knows, in order. */
export async function migrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(`${FOLDER}/${name}`, 'utf8');
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex').slice(0, 16) };
    }),
  );
}

export interface MigrateOptions {
  /**
   * Ids of the ranges whose insert may be half done. Their rows are left out where a new table is filled with what was
   * counted before: their replay brings them. Needed and asked for only when there is such a table to fill.
   */
  unsettled?: () => Promise<readonly string[]>;
  report?: (message: string) => void;
  /** Instead of all that this version knows. */
  known?: readonly Migration[];
}

/** What a start would apply. Throws where buckets were cut in another time zone, or an applied file was changed. */
export async function outstanding(
  access: Access,
  dialect: Dialect,
  known?: readonly Migration[],
): Promise<Migration[]> {
  const applied = await appliedTo(access, dialect);
  return (known ?? (await migrations())).filter(({ name, hash }) => {
    const before = applied.get(name);
    if (before === undefined) return true;
    if (before.time_zone !== dialect.timeZone)
      throw new Error(
        `this warehouse cuts its days in ${before.time_zone}, the catalogue says ${dialect.timeZone}; use another DATA_DIR or database`,
      );
    if (before.hash !== hash)
      throw new Error(`migration ${name} was changed after it was applied; add a new one instead`);
    return false;
  });
}

/** Brings the schema up to date and returns the names applied now. One process at a time, while nothing is counted. */
export async function migrate(access: Access, dialect: Dialect, options: MigrateOptions = {}): Promise<string[]> {
  const isFresh = (await appliedTo(access, dialect)).size === 0;
  const todo = await outstanding(access, dialect, options.known);
  if (todo.length > 0 && !isFresh) await endLeftOvers(access, dialect);
  for (const { name, sql, hash } of todo) {
    let unsettled: readonly string[] = [];
    if (sql.includes(SETTLED) && !isFresh) {
      if (options.unsettled === undefined)
        throw new Error(`migration ${name} fills a table with what was counted before: say which ranges are unsettled`);
      unsettled = await options.unsettled();
      options.report?.(`migration ${name} fills a new table with what was counted before`);
    }
    const began = performance.now();
    for (const statement of statements(render(sql, dialect).replaceAll(SETTLED, settled(unsettled))))
      await run(access, name, statement);
    await access.command(
      `INSERT INTO migration (name, hash, time_zone, applied_at) VALUES ('${name}', '${hash}', '${dialect.timeZone}', now64(3))`,
    );
    options.report?.(`migration ${name} applied in ${Math.round(performance.now() - began)} ms`);
  }
  return todo.map(({ name }) => name);
}

/** Stands at the end of each statement. */
const MARK = '/* upgrade of the room */';

/** A server goes on with what a process asked that died since, and would fill a table that is being filled again. */
async function endLeftOvers(access: Access, dialect: Dialect): Promise<void> {
  const { cluster } = dialect;
  const isLeft = `current_database = currentDatabase() AND endsWith(query, '${MARK}')`;
  const processes = cluster === undefined ? 'system.processes' : `clusterAllReplicas('${cluster}', system.processes)`;
  // Not SYNC, for which the embedded engine waits for ever.
  await access.command(`KILL QUERY ${onCluster(dialect)} WHERE ${isLeft} ASYNC`);
  while ((await access.read(`SELECT 1 FROM ${processes} WHERE ${isLeft} LIMIT 1`)).length > 0) await sleep(LOOK_MS);
}
const LOOK_MS = 100;

const SETTLED = '{{settled}}';

const settled = (unsettled: readonly string[]): string =>
  unsettled.length === 0 ? '1' : `range_id NOT IN (${unsettled.map((id) => `toUInt64('${id}')`).join(', ')})`;

const CONDITION = /^\{\{(present|absent):(\w+)\}\}\s*/;
const TTL_OF = /\{\{ttl_of:(\w+)\}\}/;
const EACH_PARTITION = /\{\{each_partition:(\w+)\}\}/;
const EACH_SLICE = /\{\{each_slice:(\w+):(\w+)\}\}/g;
/** Rows of one slice, about. */
const SLICE_ROWS = 2_000_000;

/**
 * Beside SQL a statement may say that it is for when a table is there (`{{present:T}}`) or not (`{{absent:T}}`), ask for the
 * retention that a table has now (`{{ttl_of:T}}`), and be run for each partition of a table (`{{each_partition:T}}`) or for slices
 * of its keys, which are hashes (`{{each_slice:T:KEY}}`).
 */
async function run(access: Access, name: string, text: string): Promise<void> {
  const [marker = '', when, on = ''] = CONDITION.exec(text) ?? [];
  if (when !== undefined && (await isPresent(access, on)) !== (when === 'present')) return;
  let statement = text.slice(marker.length);
  const kept = TTL_OF.exec(statement)?.[1];
  if (kept !== undefined) statement = statement.replace(TTL_OF, await ttlOf(access, kept));
  if (statement === '') return;
  if (statement.startsWith('SELECT')) {
    const [found] = await access.read<{ problem: string }>(statement);
    if (found !== undefined) throw new Error(`migration ${name} failed: ${found.problem}`);
    return;
  }
  const [, sliced, key = ''] = new RegExp(EACH_SLICE.source).exec(statement) ?? [];
  if (sliced !== undefined) {
    for (const slice of keySlices(await rowsOf(access, sliced), SLICE_ROWS, key))
      await access.command(`${statement.replaceAll(EACH_SLICE, slice)} ${MARK}`);
    return;
  }
  const table = EACH_PARTITION.exec(statement)?.[1];
  if (table === undefined) return access.command(`${statement} ${MARK}`);
  // One insert over everything would outlast a server's patience and the memory of a small one.
  const partitions = await access.read<{ id: string }>(
    `SELECT DISTINCT partition_id AS id FROM system.parts
     WHERE active AND database = currentDatabase() AND table = '${table}' ORDER BY id`,
  );
  for (const { id } of partitions)
    await access.command(`${statement.replace(EACH_PARTITION, `_partition_id = '${id}'`)} ${MARK}`);
}

/**
 * Conditions that cut a table of `rows` rows into pieces of about `size`, by a UUID that is a hash: equal stretches of their order
 * hold as many. The engine orders UUIDs by their second half.
 */
export function keySlices(rows: number, size: number, key: string): string[] {
  const slices = 2 ** Math.min(16, Math.ceil(Math.log2(Math.max(1, rows / size))));
  const bound = (at: number): string =>
    `toUUID('00000000-0000-0000-${((at * 65_536) / slices).toString(16).padStart(4, '0')}-000000000000')`;
  return Array.from({ length: slices }, (_, at) => {
    const from = at === 0 ? '1' : `${key} >= ${bound(at)}`;
    return `${from} AND ${at === slices - 1 ? '1' : `${key} < ${bound(at + 1)}`}`;
  });
}

async function isPresent(access: Access, table: string): Promise<boolean> {
  const found = await access.read(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name = '${table}'`,
  );
  return found.length > 0;
}

async function rowsOf(access: Access, table: string): Promise<number> {
  const [row] = await access.read<{ n: number }>(`SELECT count() AS n FROM ${table}`);
  return row?.n ?? 0;
}

async function ttlOf(access: Access, table: string): Promise<string> {
  const [row] = await access.read<{ engine: string }>(
    `SELECT engine_full AS engine FROM system.tables WHERE database = currentDatabase() AND name = '${table}'`,
  );
  const expression = ttlIn(row?.engine ?? '');
  return expression === undefined ? '' : `TTL ${expression}`;
}

/** The retention in a table's definition, as the engine spells it. */
export const ttlIn = (engine: string): string | undefined => /\bTTL (.+?)(?= SETTINGS |$)/.exec(engine)?.[1];

async function appliedTo(access: Access, dialect: Dialect): Promise<Map<string, { hash: string; time_zone: string }>> {
  const bootstrap = `CREATE TABLE IF NOT EXISTS migration {{on_cluster}} (
    name String, hash String, time_zone String, applied_at DateTime64(3, 'UTC')
  ) ENGINE = {{engine:MergeTree}} ORDER BY name`;
  await access.command(render(bootstrap, dialect));
  const rows = await access.read<{ name: string; hash: string; time_zone: string }>(
    'SELECT name, hash, time_zone FROM migration',
  );
  return new Map(rows.map((row) => [row.name, row]));
}
