/**
 * One way to the engine, embedded or a server, through `@clickhouse/client`. A connection of the embedded engine runs one
 * query at a time, so a light read would wait behind a heavy one: readers are a small pool, and the writer keeps to itself.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { assertNoLostParts } from './assert-no-lost-parts.ts';
import { rowsOf } from './read-rows.ts';
import { repairDedupLog } from './repair-dedup-log.ts';

export type WarehouseOptions =
  | {
      kind: 'embedded';
      directory: string;
      readers: number;
      maxMemoryBytes: number;
      /** Space on its disk that it leaves alone: inserts and merges are refused before they would need it. */
      minFreeBytes?: number;
      /** The only folder in which the engine may write and read backups. */
      backups?: string;
    }
  | {
      kind: 'server';
      url: string;
      username: string;
      password: string;
      database: string;
      /** Where its tables are replicated, the database is made on all of it. */
      cluster?: string;
      readers: number;
      /** After so long a statement is given up, and the server goes on with it. */
      patienceMs?: number;
    };

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

const MAX_SECONDS = 30;
/** A room's upgrade may copy years of events in one statement. */
const UPGRADE_MS = 6 * 3_600_000;
/** So often a server says that it is still at a long statement, in a header each time; proxies cut who says nothing. */
const SIGN_OF_LIFE_MS = 110_000;
/** Some megabytes would do for what is written at once, but others use the disk too. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;
/** A question of somebody without a key is one of a wall's, which take a tenth of a second. */
const STRANGERS_SECONDS = 5;
/** Their questions run so many at a time. */
const STRANGERS = 2;
/** Counts stay far below 2^53, so plain JSON numbers hold them. */
const READ_SETTINGS = `SETTINGS max_execution_time = ${MAX_SECONDS}, output_format_json_quote_64bit_integers = 0`;
/** One core at most, so that the others go on. */
const STRANGERS_SETTINGS = `SETTINGS max_execution_time = ${STRANGERS_SECONDS}, max_threads = 1, output_format_json_quote_64bit_integers = 0`;

/**
 * The engine's codes of what no repeat mends: text and numbers that cannot be read, values out of bounds, unknown columns and
 * tables, violated constraints. What a cut connection may look like (data that ends early) is not among them.
 */
const REFUSALS: ReadonlySet<number> = new Set([
  6, 10, 16, 20, 26, 27, 38, 41, 47, 53, 60, 62, 69, 70, 72, 131, 349, 469,
]);

/** 0 where the engine gave none. */
function engineCode(cause: unknown): number {
  if (!(cause instanceof Error)) return 0;
  return Number((cause as Error & { code?: unknown }).code ?? /\bCode: (\d+)/.exec(cause.message)?.[1] ?? 0);
}

export class WarehouseUnavailable extends Error {
  readonly code = 'warehouse_unavailable';
  readonly canRetry = true;
  /** The engine answered, and will say the same again: what it was given is at fault, or its schema. */
  readonly isRefusal: boolean;
  constructor(cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const isRefusal = REFUSALS.has(engineCode(cause));
    super(
      /not enough space/i.test(said)
        ? `the disk has no space for the warehouse beyond what is to stay free; make space, or lower MIN_FREE_MB (${said})`
        : `the warehouse ${isRefusal ? 'refuses what it was given' : 'does not answer'}: ${said}`,
      { cause },
    );
    this.isRefusal = isRefusal;
  }
}

/** Where questions can be asked. A `signal` that is aborted ends a question that waits, and in the engine one that runs. */
export interface Reads {
  /** Rows of a query made of literals that the code itself chose. */
  read<T>(sql: string, signal?: AbortSignal): Promise<T[]>;
  /** Rows of a query with bound values (`{name:Type}`): the way for anything that a user typed. */
  readBound<T>(sql: string, values: Record<string, unknown>, signal?: AbortSignal): Promise<T[]>;
}

export interface Access extends AsyncDisposable, Reads {
  /**
   * DDL and inserts. Settings stand inside the SQL: on an embedded connection they would stick to later queries. `rows`
   * are those of an insert whose SQL ends in its settings and a binary format.
   */
  command(sql: string, rows?: Uint8Array): Promise<void>;
  /** Raw bytes of a query in a binary format. */
  bytes(sql: string, format: 'RowBinary'): Promise<Buffer>;
}

export interface Warehouse extends Access {
  /** For questions of those without a key: connections of their own, one thread each and little time, so that nobody else waits. */
  readonly strangers: Reads;
  /** Whoever asks again asks the same store. Of replicas another may answer, that does not have yet what the first had. */
  readonly isOneStore: boolean;
}

export async function openAccess(options: WarehouseOptions): Promise<Warehouse> {
  return options.kind === 'embedded' ? openEmbedded(options) : openServer(options);
}

