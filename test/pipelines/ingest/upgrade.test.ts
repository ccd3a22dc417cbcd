/** A room of the earlier version dies in the middle of an insert, and is started again as this one. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { INGEST_GROUP, partitionKey, roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, KafkaLog } from '@room/log';
import { SIZES, startPipelines, upgradeWarehouse } from '@room/pipelines';
import { type Access, migrate, migrations, openAccess } from '@room/warehouse';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NATIONAL, submission } from '../../harness/client.ts';
import { tempDir } from '../../harness/temp.ts';
import { sharedBroker } from '../../kafka/shared.ts';

const DAY = 86_400_000;
const catalogue = await loadCatalogue(DEFAULT_CATALOGUE);
const DIALECT = { timeZone: catalogue.catalogue.timeZone };
const report = (): void => undefined;
const fatal = (error: Error): void => {
  throw error;
};

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let log: EmbeddedLog;

beforeEach(async () => {
  folder = await tempDir('upgrade');
  access = await openAccess({
    kind: 'embedded',
    directory: join(folder.path, 'warehouse'),
    readers: 2,
    maxMemoryBytes: 2 ** 31,
  });
  log = new EmbeddedLog(join(folder.path, 'log'), report);
  await log.prepare(roomTopics(1, DAY));
});
afterEach(async () => {
  await log[Symbol.asyncDispose]();
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const earlier = async (): Promise<void> => {
  await migrate(access, DIALECT, { known: (await migrations()).slice(0, 2) });
};
const start = (through: Access = access) =>
  startPipelines({
    catalogue,
    log,
    access: through,
    maxRange: SIZES.beside.maxRange,
    watchdogMs: 60_000,
    report,
    fatal,
  });
const append = (to: Pick<EventLog, 'append'>, ids: readonly string[]): Promise<void> =>
  to.append(
    TOPICS.submissions,
    ids.map((id) => ({ key: partitionKey(NATIONAL, id), value: JSON.stringify(submission(id)) })),
  );
const drained = (): Promise<void> =>
  expect.poll(() => log.pending(TOPICS.submissions, INGEST_GROUP), { timeout: 30_000 }).toBe(0);
const sum = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;

/** An access to a warehouse that is cut off once submissions stand in the base table: the process is as good as dead. */
function dying(died: () => void): Access {
  let isDead = false;
  return {
    read: (sql) => access.read(sql),
    readBound: (sql, values) => access.readBound(sql, values),
    bytes: (sql, format) => access.bytes(sql, format),
    command: async (sql, inserted) => {
      if (isDead) throw new Error('dead');
      await access.command(sql, inserted);
      if (!sql.startsWith('INSERT INTO submission')) return;
      isDead = true;
      died();
      throw new Error('dead');
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Two events counted, three more cut off: they stand in the base table and not in the rollups. */
async function cutOff(): Promise<void> {
  await earlier();
  const before = await start();
  await append(log, ['a', 'b']);
  await drained();
  await before[Symbol.asyncDispose]();

  const views = ['second', 'minute', 'late'].map((grain) => `rollup_${grain}_from_submission`);
  for (const view of views) await access.command(`DETACH TABLE ${view}`);
  await append(log, ['c', 'd', 'e']);
  await new Promise<void>((died, failed) => {
    start(dying(died)).then((pipelines) => stopped.push(pipelines), failed);
  });
  for (const pipelines of stopped.splice(0)) await pipelines[Symbol.asyncDispose]();
  for (const view of views) await access.command(`ATTACH TABLE ${view}`);
}
const stopped: AsyncDisposable[] = [];

it('counts what was cut off once, in the new rollup as in the old ones', async () => {
  await cutOff();
  await upgradeWarehouse({ access, dialect: DIALECT, log, report });
  expect(await sum('SELECT sum(reached) AS n FROM rollup_units_day')).toBe(2);
  const after = await start();
  await append(log, ['f']);
  await drained();
  await after[Symbol.asyncDispose]();
  expect(await sum('SELECT count() AS n FROM submission')).toBe(6);
  for (const grain of ['minute', 'hour', 'day', 'month'])
    expect([grain, await sum(`SELECT sum(reached) AS n FROM rollup_${grain} WHERE dim = 'all'`)]).toEqual([grain, 6]);
  expect(await sum('SELECT sum(reached) AS n FROM rollup_units_day')).toBe(6);
});

it('refuses where the earlier version did not say which range was cut off, and changes nothing', async () => {
  await cutOff();
  const [committed] = (await log.committed(TOPICS.submissions, INGEST_GROUP)).values();
  const { id, ...pending } = JSON.parse(committed?.metadata ?? '') as { id: string };
  expect(id).not.toBe('');
  const nameless = new Map([[0, { offset: committed?.offset ?? 0, metadata: JSON.stringify(pending) }]]);
  const earlierLog: Pick<EventLog, 'subscribe' | 'append' | 'committed' | 'members'> = {
    subscribe: (subscription) => log.subscribe(subscription),
    append: (topic, records) => log.append(topic, records),
    members: (group) => log.members(group),
    committed: async () => nameless,
  };
  await expect(upgradeWarehouse({ access, dialect: DIALECT, log: earlierLog, report })).rejects.toThrow(
    /start that version once/,
  );
  expect(await sum(`SELECT count() AS n FROM system.tables WHERE name LIKE 'rollup_unit%'`)).toBe(0);
});

it('waits for the pipelines of the earlier version to stop, and gives up with the remedy', async () => {
  await earlier();
  const counting = await start();
  const said: string[] = [];
  const upgrade = (patience: number) =>
    upgradeWarehouse({ access, dialect: DIALECT, log, report: (_level, message) => said.push(message), patience });
  await expect(upgrade(100)).rejects.toThrow(/still counting; stop them/);
  const upgraded = upgrade(60_000);
  await expect.poll(() => said.filter((message) => message.includes('waiting')).length).toBe(2);
  await counting[Symbol.asyncDispose]();
  await upgraded;
  expect(await sum(`SELECT count() AS n FROM migration`)).toBe((await migrations()).length);
});

it('one process at a time upgrades, however late the others join, and they find it done', {
  timeout: 150_000,
}, async (context) => {
  const { brokers, prefix } = await sharedBroker(context);
  const settings = {
    brokers: brokers.split(','),
    prefix: `${prefix}${randomUUID()}.`,
    replicationFactor: 1,
    sessionTimeout: 6_000,
    report,
  };
  await earlier();
  let inside = 0;
  const overlaps: number[] = [];
  const watched: Access = {
    read: (sql) => access.read(sql),
    readBound: (sql, values) => access.readBound(sql, values),
    bytes: (sql, format) => access.bytes(sql, format),
    command: async (sql, inserted) => {
      if (!sql.includes('rollup_unit_day') || sql.includes('rollup_units')) return access.command(sql, inserted);
      overlaps.push(++inside);
      // Long enough for the group to give its partition anew, were it not held.
      await sleep(2_500);
      await access.command(sql, inserted).finally(() => inside--);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const logs = [1, 2, 3].map(() => new KafkaLog(settings));
  try {
    await Promise.all(
      logs.map(async (one, index) => {
        await one.prepare(roomTopics(2, DAY));
        await sleep(index * 2_000);
        await upgradeWarehouse({ access: watched, dialect: DIALECT, log: one, report });
      }),
    );
  } finally {
    await Promise.all(logs.map((one) => one[Symbol.asyncDispose]()));
  }
  // Table, old view, rows, view, and at last view and table that others took the place of: each once, and never two at a time.
  expect(overlaps).toEqual([1, 1, 1, 1, 1, 1]);
  expect(await sum(`SELECT count() AS n FROM migration`)).toBe((await migrations()).length);
});
