/** A database of one test's own, of either kind: the same tests hold for both. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Database, type DatabaseOptions, type DatabaseSettings, openDatabase } from '@room/database';
import pg from 'pg';
import type { TestContext } from 'vitest';
import { orSkip } from '../harness/need.ts';
import { tempDir } from '../harness/temp.ts';
import { sharedPostgres } from './shared.ts';

/** For `describe.each(KINDS)`. */
export const KINDS = ['sqlite', 'postgres'] as const;

export interface FreshDatabase extends AsyncDisposable {
  settings: DatabaseSettings;
  /** As its `DATABASE_URL` names it. */
  url: string;
  /** Opens it once more, as another server does; closed with it. */
  open(options?: Partial<DatabaseOptions>): Promise<Database>;
  /** What is reported of it. */
  said: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Empty: whoever opens it migrates. Skips the test where this machine has no PostgreSQL. */
export const freshDatabase = (kind: (typeof KINDS)[number], context: TestContext): Promise<FreshDatabase> =>
  orSkip(context, newDatabase(kind));

/** The same beyond one test. Rejects with `Unavailable` where this machine has no PostgreSQL. */
export async function newDatabase(kind: (typeof KINDS)[number]): Promise<FreshDatabase> {
  const { settings, url, drop } = kind === 'sqlite' ? await sqlite() : await postgres(await sharedPostgres());
  const said: string[] = [];
  const opened: Database[] = [];
  return {
    settings,
    url,
    said,
    open: async (options = {}) => {
      const database = await openDatabase({ settings, report: (_, message) => said.push(message), ...options });
      opened.push(database);
      return database;
    },
    [Symbol.asyncDispose]: async () => {
      for (const database of opened) await database[Symbol.asyncDispose]();
      await drop();
    },
  };
}

interface Made {
  settings: DatabaseSettings;
  url: string;
  drop: () => Promise<void>;
}

async function sqlite(): Promise<Made> {
  const folder = await tempDir('database');
  const file = join(folder.path, 'room.db');
  return {
    settings: { kind: 'sqlite', file },
    url: `file://${file}`,
    drop: () => folder[Symbol.asyncDispose](),
  };
}

async function postgres(server: string): Promise<Made> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  return {
    settings: { kind: 'postgres', url: url.href },
    url: url.href,
    drop: () => runOn(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** One statement, past the room. */
export async function runOn(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