/** Work of which a statement may take hours: with connections of its own to a server, which would be given up otherwise. */
export async function withPatience<T>(
  options: WarehouseOptions,
  access: Access,
  work: (patient: Access) => Promise<T>,
): Promise<T> {
  if (options.kind === 'embedded') return work(access);
  await using patient = await openServer({ ...options, patienceMs: UPGRADE_MS });
  return work(patient);
}

async function openEmbedded(options: WarehouseOptions & { kind: 'embedded' }): Promise<Warehouse> {
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
  await repairDedupLog(options.directory);
  // The first session decides for the whole process; without a cap one bad GROUP BY takes all memory.
  const session = new Session(options.directory, {
    connectionArgs: [
      `--max_server_memory_usage=${options.maxMemoryBytes}`,
      // The embedded engine does not notice that a disk is full: it goes on behind a write that failed, and the part is broken.
      `--storage_configuration.disks.default.keep_free_space_bytes=${options.minFreeBytes ?? MIN_FREE_BYTES}`,
      ...(options.backups === undefined ? [] : [`--backups.allowed_path=${options.backups}`]),
    ],
  });
  const connect = (): ClickHouseClient =>
    // chdb was built against another release of the client's types; the contract it implements is the same.
    createClient({ connection: createChdbConnection({ path: options.directory }) as unknown as ClientConnection });
  const incoming = await incomingFolder(options.directory);
  let inserts = 0;
  /**
   * Rows within the text of a statement would be copied and searched several times, and cut at the first empty line, which
   * binary ones may hold: they come from a file.
   */
  async function insert(client: ClickHouseClient, sql: string, rows: Uint8Array): Promise<void> {
    const file = join(incoming, `${++inserts}.rows`);
    try {
      await writeFile(file, rows);
      const from = `FROM INFILE '${file.replaceAll(/['\\]/g, '\\$&')}' COMPRESSION 'none'`;
      await client.command({ query: sql.replace(' SETTINGS ', ` ${from} SETTINGS `) });
    } finally {
      await rm(file, { force: true });
    }
  }
  const access = new ClientAccess({
    writer: connect(),
    readers: Array.from({ length: options.readers }, connect),
    strangers: Array.from({ length: STRANGERS }, connect),
    // Nobody's connection is closed when an asker leaves: the engine must be told.
    isCancelling: false,
    isOneStore: true,
    insert,
    closed: async () => {
      session.close();
      await drainPending();
    },
  });
  try {
    await assertNoLostParts(access, options.directory);
  } catch (error) {
    await access[Symbol.asyncDispose]();
    throw error;
  }
  return access;
}

/** For the rows of inserts under way; empty, whatever an earlier process left. */
async function incomingFolder(directory: string): Promise<string> {
  if (/[*?{}]/.test(directory))
    throw new Error(`the embedded engine cannot work in ${directory}: the path must not contain * ? { }`);
  const folder = join(directory, 'incoming');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return folder;
}

async function openServer(options: WarehouseOptions & { kind: 'server' }): Promise<Warehouse> {
  const { url, username, password, database, cluster, patienceMs = (MAX_SECONDS + 15) * 1_000 } = options;
  const connect = (maxOpen: number, inDatabase: string): ClickHouseClient =>
    createClient({
      url,
      username,
      password,
      database: inDatabase,
      max_open_connections: maxOpen,
      request_timeout: patienceMs,
      keep_alive: { enabled: true, eagerly_destroy_stale_sockets: true },
      // A server that fails in the middle of an answer has said 200 by then, and bytes with its complaint at their end
      // would pass for whole.
      clickhouse_settings: {
        wait_end_of_query: 1,
        ...(patienceMs > SIGN_OF_LIFE_MS
          ? { send_progress_in_http_headers: 1, http_headers_progress_interval_ms: String(SIGN_OF_LIFE_MS) }
          : {}),
      },
      // What fails is thrown, and told by whoever asked.
      log: { level: ClickHouseLogLevel.OFF },
    });
  const admin = connect(1, 'default');
  try {
    await admin.command({ query: createDatabase(database, cluster) });
  } catch (cause) {
    throw new Error(
      `cannot use ClickHouse at ${new URL(url).host} as ${username} (${(cause as Error).message}); check that it runs, and CLICKHOUSE_URL, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD`,
      { cause },
    );
  } finally {
    await admin.close();
  }
  async function insert(client: ClickHouseClient, sql: string, rows: Uint8Array): Promise<void> {
    const { stream } = await client.exec({ query: sql, values: Readable.from([rows], { objectMode: false }) });
    await finished(stream.resume());
  }
  return new ClientAccess({
    writer: connect(4, database),
    readers: [connect(options.readers, database)],
    strangers: [connect(STRANGERS, database)],
    isCancelling: true,
    isOneStore: cluster === undefined,
    insert,
    closed: async () => undefined,
  });
}

