/** The variables that choose and reach the warehouse. Takes the environment as a value: only a `config.ts` reads the real one. */
import { join } from 'node:path';
import type { WarehouseOptions } from './access.ts';
import type { Dialect } from './migrate.ts';

const MIB = 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

export function warehouseFrom(env: Environment, dataDirectory: string): WarehouseOptions {
  const url = env['CLICKHOUSE_URL'];
  if (url === undefined || url === '')
    return {
      kind: 'embedded',
      directory: join(dataDirectory, 'warehouse'),
      readers: 3,
      maxMemoryBytes: whole('WAREHOUSE_MEMORY_MB', env['WAREHOUSE_MEMORY_MB'] ?? '3072') * MIB,
    };
  if (!URL.canParse(url)) throw new Error(`CLICKHOUSE_URL is ${url}; it must look like http://host:8123`);
  const database = env['CLICKHOUSE_DATABASE'] ?? 'operations_room';
  if (!/^\w+$/.test(database)) throw new Error(`CLICKHOUSE_DATABASE is ${database}; use letters, digits and _`);
  return {
    kind: 'server',
    url,
    username: env['CLICKHOUSE_USER'] ?? 'default',
    password: env['CLICKHOUSE_PASSWORD'] ?? '',
    database,
    readers: 6,
  };
}

export function dialectFrom(env: Environment, timeZone: string): Dialect {
  const cluster = env['CLICKHOUSE_CLUSTER'];
  if (cluster !== undefined && !/^\w*$/.test(cluster))
    throw new Error(`CLICKHOUSE_CLUSTER is ${cluster}; use letters, digits and _`);
  return {
    timeZone,
    ...(cluster === undefined || cluster === '' ? {} : { cluster }),
    keepSeconds: whole('KEEP_SECONDS_DAYS', env['KEEP_SECONDS_DAYS'] ?? '2'),
    keepMinutes: whole('KEEP_MINUTES_DAYS', env['KEEP_MINUTES_DAYS'] ?? '35'),
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} is ${text}; it must be a whole number from 1`);
  return value;
}
