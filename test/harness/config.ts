/** The only reader of the environment in the tests. */
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const env = process.env;

const TURNS = 'ROOM_TEST_TURNS';

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'off', 'false'].includes(value.toLowerCase());
}

export const config = {
  /** In CI nothing may be skipped for want of a tool. */
  ci: isOn(env['CI']),
  /** Brokers to test against instead of one of our own. */
  kafkaBrokers: env['KAFKA_BROKERS'] || undefined,
  noKafka: isOn(env['ROOM_TEST_NO_KAFKA']),
  /** Where the reporter leaves the counts for `npm test`. */
  report: env['ROOM_TEST_REPORT'] || undefined,
  /** Where processes that start ask for a turn. */
  turns: env[TURNS] || undefined,
  /** Generated records of a fuzz: `ROOM_TEST_FUZZ=1000000 npm test -- record`. */
  fuzz: Number(env['ROOM_TEST_FUZZ'] || 20_000),
  /** Generated requests against the rights: `ROOM_TEST_RIGHTS=10000 npm test -- rights`. */
  rights: Number(env['ROOM_TEST_RIGHTS'] || 3_000),
  cacheDir: join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'operations-room'),
  tempDir: tmpdir(),
  path: env['PATH'] ?? '',
  javaHome: env['JAVA_HOME'] || undefined,
};

/** For the processes that run test files, which are started after this. */
export function tellTurns(url: string): void {
  env[TURNS] = url;
}

/** Settings of the room and of the test runner, which a room under test must not inherit by accident. */
const OURS =
  /^(HOST|PORT|PUBLIC_URL|HEALTH_PORT|OPERATIONS_PORT|OPERATIONS_HOST|DATA_DIR|BACKUP_DIR|KEEP_.*|MIN_FREE_MB|CATALOGUE|SIMULATE|OPERATOR_TOKEN(_FILE)?|KAFKA_.*|CLICKHOUSE_.*|DATABASE_.*|PORTAL_KEYS|PG.*|NODE_ENV|NODE_OPTIONS|VITEST.*|TEST|DEV|PROD|SSR|MODE|BASE_URL)$/;

export function childEnv(settings: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(env).filter((pair): pair is [string, string] => {
    return pair[1] !== undefined && !OURS.test(pair[0]);
  });
  return { ...Object.fromEntries(inherited), ...settings };
}
