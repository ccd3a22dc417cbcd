/**
 * One way to the engine, embedded or a server, through `@clickhouse/client`. A connection of the embedded engine runs one
 * query at a time, so a light read would wait behind a heavy one: readers are a small pool, and the writer keeps to itself.
 */
import { mkdir } from 'node:fs/promises';
import { type ClickHouseClient, createClient } from '@clickhouse/client';

export type WarehouseOptions =
  | { kind: 'embedded'; directory: string; readers: number; maxMemoryBytes: number }
  | { kind: 'server'; url: string; username: string; password: string; database: string; readers: number };

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

const MAX_SECONDS = 30;
/** Counts stay far below 2^53, so plain JSON numbers hold them. */
const READ_SETTINGS = `SETTINGS max_execution_time = ${MAX_SECONDS}, output_format_json_quote_64bit_integers = 0`;

export class WarehouseUnavailable extends Error {
  readonly code = 'warehouse_unavailable';
  readonly canRetry = true;
  constructor(cause: unknown) {
    super(`the warehouse does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export interface Access extends AsyncDisposable {
  /** DDL and inserts. Settings stand inside the SQL: on an embedded connection they would stick to later queries. */
  command(sql: string): Promise<void>;
  /** Rows of a query made of literals that the code itself chose. */
  read<T>(sql: string): Promise<T[]>;
  /** Rows of a query with bound values (`{name:Type}`): the way for anything that a user typed. */
  readBound<T>(sql: string, values: Record<string, unknown>): Promise<T[]>;
  /** Raw bytes of a query in a binary format. */
  bytes(sql: string, format: 'RowBinary'): Promise<Buffer>;
}

export async function openAccess(options: WarehouseOptions): Promise<Access> {
  return options.kind === 'embedded' ? openEmbedded(options) : openServer(options);
}

async function openEmbedded(options: WarehouseOptions & { kind: 'embedded' }): Promise<Access> {
  const { Session, drainPending } = await import('chdb').catch((cause: unknown) => {
    throw new Error(
      'the embedded engine (package chdb) is not installed; install it, or set CLICKHOUSE_URL to a ClickHouse server',
      {
        cause,
      },
    );
  });
  const { createChdbConnection } = await import('chdb/connection');
  await mkdir(options.directory, { recursive: true });
  // The first session decides for the whole process; without a cap one bad GROUP BY takes all memory.
  const session = new Session(options.directory, {
    connectionArgs: [`--max_server_memory_usage=${options.maxMemoryBytes}`],
  });
  const connect = (): ClickHouseClient =>
    // chdb was built against another release of the client's types; the contract it implements is the same.
    createClient({ connection: createChdbConnection({ path: options.directory }) as unknown as ClientConnection });
  return new ClientAccess(connect(), Array.from({ length: options.readers }, connect), async () => {
    session.close();
    await drainPending();
  });
}

async function openServer(options: WarehouseOptions & { kind: 'server' }): Promise<Access> {
  const { url, username, password, database } = options;
  const connect = (maxOpen: number, inDatabase: string): ClickHouseClient =>
    createClient({
      url,
      username,
      password,
      database: inDatabase,
      max_open_connections: maxOpen,
      request_timeout: (MAX_SECONDS + 15) * 1_000,
      keep_alive: { enabled: true },
    });
  const admin = connect(1, 'default');
  await admin.command({ query: `CREATE DATABASE IF NOT EXISTS \`${database}\`` }).finally(() => admin.close());
  return new ClientAccess(connect(4, database), [connect(options.readers, database)], async () => undefined);
}

class ClientAccess implements Access {
  readonly #writer: ClickHouseClient;
  readonly #readers: ClickHouseClient[];
  readonly #busy: number[];
  readonly #closed: () => Promise<void>;

  constructor(writer: ClickHouseClient, readers: ClickHouseClient[], closed: () => Promise<void>) {
    this.#writer = writer;
    this.#readers = readers;
    this.#busy = readers.map(() => 0);
    this.#closed = closed;
  }

  async command(sql: string): Promise<void> {
    try {
      await this.#writer.command({ query: sql });
    } catch (cause) {
      throw new WarehouseUnavailable(cause);
    }
  }

  /** Runs on the reader with the fewest queries under way. */
  async #onReader<T>(run: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    let index = 0;
    for (let at = 1; at < this.#busy.length; at++) if ((this.#busy[at] ?? 0) < (this.#busy[index] ?? 0)) index = at;
    const client = this.#readers[index];
    if (client === undefined) throw new Error('a warehouse needs at least one reader');
    this.#busy[index] = (this.#busy[index] ?? 0) + 1;
    try {
      return await run(client);
    } catch (cause) {
      throw new WarehouseUnavailable(cause);
    } finally {
      this.#busy[index] = (this.#busy[index] ?? 1) - 1;
    }
  }

  read<T>(sql: string): Promise<T[]> {
    return this.#onReader(async (client) => {
      const result = await client.query({ query: `${sql} ${READ_SETTINGS}`, format: 'JSONEachRow' });
      return (await result.json()) as T[];
    });
  }

  readBound<T>(sql: string, values: Record<string, unknown>): Promise<T[]> {
    return this.#onReader(async (client) => {
      const result = await client.query({
        query: `${sql} ${READ_SETTINGS}`,
        query_params: values,
        format: 'JSONEachRow',
      });
      return (await result.json()) as T[];
    });
  }

  bytes(sql: string, format: 'RowBinary'): Promise<Buffer> {
    return this.#onReader(async (client) => {
      const { stream } = await client.exec({ query: `${sql} FORMAT ${format}` });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#writer, ...this.#readers].map((client) => client.close()));
    await this.#closed();
  }
}
