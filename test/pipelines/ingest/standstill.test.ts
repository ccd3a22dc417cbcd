/** What takes long, is refused or is never answered: it is counted once, and stops nothing else. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { INGEST_GROUP, partitionKey, roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, KafkaLog } from '@room/log';
import { SIZES, startPipelines } from '@room/pipelines';
import { type Access, openAccess, WarehouseUnavailable } from '@room/warehouse';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NATIONAL, submission } from '../../harness/client.ts';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { sharedBroker } from '../../kafka/shared.ts';

const DAY = 86_400_000;
const WATCHDOG_MS = 1_500;
const INSERT = /^INSERT INTO submission /;
const catalogue = await loadCatalogue(DEFAULT_CATALOGUE);

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let log: EventLog;
let said: string[];
const began: AsyncDisposable[] = [];

beforeEach(async () => {
  folder = await tempDir('standstill');
  const directory = join(folder.path, 'warehouse');
  await copyWarehouse(directory, catalogue.catalogue.timeZone);
  access = await openAccess({ kind: 'embedded', directory, readers: 2, maxMemoryBytes: 2 ** 31 });
  log = new EmbeddedLog(join(folder.path, 'log'), () => undefined);
  await log.prepare(roomTopics(1, DAY));
  said = [];
});
afterEach(async () => {
  for (const pipelines of began.splice(0)) await pipelines[Symbol.asyncDispose]();
  await log[Symbol.asyncDispose]();
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const append = (ids: readonly string[], to: EventLog = log): Promise<void> =>
  to.append(
    TOPICS.submissions,
    ids.map((id) => ({ key: partitionKey(NATIONAL, id), value: JSON.stringify(submission(id)) })),
  );

async function start(change: Partial<Access>, through: EventLog = log): Promise<void> {
  const own: Access = {
    command: (sql, rows) => access.command(sql, rows),
    read: (sql) => access.read(sql),
    readBound: (sql, values) => access.readBound(sql, values),
    bytes: (sql, format) => access.bytes(sql, format),
    ...change,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const report = (_level: string, message: string): void => void said.push(message);
  const fatal = (error: Error): void => void said.push(`fatal: ${error.message}`);
  const options = { catalogue, log: through, access: own, maxRange: SIZES.beside.maxRange, watchdogMs: WATCHDOG_MS };
  began.push(await startPipelines({ ...options, report, fatal }));
}
const drained = (): Promise<void> =>
  expect.poll(() => log.pending(TOPICS.submissions, INGEST_GROUP), { timeout: 20_000 }).toBe(0);
const sum = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;
const counted = async (): Promise<number[]> => [
  await sum('SELECT count() AS n FROM submission'),
  await sum(`SELECT sum(events) AS n FROM rollup_month WHERE dim = 'all'`),
];
const restarts = (): number => said.filter((line) => line.endsWith('starting it again')).length;

it('an insert that the engine is at for long is no standstill', async () => {
  await access.command('CREATE TABLE slow (nothing UInt8) ENGINE = Null');
  await access.command(
    'CREATE MATERIALIZED VIEW slow_from_submission TO slow AS SELECT sleep(3) AS nothing FROM submission',
  );
  await start({});
  await append(['a', 'b']);
  await drained();
  expect(restarts()).toBe(0);
  expect(await counted()).toEqual([2, 2]);
});

it('an insert that was given up, as at a time limit, is not begun again while the engine is still at it', async () => {
  await access.command('CREATE TABLE slow (nothing UInt8) ENGINE = Null');
  await access.command(
    'CREATE MATERIALIZED VIEW slow_from_submission TO slow AS SELECT sleep(3) AS nothing FROM submission',
  );
  let running = 0;
  const found: number[] = [];
  await start({
    command: async (sql, rows) => {
      if (!INSERT.test(sql)) return access.command(sql, rows);
      found.push(++running);
      const inserting = access.command(sql, rows).finally(() => running--);
      if (found.length > 1) return inserting;
      inserting.catch(() => undefined);
      await sleep(WATCHDOG_MS / 4);
      throw new WarehouseUnavailable(new Error('Timeout error.'));
    },
  });
  await append(['a', 'b']);
  await drained();
  expect(found).toEqual([1, 1]);
  expect(restarts()).toBe(0);
  expect(await counted()).toEqual([2, 2]);
});

it('an insert whose answer comes after another try was begun is counted once, and the room goes on', async () => {
  let inserts = 0;
  await start({
    command: async (sql, rows) => {
      await access.command(sql, rows);
      if (INSERT.test(sql) && ++inserts === 1) await sleep(4 * WATCHDOG_MS);
    },
  });
  await append(['a', 'b']);
  await drained();
  await sleep(4 * WATCHDOG_MS);
  await append(['c']);
  await drained();
  expect(restarts()).toBeGreaterThan(0);
  expect(said.filter((line) => line.startsWith('fatal'))).toEqual([]);
  expect(await counted()).toEqual([3, 3]);
});

it('is at its end where no answer ever comes, though earlier tries end one after the other', async () => {
  await start({
    command: async (sql, rows) => {
      if (!INSERT.test(sql)) return access.command(sql, rows);
      // Longer than the patience, and then in vain: a sign of life of a worker that another has followed.
      await sleep(1.5 * WATCHDOG_MS);
      throw new WarehouseUnavailable(new Error('cut off'));
    },
  });
  await append(['a']);
  await expect.poll(() => said.filter((line) => line.startsWith('fatal')).length, { timeout: 20_000 }).toBe(1);
  expect(restarts()).toBe(2);
});

it('counts at once, and each id once, while the counted keys cannot be read', async () => {
  await start({});
  await append(['a', 'b']);
  await drained();
  for (const pipelines of began.splice(0)) await pipelines[Symbol.asyncDispose]();
  const never = new Promise<never>(() => undefined);
  await start({ read: (sql) => (sql.includes('count() AS keys') ? never : access.read(sql)) });
  await append(['b', 'c']);
  await drained();
  expect(await counted()).toEqual([3, 3]);
});

it('knows every counted key after a while, and asks for what it may know only', async () => {
  await start({});
  await append(['a', 'b']);
  await drained();
  for (const pipelines of began.splice(0)) await pipelines[Symbol.asyncDispose]();
  const asked: string[] = [];
  await start({
    read: (sql) => {
      if (sql.includes('PREWHERE event_key')) asked.push(sql);
      return access.read(sql);
    },
  });
  await expect.poll(() => said.filter((line) => line.includes('every counted key is known')).length).toBe(2);
  await append(['c']);
  await drained();
  expect(asked).toEqual([]);
  await append(['c', 'a']);
  await drained();
  expect(asked).toHaveLength(1);
  expect(await counted()).toEqual([3, 3]);
});

it('rows of one partition that the engine refuses are told, and stop no other partition', async (context) => {
  const { brokers, prefix } = await sharedBroker(context);
  const kafka = new KafkaLog({
    brokers: brokers.split(','),
    prefix: `${prefix}${randomUUID()}.`,
    replicationFactor: 1,
    sessionTimeout: 6_000,
    report: (_level, message) => said.push(message),
  });
  try {
    await kafka.prepare(roomTopics(2, DAY));
    let isRefused = true;
    await start(
      {
        command: async (sql, rows) => {
          if (isRefused && INSERT.test(sql) && sql.includes(':0:'))
            // As the engine says it.
            await access.command(`INSERT INTO submission (count) FORMAT JSONEachRow {"count":"none"}`);
          await access.command(sql, rows);
        },
      },
      kafka,
    );
    const ids = Array.from({ length: 20 }, (_, n) => `k${n}`);
    await append(ids, kafka);
    const lag = async (): Promise<(number | undefined)[]> => {
      const waiting = await kafka.lag(TOPICS.submissions, INGEST_GROUP);
      return [waiting.get(0), waiting.get(1)];
    };
    await expect.poll(async () => (await lag())[1], { timeout: 40_000 }).toBe(0);
    await expect
      .poll(() => said.filter((line) => /waits: the warehouse refuses what it was given/.test(line)).length, {
        timeout: 40_000,
      })
      .toBeGreaterThan(3);
    expect(said.some((line) => line.includes('redelivering'))).toBe(true);
    const [waiting = 0] = await lag();
    expect(waiting).toBeGreaterThan(0);
    // More of the other one, while this one still waits.
    await append(
      ids.map((id) => `more-${id}`),
      kafka,
    );
    await expect.poll(async () => (await lag())[1], { timeout: 40_000 }).toBe(0);
    isRefused = false;
    await expect.poll(async () => (await lag())[0], { timeout: 40_000 }).toBe(0);
    expect(await counted()).toEqual([40, 40]);
    expect(said.filter((line) => line.startsWith('fatal'))).toEqual([]);
  } finally {
    for (const pipelines of began.splice(0)) await pipelines[Symbol.asyncDispose]();
    await kafka[Symbol.asyncDispose]();
  }
});
