/** Applies the numbered SQL of `migrations/`, each once, all in one transaction: one process at a time, wholly or not at all. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CompiledQuery, type Kysely, sql, type Transaction } from 'kysely';
import type { Opened } from './opened.ts';
import type { Tables } from './tables.ts';

const FOLDER = fileURLToPath(new URL('../migrations', import.meta.url));
/** PostgreSQL's name of the lock: any number that is ours. */
const LOCK = 7_201_153;

export interface Migration {
  name: string;
  sql: string;
  hash: string;
}

export const migrationOf = (name: string, text: string): Migration => ({
  name,
  sql: text,
  hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
});

/** All that this version knows, in order. */
export async function migrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(names.map(async (name) => migrationOf(name, await readFile(`${FOLDER}/${name}`, 'utf8'))));
}

/** Statements of a file; comments go, so that a `;` in one cannot cut a statement. */
const statements = ({ sql }: Migration): string[] =>
  sql
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

/**
 * Brings the tables up to date and returns the names applied now. Throws where an applied file was changed, or where a newer
 * version of the room has been here.
 */
export async function migrate({ kind, writer }: Opened, known: readonly Migration[]): Promise<string[]> {
  return writer.transaction().execute(async (query) => {
    if (kind === 'postgres') await sql`SELECT pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(query);
    const applied = await appliedTo(query);
    const todo = outstanding(applied, known);
    for (const migration of todo) await apply(query, migration);
    return todo.map(({ name }) => name);
  });
}

async function apply(query: Transaction<Tables>, migration: Migration): Promise<void> {
  const { name, hash } = migration;
  for (const statement of statements(migration)) await query.executeQuery(CompiledQuery.raw(statement));
  await query.insertInto('migration').values({ name, hash, applied_at: new Date().toISOString() }).execute();
}

function outstanding(applied: ReadonlyMap<string, string>, known: readonly Migration[]): Migration[] {
  const newer = [...applied.keys()].find((name) => !known.some((migration) => migration.name === name));
  if (newer !== undefined)
    throw new Error(`a newer version of the room has upgraded the database (${newer}); start that version`);
  return known.filter(({ name, hash }) => {
    const before = applied.get(name);
    if (before !== undefined && before !== hash)
      throw new Error(`migration ${name} of the database was changed after it was applied; add a new one instead`);
    return before === undefined;
  });
}

/** Hashes by name. */
async function appliedTo(query: Kysely<Tables>): Promise<Map<string, string>> {
  await query.schema
    .createTable('migration')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('applied_at', 'text', (column) => column.notNull())
    .execute();
  const rows = await query.selectFrom('migration').select(['name', 'hash']).execute();
  return new Map(rows.map(({ name, hash }) => [name, hash]));
}
