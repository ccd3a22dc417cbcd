/**
 * The whole database as lines of JSON, at one moment, and back into an empty one of either kind: what backups hold, and the way from
 * a file to a server.
 */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { type ControlledTransaction, type Kysely, sql } from 'kysely';
import { type Head, headOf } from './audit.ts';
import type { DatabaseSettings } from './environment.ts';
import { type Migration, migrate, migrations } from './migrate.ts';
import type { Opened } from './opened.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** What a dump says of itself. */
export interface DumpContent {
  /** The end of the audit's chain. */
  head: Head;
  migrations: Pick<Migration, 'name' | 'hash'>[];
}

export interface Dumping extends AsyncDisposable {
  content: DumpContent;
  /** Writes what the database held when the dump was begun, whatever was changed since. */
  write(file: string, signal?: AbortSignal): Promise<void>;
}

const FORMAT = 1;
const AT_ONCE = 200;
const WAIT_MS = 10_000;

type Row = Record<string, unknown>;
/** A dump knows tables by their names alone, so that none is forgotten. */
type AnyTables = Record<string, Row>;
interface Header extends DumpContent {
  format: number;
  tables: string[];
}

const openAlone = (settings: DatabaseSettings): Opened =>
  settings.kind === 'sqlite' ? openSqlite(settings.file, WAIT_MS) : openPostgres(settings.url, 0);

/** The moment is between the call and its end. */
export async function beginDump(settings: DatabaseSettings): Promise<Dumping> {
  const opened = openAlone(settings);
  try {
    const query = await opened.writer
      .startTransaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute();
    // With the first question the moment is fixed.
    const head = await headOf(query);
    const applied = await query.selectFrom('migration').select(['name', 'hash']).orderBy('name').execute();
    const content: DumpContent = { head, migrations: applied };
    return {
      content,
      write: (file, signal) => write(query, opened.kind, content, file, signal),
      [Symbol.asyncDispose]: async () => {
        await query.rollback().execute();
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function write(
  query: ControlledTransaction<Tables>,
  kind: Opened['kind'],
  content: DumpContent,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const done = finished(file);
  done.catch(() => undefined);
  const line = async (value: unknown): Promise<void> => {
    signal?.throwIfAborted();
    if (!file.write(`${JSON.stringify(value)}\n`)) await Promise.race([once(file, 'drain'), done]);
  };
  const tables = await tablesOf(query);
  await line({ format: FORMAT, ...content, tables } satisfies Header);
  for (const table of tables) for await (const row of rowsOf(query, kind, table)) await line([table, row]);
  file.end();
  await done;
}

/** In the order in which migrations made them: a table comes after those that it refers to. */
async function tablesOf(query: Kysely<Tables>): Promise<string[]> {
  const made = (await migrations()).flatMap((migration) =>
    [...migration.sql.matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name = '']) => name),
  );
  const there = (await query.introspection.getTables()).map(({ name }) => name);
  const unknown = there.filter((name) => name !== 'migration' && !made.includes(name));
  if (unknown.length > 0)
    throw new Error(`the database has tables that are not the room's (${unknown.join(', ')}); give it one of its own`);
  return ['migration', ...made.filter((name) => there.includes(name))];
}

async function* rowsOf(query: ControlledTransaction<Tables>, kind: Opened['kind'], table: string): AsyncGenerator<Row> {
  const all = query.withTables<AnyTables>().selectFrom(table).selectAll();
  if (kind === 'sqlite') {
    yield* all.stream();
    return;
  }
  await sql`DECLARE dumped CURSOR FOR SELECT * FROM ${sql.table(table)}`.execute(query);
  for (;;) {
    const { rows } = await sql<Row>`FETCH ${sql.lit(AT_ONCE)} FROM dumped`.execute(query);
    yield* rows;
    if (rows.length < AT_ONCE) break;
  }
  await sql`CLOSE dumped`.execute(query);
}

/** Throws where this version does not know what made the dump, the target is not empty, or what was read is not what was written. */
export async function loadDump(file: string, settings: DatabaseSettings): Promise<DumpContent> {
  const input = createReadStream(file, 'utf8');
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const first = await lines.next();
  const header = JSON.parse(first.value ?? '{}') as Partial<Header>;
  const { format, head, migrations: applied, tables } = header;
  if (format !== FORMAT || head === undefined || applied === undefined || tables === undefined)
    throw new Error(`${file} is no dump of a database that this version knows`);
  const known = await knownOf(applied);
  const opened = openAlone(settings);
  try {
    const there = await opened.reader.introspection.getTables();
    if (there.length > 0)
      throw new Error(
        settings.kind === 'sqlite'
          ? `${settings.file} holds a database already; move it away`
          : 'the database of DATABASE_URL is not empty; give it an empty one',
      );
    await migrate(opened, known);
    await opened.writer.transaction().execute(async (transaction) => {
      const query = transaction.withTables<AnyTables>();
      // What migrations put there is in the dump too.
      for (const table of [...tables].reverse()) await query.deleteFrom(table).execute();
      let [table, rows]: [string, Row[]] = ['', []];
      const insert = async (): Promise<void> => {
        if (rows.length > 0) await query.insertInto(table).values(rows).execute();
        rows = [];
      };
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        const [into, row] = JSON.parse(next.value) as [string, Row];
        if (into !== table || rows.length === AT_ONCE) await insert();
        table = into;
        rows.push(row);
      }
      await insert();
      const found = await headOf(transaction);
      if (found.sequence !== head.sequence || found.hash !== head.hash) throw new Error(`${file} is not whole`);
    });
  } finally {
    input.destroy();
    await opened.close();
  }
  return { head, migrations: applied };
}

async function knownOf(applied: DumpContent['migrations']): Promise<Migration[]> {
  const ours = await migrations();
  return applied.map(({ name, hash }) => {
    const found = ours.find((migration) => migration.name === name && migration.hash === hash);
    if (found === undefined)
      throw new Error(
        `this version does not know the database's migration ${name}; use the version that made the dump`,
      );
    return found;
  });
}
