/** PostgreSQL, reached by a pool of connections: one that failed is not used again. */
import { within } from '@room/runtime';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { isAway } from './errors.ts';
import type { Opened } from './opened.ts';
import type { Tables } from './tables.ts';

const CONNECTIONS = 8;
const CONNECT_MS = 3_000;
/** A server that is silent does not say goodbye. */
const GOODBYE_MS = 1_000;
const INT8 = 20;

/** Whole numbers of 64 bits as numbers: ours stay below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/** How a connection of the room introduces itself. `patienceMs`: how long a statement may take; 0 for ever. */
export const connectionOf = (url: string, patienceMs: number): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'operations-room',
  connectionTimeoutMillis: CONNECT_MS,
  keepAlive: true,
  types,
  ...(patienceMs === 0
    ? {}
    : {
        // The server's own patience is shorter: it cleans up after itself, and ours is for one that is silent.
        statement_timeout: patienceMs,
        query_timeout: patienceMs + 1_000,
        idle_in_transaction_session_timeout: patienceMs,
      }),
});

/** A connection on which a question got no answer may still have it on its way: it ends with its user. */
function endedWhenAway(client: pg.PoolClient): PostgresPoolClient {
  let isBroken = false;
  const query = async (sql: string, parameters: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query(sql, [...parameters]);
    } catch (error) {
      isBroken ||= isAway(error);
      throw error;
    }
  };
  return {
    query: query as PostgresPoolClient['query'],
    release: (destroy) => client.release(isBroken || destroy === true),
  };
}

/** Whoever waits for a connection that others use waits longer than a server may take to answer. */
const patient = (config: pg.ClientConfig, waitMs: number): pg.PoolConfig => ({
  ...config,
  connectionTimeoutMillis: waitMs,
  max: CONNECTIONS,
  Client: class extends pg.Client {
    constructor() {
      super(config);
    }
  } as unknown as new () => pg.ClientBase,
});

/** Connects when it is first asked. */
export function openPostgres(url: string, patienceMs: number): Opened {
  const pool = new pg.Pool(patient(connectionOf(url, patienceMs), Math.max(2 * patienceMs, CONNECT_MS)));
  // One that nobody uses was cut: the next question makes another.
  pool.on('error', () => undefined);
  // One that is cut while a query has it says so there; unheard, its event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const ours: PostgresPool = {
    connect: async () => endedWhenAway(await pool.connect()),
    end: () => pool.end(),
  };
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: ours }) });
  return { kind: 'postgres', writer: kysely, reader: kysely, close: () => within(pool.end(), GOODBYE_MS) };
}
