/** The only reader of the environment in this package. */
import { join, resolve } from 'node:path';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import { type DatabaseSettings, databaseFrom } from '@room/database';
import { type KafkaSettings, kafkaFrom, keepFrom, partitionsFrom } from '@room/log';
import { type Environment, integerFrom, withSecrets } from '@room/runtime';
import {
  type Dialect,
  dialectFrom,
  type Retention,
  retentionFrom,
  type WarehouseSettings,
  warehouseFrom,
} from '@room/warehouse';

export interface Config {
  host: string;
  /** Addresses at which walls are opened through a proxy that changes `Host`, or passes its own on to loopback. */
  publicUrls: readonly string[];
  /** What whoever reaches the address sees without an account; undefined: walls on loopback while nobody has one, else nothing. */
  visitors: Visitors | undefined;
  /** Proxies in front, each of which adds the address that it heard to X-Forwarded-For. */
  proxies: number;
  /** 0 takes any free port. */
  port: number;
  /** A port of its own for health, readiness and metrics; undefined: on `port`, metrics with the operator's token. */
  operationsPort: number | undefined;
  dataDirectory: string;
  catalogueFolder: string;
  /** Undefined: the embedded log. */
  kafka: KafkaSettings | undefined;
  partitions: number;
  /** Milliseconds that counted submissions stay in the log. */
  keepLog: number;
  warehouse: WarehouseSettings;
  dialect: (timeZone: string) => Dialect;
  retention: Retention;
  database: DatabaseSettings;
  /** Where earlier versions kept hashed portal keys: they are taken over once. */
  keysFile: string;
  operatorToken: string | undefined;
  operatorTokenFile: string;
  /** Stands where all numbers of the room are made up: the keys of simulated portals, which `npm start` makes. */
  trialMark: string;
  /** Events in the log and not yet counted, beyond which portals are asked to wait. */
  maxPending: number;
  /** Longest time without progress while events wait, in milliseconds; then ingest is started again. */
  watchdogMs: number;
  logLevel: string;
}

/** Throws naming the variable that is wrong. */
export function readConfig(given: Environment = process.env): Config {
  const env = withSecrets(given);
  const dataDirectory = resolve(env['DATA_DIR'] ?? 'data');
  const warehouse = warehouseFrom(env, dataDirectory);
  return {
    host: env['HOST'] ?? '127.0.0.1',
    publicUrls: urlsOf('PUBLIC_URL', env['PUBLIC_URL'] ?? ''),
    visitors: visitorsFrom(env['VISITORS'] ?? ''),
    proxies: integerFrom(env, 'TRUST_PROXY', 0, 0, 10),
    port: integerFrom(env, 'PORT', 3_000, 0, 65_535),
    operationsPort:
      env['OPERATIONS_PORT'] === undefined || env['OPERATIONS_PORT'] === ''
        ? undefined
        : integerFrom(env, 'OPERATIONS_PORT', 0, 0, 65_535),
    dataDirectory,
    catalogueFolder: env['CATALOGUE'] ?? DEFAULT_CATALOGUE,
    kafka: kafkaFrom(env),
    // Each partition has inserts of its own; a warehouse inside one process gains nothing from more than one.
    partitions: partitionsFrom(env, warehouse.kind === 'embedded' ? 'one' : 'many'),
    keepLog: keepFrom(env),
    warehouse,
    dialect: (timeZone) => dialectFrom(env, timeZone),
    retention: retentionFrom(env),
    database: databaseFrom(env, dataDirectory),
    keysFile: env['PORTAL_KEYS'] ?? join(dataDirectory, 'portal-keys.json'),
    operatorToken: env['OPERATOR_TOKEN'],
    operatorTokenFile: join(dataDirectory, 'operator-token'),
    trialMark: join(dataDirectory, 'simulator-keys.jsonl'),
    maxPending: integerFrom(env, 'MAX_PENDING', 100_000, 1, 1e9),
    watchdogMs: integerFrom(env, 'WATCHDOG_SECONDS', 60, 1, 86_400) * 1_000,
    logLevel: env['LOG_LEVEL'] ?? 'info',
  };
}

const VISITORS = ['view', 'nothing'] as const;
type Visitors = (typeof VISITORS)[number];

function visitorsFrom(text: string): Visitors | undefined {
  const found = VISITORS.find((each) => each === text);
  if (found === undefined && text !== '') throw new Error(`VISITORS is ${text}; set it to ${VISITORS.join(' or ')}`);
  return found;
}

/** Separated by commas; only scheme, name and port count. */
function urlsOf(name: string, text: string): string[] {
  const urls = text
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
  for (const url of urls)
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new Error(`${name} is ${text}; it must look like https://room.example.org, several separated by commas`);
  return urls;
}
