/** Reading a topic on without a group's say, where its partitions end, and where the records of a key stand. */
import { randomUUID } from 'node:crypto';
import { EmbeddedLog, type EventLog, KafkaLog, type LogRecord } from '@room/log';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, type TestContext } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { sharedBroker } from '../../kafka/shared.ts';

interface Place extends AsyncDisposable {
  log: EventLog;
  partitions: number;
}

const embedded = async (): Promise<Place> => {
  const folder = await tempDir('follow');
  const log = new EmbeddedLog(folder.path, () => undefined);
  return {
    log,
    partitions: 1,
    [Symbol.asyncDispose]: async () => {
      await log[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

async function onKafka(
  context: TestContext,
  prefix = `${randomUUID()}.`,
): Promise<Place & { brokers: string; topic: string }> {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const log = new KafkaLog({
    brokers: brokers.split(','),
    prefix: `${shared}${prefix}`,
    replicationFactor: 1,
    sessionTimeout: 6_000,
    report: () => undefined,
  });
  return {
    log,
    partitions: 3,
    brokers,
    topic: `${shared}${prefix}events`,
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

const LONG = { timeout: 60_000 };
const PATIENCE = { timeout: 20_000, interval: 20 };
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const append = (log: EventLog, from: number, to: number): Promise<void> =>
  log.append(
    'events',
    Array.from({ length: to - from }, (_, n) => ({ key: `k${from + n}`, value: String(from + n) })),
  );

describe.each([
  ['embedded', embedded],
  ['Kafka', onKafka],
] as const)('the %s log', (_name, open) => {
  it('is followed from the offsets given, in order, to its ends and on', LONG, async (context) => {
    await using place = await open(context);
    const { log, partitions } = place;
    await log.prepare([{ name: 'events', partitions }]);
    expect([...(await log.ends('events')).keys()].sort()).toEqual(Array.from({ length: partitions }, (_, n) => n));
    await append(log, 0, 700);
    const from = await log.ends('events');
    expect(sum(from.values())).toBe(700);
    await append(log, 700, 1_500);

    const got: LogRecord[] = [];
    await using following = await log.follow('events', from, async (records) => void got.push(...records));
    await using all = await log.follow('events', new Map(), async () => undefined);
    const isPast = async (): Promise<boolean> => {
      const ends = await log.ends('events');
      return [...ends].every(
        ([partition, end]) => following.position(partition) === end && all.position(partition) === end,
      );
    };
    await expect.poll(isPast, PATIENCE).toBe(true);
    await append(log, 1_500, 1_600);
    await expect.poll(async () => (await isPast()) && got.length, PATIENCE).toBe(900);
    expect(got.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 900 }, (_, n) => 700 + n),
    );
    for (let partition = 0; partition < partitions; partition++) {
      const offsets = got.filter((record) => record.partition === partition).map(({ offset }) => offset);
      const first = from.get(partition) ?? 0;
      expect(offsets).toEqual(Array.from({ length: offsets.length }, (_, n) => first + n));
    }
  });

  it('says where the records of a key stand, and puts one where it is told', LONG, async (context) => {
    await using place = await open(context);
    const { log, partitions } = place;
    await log.prepare([{ name: 'events', partitions }]);
    const keys = ['a', 'urn:portal:national\n1', 'Nguyễn\n2', 'x'.repeat(500), ''];
    await log.append(
      'events',
      keys.map((key) => ({ key, value: key })),
    );
    const last = partitions - 1;
    await log.append('events', [{ key: 'a', partition: last, value: 'told' }]);
    const stood = new Map<string, number>();
    await using _following = await log.follow('events', new Map(), async (records) => {
      for (const { value, partition } of records) stood.set(value.toString(), partition);
    });
    await expect.poll(() => stood.size, PATIENCE).toBe(keys.length + 1);
    expect(Object.fromEntries(stood)).toEqual({
      ...Object.fromEntries(keys.map((key) => [key, log.partitionOf(key, partitions)])),
      told: last,
    });
  });
});

it('Kafka: markers and aborted records are read past', LONG, async (context) => {
  await using place = await onKafka(context);
  const { log, brokers, topic } = place;
  await log.prepare([{ name: 'events', partitions: 3 }]);
  const got: string[] = [];
  await using following = await log.follow('events', new Map(), async (records) => {
    got.push(...records.map(({ value }) => value.toString()));
  });
  const producer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).producer({
    transactionalId: randomUUID(),
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const kept = await producer.transaction();
  await kept.send({ topic, messages: [{ partition: 0, value: 'kept' }] });
  await kept.commit();
  const dropped = await producer.transaction();
  await dropped.send({ topic, messages: [{ partition: 1, value: 'dropped' }] });
  await dropped.abort();
  await producer.disconnect();
  await expect
    .poll(
      async () => [...(await log.ends('events'))].every(([partition, end]) => following.position(partition) === end),
      PATIENCE,
    )
    .toBe(true);
  expect([got, Object.fromEntries(await log.ends('events'))]).toEqual([['kept'], { 0: 2, 1: 2, 2: 0 }]);
});
