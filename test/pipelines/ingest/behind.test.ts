/** A member that comes back from an eviction may be handed records from before the last commit, by a seek of its former life. */
import { join } from 'node:path';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { INGEST_GROUP, partitionKey, roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, type LogRecord } from '@room/log';
import { SIZES, startPipelines } from '@room/pipelines';
import { type Access, migrate, openAccess } from '@room/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NATIONAL, submission } from '../../harness/client.ts';
import { tempDir } from '../../harness/temp.ts';

const DAY = 86_400_000;
const catalogue = await loadCatalogue(DEFAULT_CATALOGUE);
let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let log: EmbeddedLog;

beforeAll(async () => {
  folder = await tempDir('behind');
  const directory = join(folder.path, 'warehouse');
  access = await openAccess({ kind: 'embedded', directory, readers: 2, maxMemoryBytes: 2 ** 31 });
  await migrate(access, { timeZone: catalogue.catalogue.timeZone }, { unsettled: async () => [] });
  log = new EmbeddedLog(join(folder.path, 'log'), () => undefined);
  await log.prepare(roomTopics(1, DAY));
});
afterAll(async () => {
  await log[Symbol.asyncDispose]();
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const append = (...ids: string[]): Promise<void> =>
  log.append(
    TOPICS.submissions,
    ids.map((id) => ({ key: partitionKey(NATIONAL, id), value: JSON.stringify(submission(id)) })),
  );
const start = (through: EventLog, warehouse: Access): Promise<AsyncDisposable> =>
  startPipelines({
    catalogue,
    log: through,
    access: warehouse,
    maxRange: SIZES.beside.maxRange,
    watchdogMs: 60_000,
    report: () => undefined,
    fatal: (error) => {
      throw error;
    },
  });
const drained = (): Promise<void> =>
  expect.poll(() => log.pending(TOPICS.submissions, INGEST_GROUP), { timeout: 30_000 }).toBe(0);
const sum = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;

/** The log, whose submissions go through `change` on their way to the one who counts. */
const changed = (change: (records: readonly LogRecord[]) => readonly LogRecord[]): EventLog =>
  Object.assign(Object.create(log) as EventLog, {
    append: log.append.bind(log),
    committed: log.committed.bind(log),
    lag: log.lag.bind(log),
    pending: log.pending.bind(log),
    ends: log.ends.bind(log),
    subscribe: ((subscription) =>
      log.subscribe({
        ...subscription,
        handle: (batch) =>
          subscription.handle(
            subscription.topic === TOPICS.submissions ? { ...batch, records: change(batch.records) } : batch,
          ),
      })) satisfies EventLog['subscribe'],
  });

it('what was counted before the commit does not get into the pending range, which is healed', async () => {
  const counted: LogRecord[] = [];
  const before = await start(
    changed((records) => {
      counted.push(...records);
      return records;
    }),
    access,
  );
  await append('a', 'b', 'c');
  await drained();
  await before[Symbol.asyncDispose]();

  // The next range gets as far as the base table, and its worker no further.
  const views = await access.read<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView' AND name LIKE '%_from_submission'`,
  );
  expect(views.length).toBeGreaterThan(3);
  for (const { name } of views) await access.command(`DETACH TABLE ${name}`);
  let die = (): void => undefined;
  const dead = new Promise<void>((resolve) => {
    die = resolve;
  });
  const dying: Access = Object.assign(Object.create(access) as Access, {
    read: access.read.bind(access),
    readBound: access.readBound.bind(access),
    bytes: access.bytes.bind(access),
    command: async (sql: string, rows?: Uint8Array) => {
      await access.command(sql, rows);
      if (sql.startsWith('INSERT INTO submission')) die();
      throw new Error('the worker is gone');
    },
  });
  await append('d', 'e', 'f');
  const cutOff = await start(log, dying);
  await dead;
  await cutOff[Symbol.asyncDispose]();
  for (const { name } of views) await access.command(`ATTACH TABLE ${name}`);
  expect(await sum('SELECT count() AS n FROM submission')).toBe(6);
  expect(await sum('SELECT count() AS n FROM event_seen')).toBe(3);

  const behind = await start(
    changed((records) => [...counted.splice(0), ...records]),
    access,
  );
  await drained();
  await behind[Symbol.asyncDispose]();
  expect(counted).toEqual([]);
  expect(await sum('SELECT count() AS n FROM submission')).toBe(6);
  expect(await sum('SELECT count() AS n FROM event_seen')).toBe(6);
  for (const grain of ['second', 'minute', 'hour', 'day', 'month'])
    expect([grain, await sum(`SELECT sum(reached) AS n FROM rollup_${grain} WHERE dim = 'all'`)]).toEqual([grain, 6]);
});

it('a position that comes after the partition was given anew is read again', async () => {
  let reads = 0;
  const through: EventLog = Object.assign(Object.create(log) as EventLog, {
    append: log.append.bind(log),
    committed: log.committed.bind(log),
    lag: log.lag.bind(log),
    pending: log.pending.bind(log),
    ends: log.ends.bind(log),
    subscribe: ((subscription) => {
      if (subscription.topic !== TOPICS.submissions) return log.subscribe(subscription);
      return log.subscribe({
        ...subscription,
        handle: async (batch) => {
          const committed = async () => {
            reads++;
            return batch.committed();
          };
          if (reads > 0) return subscription.handle({ ...batch, committed });
          let isStale = false;
          const late = async () => {
            const position = await committed();
            await subscription.assigned([batch.partition]);
            isStale = true;
            return position;
          };
          await subscription.handle({ ...batch, committed: late, isStale: () => isStale }).catch(() => undefined);
          await subscription.handle({ ...batch, committed });
        },
      });
    }) satisfies EventLog['subscribe'],
  });
  const before = await sum('SELECT count() AS n FROM submission');
  const counting = await start(through, access);
  await append('g', 'h');
  await drained();
  await counting[Symbol.asyncDispose]();
  expect(reads).toBe(2);
  expect(await sum('SELECT count() AS n FROM submission')).toBe(before + 2);
});
