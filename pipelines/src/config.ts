/** The only reader of the environment in this package. */
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import { type KafkaSettings, kafkaFrom, keepFrom, partitionsFrom } from '@room/log';
import { type Environment, integerFrom, withSecrets } from '@room/runtime';
import {
  type Dialect,
  dialectFrom,
  type Retention,
  retentionFrom,
  type WarehouseOptions,
  warehouseFrom,
} from '@room/warehouse';

export interface Config {
  catalogueFolder: string;
  dataDirectory: string;
  healthPort: number;
  host: string;
  kafka: KafkaSettings;
  partitions: number;
  /** Milliseconds that counted submissions stay in the log. */
  keepLog: number;
  warehouse: WarehouseOptions;
  dialect: (timeZone: string) => Dialect;
  retention: Retention;
  /** Longest time without progress while events wait, in milliseconds; then ingest is started again. */
  watchdogMs: number;
  logLevel: string;
}

/** Throws naming the variable that is missing or wrong. */
export function readConfig(given: Environment = process.env): Config {
  const env = withSecrets(given);
  const dataDirectory = env['DATA_DIR'] ?? 'data';
  const kafka = kafkaFrom(env);
  if (kafka === undefined)
    throw new Error(
      'KAFKA_BROKERS is not set; a pipelines process of its own needs it (without it the server runs the pipelines itself)',
    );
  const warehouse = warehouseFrom(env, dataDirectory);
  if (warehouse.kind === 'embedded')
    throw new Error(
      'CLICKHOUSE_URL is not set; a pipelines process of its own needs a ClickHouse server that the room server reads too',
    );
  return {
    catalogueFolder: env['CATALOGUE'] ?? DEFAULT_CATALOGUE,
    dataDirectory,
    healthPort: integerFrom(env, 'HEALTH_PORT', 3_001, 0, 65_535),
    host: env['HOST'] ?? '127.0.0.1',
    kafka,
    partitions: partitionsFrom(env, 'many'),
    keepLog: keepFrom(env),
    warehouse,
    dialect: (timeZone) => dialectFrom(env, timeZone),
    retention: retentionFrom(env),
    watchdogMs: integerFrom(env, 'WATCHDOG_SECONDS', 60, 1, 86_400) * 1_000,
    logLevel: env['LOG_LEVEL'] ?? 'info',
  };
}
