/** The only reader of the environment in this package. */
import { join, resolve } from 'node:path';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import { PORTAL_RATE } from '@room/contract';
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
import { isLoopback } from './access/origins.ts';

export interface Config {
  host: string;
  /** Addresses at which walls are opened through a proxy that changes `Host`, or passes its own on to loopback. */
  publicUrls: readonly string[];
  /** What whoever reaches the address sees without a credential; undefined: walls on loopback, else nothing. */
  visitors: Visitors | undefined;
  /** Proxies in front, each of which adds the address that it heard to X-Forwarded-For. */
  proxies: number;
  /** PEM files of a certificate with its chain and of its key; undefined: plain HTTP. */
  tls: TlsFiles | undefined;
  /** Through which people may sign in too. */
  oidc: OidcSettings | undefined;
  /** By which mails leave; undefined: none do. */
  mail: MailSettings | undefined;
  /** Addresses and networks of private ranges that webhooks may reach. */
  webhookAllow: readonly string[];
  /** By which bot chats are told; undefined: none are. */
  telegram: TelegramSettings | undefined;
  /** 0 takes any free port. */
  port: number;
  /** A port of its own for health, readiness and metrics; undefined: on `port`, metrics with the operator's token. */
  operationsPort: number | undefined;
  /** Where that port listens: it asks nobody who they are. */
  operationsHost: string;
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
  /** The private key by which briefings are signed; made where it is missing. */
  briefingKey: string;
  /** Of all files that show what units told. */
  evidenceBytes: number;
  /** Events in the log and not yet counted, beyond which portals are asked to wait. */
  maxPending: number;
  /** Events a second that a portal key may bring without a limit of its own. */
  portalRate: number;
  /** Longest time without progress while events wait, in milliseconds; then ingest is started again. */
  watchdogMs: number;
  logLevel: string;
}

export interface TelegramSettings {
  token: string;
  api: string;
}

export interface MailSettings {
  url: string;
  from: string;
}

export interface TlsFiles {
  certificate: string;
  key: string;
}

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  scope: string;
  /** On the button that leads there. */
  name: string;
  /** What its claims are worth here. */
  mappingFile: string;
}

/** Throws naming the variable that is wrong. */
export function readConfig(given: Environment = process.env): Config {
  const env = withSecrets(given);
  const dataDirectory = resolve(env['DATA_DIR'] ?? 'data');
  const warehouse = warehouseFrom(env, dataDirectory);
  const host = env['HOST'] ?? '127.0.0.1';
  return {
    host,
    publicUrls: urlsOf('PUBLIC_URL', env['PUBLIC_URL'] ?? ''),
    visitors: visitorsFrom(env['VISITORS'] ?? ''),
    proxies: integerFrom(env, 'TRUST_PROXY', 0, 0, 10),
    tls: tlsFrom(env),
    oidc: oidcFrom(env),
    mail: mailFrom(env),
    webhookAllow: listOf(env['WEBHOOK_ALLOW'] ?? ''),
    telegram: telegramFrom(env),
    port: integerFrom(env, 'PORT', 3_000, 0, 65_535),
    operationsPort:
      env['OPERATIONS_PORT'] === undefined || env['OPERATIONS_PORT'] === ''
        ? undefined
        : integerFrom(env, 'OPERATIONS_PORT', 0, 0, 65_535),
    operationsHost: env['OPERATIONS_HOST'] || (isLoopback(host) ? host : '127.0.0.1'),
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
    briefingKey: join(dataDirectory, 'briefing-key.pem'),
    evidenceBytes: integerFrom(env, 'EVIDENCE_MB', 2_000, 1, 1_000_000) * 1_000_000,
    maxPending: integerFrom(env, 'MAX_PENDING', 100_000, 1, 1e9),
    portalRate: integerFrom(env, 'PORTAL_RATE', 10_000, PORTAL_RATE.least, PORTAL_RATE.most),
    watchdogMs: integerFrom(env, 'WATCHDOG_SECONDS', 60, 1, 86_400) * 1_000,
    logLevel: env['LOG_LEVEL'] ?? 'info',
  };
}

