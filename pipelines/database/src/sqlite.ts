/** SQLite in this process: a connection that writes, one that reads meanwhile. Other processes may have the file open too. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely';
import Libsql from 'libsql';
import { isContended } from './errors.ts';
import type { Opened } from './opened.ts';
import type { Tables } from './tables.ts';

/** How long a statement waits, and this process with it, for another process that writes. */
const BLOCK_MS = 20;
const LOOK_MS = 10;

/** Writers take their turn before they read anything; who waits for another process does not hold up this one. */
class ImmediateDriver extends SqliteDriver {
  readonly #patienceMs: number;

  constructor(database: SqliteDatabase, patienceMs: number) {
    super({ database });
    this.#patienceMs = patienceMs;
  }

  async begin(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const words = settings.accessMode === 'read only' ? 'begin' : 'begin immediate';
    const began = performance.now();
    for (;;) {
      try {
        await connection.executeQuery(CompiledQuery.raw(words));
        return;
      } catch (error) {
        if (!isContended(error) || performance.now() - began > this.#patienceMs) throw error;
        await sleep(LOOK_MS);
      }
    }
  }

  override beginTransaction(connection: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    return this.begin(connection, settings ?? {});
  }
}

const dialect = (database: SqliteDatabase, patienceMs: number): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new ImmediateDriver(database, patienceMs),
  createIntrospector: (kysely) => new SqliteIntrospector(kysely),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

function connect(file: string): SqliteDatabase {
  const database = new Libsql(file);
  for (const setting of [
    `busy_timeout = ${BLOCK_MS}`,
    'journal_mode = WAL',
    // What was told to be done outlives a power failure.
    'synchronous = FULL',
    'foreign_keys = ON',
  ])
    database.prepare(`PRAGMA ${setting}`).all();
  return database;
}

/** Makes the file where it is not there, for its owner alone. `patienceMs`: how long a transaction waits for other processes. */
export function openSqlite(file: string, patienceMs: number): Opened {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  const opened: SqliteDatabase[] = [];
  const close = async (): Promise<void> => {
    for (const database of opened) database.close();
  };
  const kysely = (): Kysely<Tables> => {
    const database = connect(file);
    opened.push(database);
    return new Kysely({ dialect: dialect(database, patienceMs) });
  };
  try {
    return { kind: 'sqlite', writer: kysely(), reader: kysely(), close };
  } catch (cause) {
    void close();
    throw new Error(`the database ${file} cannot be opened (${(cause as Error).message}); restore a backup of it`, {
      cause,
    });
  }
}