export const createDatabase = (database: string, cluster?: string): string =>
  `CREATE DATABASE IF NOT EXISTS \`${database}\`${cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`}`;

type BlockInsert = (writer: ClickHouseClient, sql: string, rows: Uint8Array) => Promise<void>;

interface Connections {
  writer: ClickHouseClient;
  readers: readonly ClickHouseClient[];
  strangers: readonly ClickHouseClient[];
  /** Whether a query ends when its asker no longer waits for it. */
  isCancelling: boolean;
  isOneStore: boolean;
  insert: BlockInsert;
  closed: () => Promise<void>;
}

/** Ends what runs with this mark in its text. */
type Ending = (mark: string) => Promise<void>;

/** Runs a query on one of some connections, and says that the warehouse is away where that fails. */
type QueryRunner = <T>(query: (client: ClickHouseClient) => Promise<T>) => Promise<T>;

class ClientReads implements Reads {
  readonly #run: QueryRunner;
  readonly #settings: string;
  /** Undefined where a connection that is closed ends its query. */
  readonly #end: Ending | undefined;

  constructor(run: QueryRunner, settings: string, end: Ending | undefined) {
    this.#run = run;
    this.#settings = settings;
    this.#end = end;
  }

  read<T>(sql: string, signal?: AbortSignal): Promise<T[]> {
    return this.#rows<T>(sql, {}, signal);
  }

  readBound<T>(sql: string, values: Record<string, unknown>, signal?: AbortSignal): Promise<T[]> {
    return this.#rows<T>(sql, { query_params: values }, signal);
  }

  #rows<T>(sql: string, bound: { query_params?: Record<string, unknown> }, signal?: AbortSignal): Promise<T[]> {
    return this.#run(async (client) => {
      signal?.throwIfAborted();
      const end = this.#end;
      const asked = { ...bound, format: 'JSONEachRow' as const };
      if (signal === undefined || end === undefined) {
        const cancelling = signal === undefined ? {} : { abort_signal: signal };
        const result = await client.query({ query: `${sql} ${this.#settings}`, ...asked, ...cancelling });
        return await rowsOf<T>(result);
      }
      const mark = `/* question ${randomUUID()} */`;
      // It may be over by then, or the engine away: nobody waits for it either way.
      const leave = (): void => void end(mark).catch(() => undefined);
      signal.addEventListener('abort', leave, { once: true });
      try {
        const result = await client.query({ query: `${sql} ${mark} ${this.#settings}`, ...asked });
        return await rowsOf<T>(result);
      } finally {
        signal.removeEventListener('abort', leave);
      }
    });
  }
}

class ClientAccess implements Warehouse {
  readonly #connections: Connections;
  readonly #onReader: QueryRunner;
  readonly #reads: ClientReads;
  readonly strangers: Reads;
  readonly isOneStore: boolean;

  constructor(connections: Connections) {
    this.#connections = connections;
    this.isOneStore = connections.isOneStore;
    const { readers, strangers, isCancelling } = connections;
    this.#onReader = onLeastBusy(readers);
    const ending: Ending = (mark) =>
      this.#onReader(async (client) => {
        // Not SYNC, for which the embedded engine waits for ever; not the statement itself, which holds the mark too.
        await client.command({
          query: `KILL QUERY WHERE position(query, '${mark}') > 0 AND NOT startsWith(query, 'KILL') ASYNC`,
        });
      });
    const end = isCancelling ? undefined : ending;
    this.#reads = new ClientReads(this.#onReader, READ_SETTINGS, end);
    // Only a server hears that nobody waits any more.
    const settings = isCancelling
      ? `${STRANGERS_SETTINGS}, cancel_http_readonly_queries_on_client_close = 1`
      : STRANGERS_SETTINGS;
    this.strangers = new ClientReads(onLeastBusy(strangers), settings, end);
  }

  async command(sql: string, rows?: Uint8Array): Promise<void> {
    const { writer, insert } = this.#connections;
    await unavailable<unknown>(rows === undefined ? writer.command({ query: sql }) : insert(writer, sql, rows));
  }

  read<T>(sql: string, signal?: AbortSignal): Promise<T[]> {
    return this.#reads.read(sql, signal);
  }

  readBound<T>(sql: string, values: Record<string, unknown>, signal?: AbortSignal): Promise<T[]> {
    return this.#reads.readBound(sql, values, signal);
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
    const { writer, readers, strangers, closed } = this.#connections;
    await Promise.all([writer, ...readers, ...strangers].map((client) => client.close()));
    await closed();
  }
}

/** On the one with the fewest queries under way. */
function onLeastBusy(clients: readonly ClickHouseClient[]): QueryRunner {
  const busy = clients.map(() => 0);
  return async (query) => {
    let index = 0;
    for (let at = 1; at < busy.length; at++) if ((busy[at] ?? 0) < (busy[index] ?? 0)) index = at;
    const client = clients[index];
    if (client === undefined) throw new Error('a warehouse needs at least one connection to read by');
    busy[index] = (busy[index] ?? 0) + 1;
    try {
      return await unavailable(query(client));
    } finally {
      busy[index] = (busy[index] ?? 1) - 1;
    }
  };
}

async function unavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new WarehouseUnavailable(cause);
  }
}
