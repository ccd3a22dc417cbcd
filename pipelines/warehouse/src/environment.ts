/** The variables that choose and reach the warehouse. Takes the environment as a value: only a `config.ts` reads the real one. */
import { join, resolve } from 'node:path';
import { type Environment, integerFrom } from '@room/runtime';
import type { WarehouseOptions } from './access.ts';
import type { Dialect } from './migrate.ts';
import type { Retention } from './retention.ts';

const MIB = 1024 * 1024;
/** The engine's dates end in 2106. */
const MOST_DAYS = 20_000;

/** Where a warehouse of our own goes, its backups go somewhere too. */
export type WarehouseSettings =
  | Extract<WarehouseOptions, { kind: 'server' }>
  | (Extract<WarehouseOptions, { kind: 'embedded' }> & {
      backups: string;
      minFreeBytes: number;
      /** What it must still be able to write while events are taken: they take space in the log, and are to be counted. */
      spareBytes: number;
    });

export function warehouseFrom(env: Environment, dataDirectory: string): WarehouseSettings {
  const url = env['CLICKHOUSE_URL'];
  if (url === undefined || url === '') {
    // One half so that what was taken can be counted, the other so that the engine never meets a full disk.
    const half = (integerFrom(env, 'MIN_FREE_MB', 512, 1) * MIB) / 2;
    return {
      kind: 'embedded',
      directory: join(dataDirectory, 'warehouse'),
      readers: 3,
      maxMemoryBytes: integerFrom(env, 'WAREHOUSE_MEMORY_MB', 3_072, 1) * MIB,
      minFreeBytes: half,
      spareBytes: half,
      backups: resolve(env['BACKUP_DIR'] ?? join(dataDirectory, 'backups')),
    };
  }
  if (!URL.canParse(url)) throw new Error(`CLICKHOUSE_URL is ${url}; it must look like http://host:8123`);
  const database = env['CLICKHOUSE_DATABASE'] ?? 'operations_room';
  if (!/^\w+$/.test(database)) throw new Error(`CLICKHOUSE_DATABASE is ${database}; use letters, digits and _`);
  return {
    kind: 'server',
    url,
    username: env['CLICKHOUSE_USER'] ?? 'default',
    password: env['CLICKHOUSE_PASSWORD'] ?? '',
    database,
    ...clusterFrom(env),
    readers: 6,
  };
}

export const dialectFrom = (env: Environment, timeZone: string): Dialect => ({ timeZone, ...clusterFrom(env) });

function clusterFrom(env: Environment): { cluster?: string } {
  const cluster = env['CLICKHOUSE_CLUSTER'];
  if (cluster === undefined || cluster === '') return {};
  if (!/^\w+$/.test(cluster)) throw new Error(`CLICKHOUSE_CLUSTER is ${cluster}; use letters, digits and _`);
  return { cluster };
}

export const retentionFrom = (env: Environment): Retention => ({
  seconds: days(env, 'KEEP_SECONDS_DAYS', '2'),
  minutes: days(env, 'KEEP_MINUTES_DAYS', '35', 2, 'the wall reads minutes of a day and a half'),
  submissions: days(env, 'KEEP_SUBMISSIONS_DAYS', FOR_EVER),
  backlog: days(env, 'KEEP_BACKLOG_DAYS', FOR_EVER, 41, 'the wall reads levels of 40 days'),
  forecasts: days(env, 'KEEP_FORECAST_DAYS', '35', 2, 'what was foreseen is held against what became of it'),
  pulses: days(env, 'KEEP_PULSES_DAYS', '8'),
  shown: days(env, 'KEEP_SHOWN_DAYS', '400'),
  resolved: days(env, 'KEEP_RESOLVED_DAYS', FOR_EVER),
});

const FOR_EVER = 'forever';

function days(env: Environment, name: string, byDefault: string, least = 1, why?: string): number | undefined {
  const text = env[name] ?? byDefault;
  if (text === FOR_EVER) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > MOST_DAYS)
    throw new Error(
      `${name} is ${text}; it must be ${FOR_EVER} or a whole number of days from ${least} to ${MOST_DAYS}${why === undefined ? '' : `: ${why}`}`,
    );
  return value;
}
