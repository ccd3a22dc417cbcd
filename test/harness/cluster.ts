/** The room as several processes: pipeline workers and servers beside each other, on a real broker and a ClickHouse over HTTP. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WarehouseOptions } from '@room/warehouse';
import { type ClickHouse, startClickHouse } from '../clickhouse/start.ts';
import type { Door } from './client.ts';
import { freePort } from './process.ts';
import { type Program, startProgram } from './program.ts';
import { type Recount, recount } from './recount.ts';
import { portalKeys } from './room.ts';
import { tempDir } from './temp.ts';
import { inTurn } from './turns.ts';

export interface ClusterOptions {
  brokers: string;
  /** Before every topic and group. */
  prefix: string;
  servers: number;
  workers: number;
  env?: Record<string, string>;
}

export type RoomServer = Program & Door;

export interface Cluster extends AsyncDisposable {
  readonly clickhouse: ClickHouse;
  readonly servers: readonly RoomServer[];
  readonly workers: readonly Program[];
  addWorker(): Promise<Program>;
  /** Straight from the tables, while everything runs. */
  recount(): Promise<Recount>;
  /** What each process printed last. */
  logs(): string;
  [Symbol.asyncDispose](): Promise<void>;
}

const PASSWORD = randomUUID();
const DATABASE = 'operations_room';

/** Starts all of them at once, as a cluster's machines do. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = await tempDir('cluster');
  const opened: AsyncDisposable[] = [folder];
  const servers: RoomServer[] = [];
  const workers: Program[] = [];
  async function dispose(): Promise<void> {
    await Promise.all([...servers, ...workers].map((program) => program[Symbol.asyncDispose]()));
    for (let last = opened.pop(); last !== undefined; last = opened.pop()) await last[Symbol.asyncDispose]();
  }

  try {
    const clickhouse = await startClickHouse({ user: 'room', password: PASSWORD });
    opened.push(clickhouse);
    const common: Record<string, string> = {
      HOST: '127.0.0.1',
      KAFKA_BROKERS: options.brokers,
      KAFKA_PREFIX: options.prefix,
      CLICKHOUSE_URL: clickhouse.url,
      CLICKHOUSE_USER: clickhouse.user,
      CLICKHOUSE_PASSWORD: clickhouse.password,
      CLICKHOUSE_DATABASE: DATABASE,
      DATABASE_URL: `file://${join(folder.path, 'room.db')}`,
      OPERATOR_TOKEN: randomUUID(),
      ...options.env,
    };
    const key = portalKeys(common);
    const ownFolder = async (name: string): Promise<string> => {
      const path = join(folder.path, name);
      await mkdir(path);
      return path;
    };
    const addServer = async (isInTurn: boolean): Promise<void> => {
      const env = { ...common, PORT: '0', DATA_DIR: await ownFolder(`server-${randomUUID()}`) };
      const program = await startProgram({ name: 'a server', main: 'server/src/main.ts', env, port: 'PORT', isInTurn });
      servers.push(Object.assign(program, { key }));
    };
    const addWorker = async (isInTurn: boolean): Promise<Program> => {
      const env = {
        ...common,
        HEALTH_PORT: String(await freePort()),
        DATA_DIR: await ownFolder(`worker-${randomUUID()}`),
      };
      const program = await startProgram({ name: 'a worker', main: 'pipelines/src/start.ts', env, isInTurn });
      workers.push(program);
      return program;
    };
    // A server waits for the worker that brings the warehouse up to date.
    const started = await inTurn(() =>
      Promise.allSettled<unknown>([
        ...Array.from({ length: options.servers }, () => addServer(true)),
        ...Array.from({ length: options.workers }, () => addWorker(true)),
      ]),
    );
    const failed = started.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;

    const warehouse: WarehouseOptions = {
      kind: 'server',
      url: clickhouse.url,
      username: clickhouse.user,
      password: clickhouse.password,
      database: DATABASE,
      readers: 2,
    };
    return {
      clickhouse,
      servers,
      workers,
      addWorker: () => addWorker(false),
      recount: () => recount(warehouse),
      logs: () =>
        [...servers, ...workers, clickhouse]
          .map((program) => `--- ${program.url}\n${program.logs().slice(-4_000)}`)
          .join('\n'),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
