/** SQLite in this process: a connection that writes, one that reads meanwhile. Other processes may have the file open too. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
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
const OPEN_MS = 5_000;

/**
 * Writers take their turn before they read anything; who waits for another process does not hold up this one. A statement that
 * failed would stay open where it was prepared, and no transaction ends before it: those of transactions are only executed.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #database: Libsql.Database;
  readonly #patienceMs: number;

  constructor(database: Libsql.Database, patienceMs: number) {
    super({ database });
    this.#database = database;
    this.#patienceMs = patienceMs;
  }

  override async beginTransaction(_: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    const words = settings?.accessMode === 'read only' ? 'begin' : 'begin immediate';
    const began = performance.now();
    for (;;) {
      try {
        this.#database.exec(words);
        return;
      } catch (error) {
        if (!isContended(error) || performance.now() - began > this.#patienceMs) throw error;
        await sleep(LOOK_MS);
      }
    }
  }

  override async commitTransaction(): Promise<void> {
    this.#database.exec('commit');
  }

  override async rollbackTransaction(): Promise<void> {
    this.#database.exec('rollback');
  }
}

const dialect = (database: Libsql.Database, patienceMs: number): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new ImmediateDriver(database, patienceMs),
  createIntrospector: (kysely) => new SqliteIntrospector(kysely),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

function connect(file: string): Libsql.Database {
  const database = new Libsql(file);
  for (const setting of [
    // Others may be opening it too.
    `busy_timeout = ${OPEN_MS}`,
    'journal_mode = WAL',
    // What was told to be done outlives a power failure.
    'synchronous = FULL',
    'foreign_keys = ON',
    // What was taken away, as a file with somebody's data, is not to be found in what the file keeps free.
    'secure_delete = ON',
    `busy_timeout = ${BLOCK_MS}`,
  ])
    database.prepare(`PRAGMA ${setting}`).all();
  return database;
}

/**
 * For its owner alone. One that is there is not opened: closing it would take away this process's locks on it, by which others know
 * that it is in use, and the next one to leave would remove the log of what was written.
 */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Makes the file where it is not there. `patienceMs`: how long a transaction waits for other processes. */
export function openSqlite(file: string, patienceMs: number): Opened {
  makeFile(file);
  const opened: Libsql.Database[] = [];
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
