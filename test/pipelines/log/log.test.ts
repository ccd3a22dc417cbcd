import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedLog, type EventLog, KafkaLog, type LogRecord, type NewRecord } from '@room/log';
import { describe, expect, it, type TestContext } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { sharedBroker } from '../../kafka/shared.ts';

/** A log that can be closed and opened again on the same data. */
interface Place {
  open(): EventLog;
  [Symbol.asyncDispose](): Promise<void>;
}

const embedded = async (): Promise<Place> => {
  const folder = await tempDir('log');
  return {
    open: () => new EmbeddedLog(folder.path, () => undefined),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
};

const kafka = async (context: TestContext): Promise<Place> => {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID()}.`;
  return {
    open: () =>
      new KafkaLog({
        brokers: brokers.split(','),
        prefix,
        replicationFactor: 1,
        sessionTimeout: 6_000,
        report: () => undefined,
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
};

const records = (count: number, from = 0): NewRecord[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `k${(from + n) % 7}`,
    value: `v${from + n}`,
    headers: { n: String(from + n) },
  }));

const topics = [
  { name: 'events', partitions: 2 },
  { name: 'pulse', partitions: 1, retention: 3_600_000 },
];

/** Collects what a subscription hands over until `done` says so. */
async function consume(
  log: EventLog,
  handle: (
    records: readonly LogRecord[],
    commit: (metadata: string) => Promise<void>,
    committed: () => Promise<unknown>,
  ) => Promise<void>,
  done: () => boolean,
): Promise<void> {
  const subscription = await log.subscribe({
    topic: 'events',
    group: 'counting',
    maxRecords: 10,
    assigned: async () => undefined,
    revoked: () => undefined,
    redelivering: () => undefined,
    handle: (batch) =>
      handle(
        batch.records,
        (metadata) => batch.commit({ offset: (batch.records.at(-1)?.offset ?? 0) + 1, metadata }),
        () => batch.committed(),
      ),
  });
  await expect.poll(done, { timeout: 30_000 }).toBe(true);
  await subscription[Symbol.asyncDispose]();
}

describe.each([
  ['embedded', embedded],
  ['Kafka', kafka],
])('the %s log', (_name, place) => {
  it('hands over every record once, in order within its partition, with time and headers', async (context) => {
    await using where = await place(context);
    await using log = where.open();
    await log.prepare(topics);
    await log.prepare(topics);
    await log.append('events', records(50));
    const seen: LogRecord[] = [];
    await consume(
      log,
      async (batch, commit) => {
        seen.push(...batch);
        await commit('');
      },
      () => seen.length >= 50,
    );
    expect(new Set(seen.map(({ value }) => value.toString())).size).toBe(50);
    for (const partition of new Set(seen.map((record) => record.partition))) {
      const offsets = seen.filter((record) => record.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    }
    expect(
      seen.every(
        ({ timestamp, headers, value }) => Date.now() - timestamp < 60_000 && `v${headers['n']}` === value.toString(),
      ),
    ).toBe(true);
    expect(await log.pending('events', 'counting')).toBe(0);
    await log.append('events', records(3, 50));
    expect(await log.pending('events', 'counting')).toBe(3);
  });

  it('tells how many count in a group', async (context) => {
    await using where = await place(context);
    await using log = where.open();
    await log.prepare(topics);
    expect(await log.members('counting')).toBe(0);
    let counting = 0;
    await consume(
      log,
      async () => {
        counting = await log.members('counting');
      },
      () => {
        if (counting === 0) void log.append('events', records(1));
        return counting > 0;
      },
    );
    expect(counting).toBe(1);
    await expect.poll(() => log.members('counting'), { timeout: 30_000 }).toBe(0);
  });

  it('takes many large records of one key at once, more than a broker takes in one piece', async (context) => {
    await using where = await place(context);
    await using log = where.open();
    await log.prepare(topics);
    const large = Array.from({ length: 1_000 }, (_, n) => ({ key: 'one', value: `${n} ${'x'.repeat(1_300)}` }));
    await log.append('events', large);
    expect(await log.pending('events', 'counting')).toBe(large.length);
  });

  it('keeps records and commits over a restart, metadata included', async (context) => {
    await using where = await place(context);
    {
      await using log = where.open();
      await log.prepare(topics);
      await log.append(
        'events',
        records(5).map((record) => ({ ...record, key: 'one' })),
      );
      let count = 0;
      await consume(
        log,
        async (batch, commit) => {
          count += batch.length;
          await commit(`after ${count}`);
        },
        () => count === 5,
      );
      await log.append(
        'events',
        records(2, 5).map((record) => ({ ...record, key: 'one' })),
      );
    }
    await using log = where.open();
    const seen: string[] = [];
    let committed: unknown;
    await consume(
      log,
      async (batch, commit, position) => {
        committed ??= await position();
        seen.push(...batch.map(({ value }) => value.toString()));
        await commit('');
      },
      () => seen.length >= 2,
    );
    expect(seen).toEqual(['v5', 'v6']);
    expect(committed).toEqual({ offset: 5, metadata: 'after 5' });
  });

  it('hands over again from the last commit what a handler failed on', async (context) => {
    await using where = await place(context);
    await using log = where.open();
    await log.prepare(topics);
    await log.append(
      'events',
      records(30).map((record) => ({ ...record, key: 'one' })),
    );
    const seen: string[] = [];
    let failed = false;
    await consume(
      log,
      async (batch, commit) => {
        if (!failed && seen.length >= 10) {
          failed = true;
          throw new Error('the handler fails once');
        }
        seen.push(...batch.map(({ value }) => value.toString()));
        await commit('');
      },
      () => new Set(seen).size === 30,
    );
    expect(failed).toBe(true);
    expect([...new Set(seen)]).toEqual(Array.from({ length: 30 }, (_, n) => `v${n}`));
  });

  it('follows a topic from a little back, without a group', async (context) => {
    await using where = await place(context);
    await using log = where.open();
    await log.prepare(topics);
    await log.append(
      'pulse',
      Array.from({ length: 20 }, (_, n) => ({ key: 'p', value: `p${n}` })),
    );
    const seen: string[] = [];
    await using _tail = await log.tail('pulse', 5, (record) => seen.push(record.value.toString()));
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
    await log.append('pulse', [{ key: 'p', value: 'p20' }]);
    await expect.poll(() => seen.at(-1), { timeout: 30_000 }).toBe('p20');
    expect(seen).toEqual(['p15', 'p16', 'p17', 'p18', 'p19', 'p20']);
  });
});

it('Kafka: says that it cannot store, in bounded time, when no broker answers', async () => {
  await using log = new KafkaLog({
    brokers: ['127.0.0.1:9'],
    prefix: 'x.',
    replicationFactor: 1,
    sessionTimeout: 6_000,
    report: () => undefined,
  });
  await expect(log.append('events', records(1))).rejects.toMatchObject({ code: 'log_unavailable', canRetry: true });
});

it('embedded: removes what is older than its time, but nothing that its group has not counted', async () => {
  await using folder = await tempDir('log');
  const kept = [{ name: 'events', partitions: 1, retention: 1, group: 'counting' }];
  const all = async (log: EventLog): Promise<string[]> => {
    const seen: string[] = [];
    await using _tail = await log.tail('events', 100, (record) => seen.push(record.value.toString()));
    await expect.poll(() => seen.at(-1)).toBe('v9');
    return seen;
  };
  await using log = new EmbeddedLog(folder.path, () => undefined);
  await log.append('events', records(10));
  const appendedAt = Date.now();
  await expect.poll(() => Date.now() - appendedAt).toBeGreaterThan(5);
  await log.prepare(kept);
  expect(await all(log)).toHaveLength(10);
  let counted = 0;
  await consume(
    log,
    async (batch, commit) => {
      await commit('');
      counted += batch.length;
    },
    () => counted === 10,
  );
  await log.prepare(kept);
  expect(await all(log)).toEqual(['v9']);
  expect((await log.committed('events', 'counting')).get(0)).toEqual({ offset: 10, metadata: '' });
  expect(await log.lag('events', 'counting')).toEqual(new Map([[0, 0]]));
});

it('embedded: a copy made while it is written to opens as a log of its own, which nobody else can read', async () => {
  await using folder = await tempDir('log');
  await using copy = await tempDir('log');
  await using log = new EmbeddedLog(folder.path, () => undefined);
  await log.append('events', records(50));
  const writing = log.append('events', records(50, 50));
  await log.backup(copy.path);
  await writing;
  await using other = new EmbeddedLog(copy.path, () => undefined);
  for (const file of ['data.mdb', 'lock.mdb'])
    for (const { path } of [folder, copy]) expect((await stat(join(path, file))).mode & 0o777).toBe(0o600);
  const pending = await other.pending('events', 'counting');
  expect([50, 100]).toContain(pending);
  await other.append('events', records(1));
  expect(await other.pending('events', 'counting')).toBe(pending + 1);
});