function tlsFrom(env: Environment): TlsFiles | undefined {
  const [certificate = '', key = ''] = [env['TLS_CERT'], env['TLS_KEY']];
  if (certificate === '' && key === '') return undefined;
  if (certificate === '' || key === '')
    throw new Error('TLS_CERT and TLS_KEY name a certificate and its key together; set both, or neither');
  return { certificate: resolve(certificate), key: resolve(key) };
}

function mailFrom(env: Environment): MailSettings | undefined {
  const [url = '', from = ''] = [env['SMTP_URL'], env['MAIL_FROM']];
  if (url === '' && from === '') return undefined;
  // It holds a password: what is wrong with it is said without it.
  if (!/^smtps?:\/\//.test(url) || !URL.canParse(url))
    throw new Error('SMTP_URL must look like smtp://user:password@mail.example.org:587, or begin with smtps:');
  if (!/^[^@\s<>]+@[^@\s<>]+$/.test(from))
    throw new Error(`MAIL_FROM is ${from || 'not set'}; set it to the address that mails come from`);
  return { url, from };
}

function telegramFrom(env: Environment): TelegramSettings | undefined {
  const token = env['TELEGRAM_TOKEN'] ?? '';
  const api = env['TELEGRAM_API'] || 'https://api.telegram.org';
  if (token === '') return undefined;
  // It is a secret: what is wrong with it is said without it.
  if (!/^\d{1,20}:[\w-]{20,100}$/.test(token))
    throw new Error('TELEGRAM_TOKEN must look like 123456:ABC-DEF…, as BotFather gave it to the bot');
  if (!/^https?:\/\//.test(api) || !URL.canParse(api))
    throw new Error(`TELEGRAM_API is ${api}; it must be an address as https://api.telegram.org`);
  return { token, api };
}

function oidcFrom(env: Environment): OidcSettings | undefined {
  const issuer = env['OIDC_ISSUER'] ?? '';
  if (issuer === '') return undefined;
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && LOOPBACK.test(url.hostname)))
    throw new Error(
      `OIDC_ISSUER is ${issuer}; it must be what the provider calls itself, as https://id.example.org/realms/office`,
    );
  const needed = (name: string, what: string): string => {
    const value = env[name] ?? '';
    if (value === '') throw new Error(`OIDC_ISSUER is set and ${name} is not; set it to ${what}`);
    return value;
  };
  const scope = env['OIDC_SCOPE'] || 'openid profile email';
  if (!scope.split(' ').includes('openid')) throw new Error(`OIDC_SCOPE is ${scope}; openid must be among it`);
  return {
    issuer,
    clientId: needed('OIDC_CLIENT_ID', 'what the provider calls this room'),
    clientSecret: env['OIDC_CLIENT_SECRET'] || undefined,
    scope,
    name: env['OIDC_NAME'] || url.host,
    mappingFile: resolve(needed('OIDC_MAPPING', 'a file that says what its groups may do; see OPERATIONS.md')),
  };
}

/** What a machine says to itself needs no TLS. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const VISITORS = ['view', 'nothing'] as const;
type Visitors = (typeof VISITORS)[number];

function visitorsFrom(text: string): Visitors | undefined {
  const found = VISITORS.find((each) => each === text);
  if (found === undefined && text !== '') throw new Error(`VISITORS is ${text}; set it to ${VISITORS.join(' or ')}`);
  return found;
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Separated by commas; only scheme, name and port count. */
function urlsOf(name: string, text: string): string[] {
  const urls = listOf(text);
  for (const url of urls)
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new Error(`${name} is ${text}; it must look like https://room.example.org, several separated by commas`);
  return urls;
}
