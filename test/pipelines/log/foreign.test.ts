/** What foreign producers leave in a topic of a real broker, and whose settings somebody else chose: read past, once, and to the end. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { KafkaLog, type LogRecord } from '@room/log';
import kafkajs, { type Kafka, type Producer, type Transaction } from 'kafkajs';
import { expect, it, type TestContext } from 'vitest';
import { sharedBroker } from '../../kafka/shared.ts';

const GROUP = 'readers';
const TIMEOUT = { timeout: 30_000 };
const MIB = 1024 * 1024;

interface Bench extends AsyncDisposable {
  log: KafkaLog;
  kafka: Kafka;
  topic: string;
  said: string[];
  producer: Producer;
}

async function benchOf(
  context: TestContext,
  made: { partitions?: number; config?: Record<string, string> } = {},
): Promise<Bench> {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID().slice(0, 8)}.`;
  const said: string[] = [];
  const log = new KafkaLog({
    brokers: brokers.split(','),
    prefix,
    replicationFactor: 1,
    sessionTimeout: 6_000,
    fetchBytes: MIB,
    report: (level, message) => void (level === 'warn' && said.push(message)),
  });
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
  const topic = `${prefix}events`;
  const { partitions = 1, config } = made;
  if (config !== undefined) {
    const admin = kafka.admin();
    await admin.connect();
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
    await admin.disconnect();
  }
  await log.prepare([{ name: 'events', partitions }]);
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    log,
    kafka,
    topic,
    said,
    producer,
    [Symbol.asyncDispose]: async () => {
      await producer.disconnect();
      await log[Symbol.asyncDispose]();
    },
  };
}

/** Reads and commits the position; `fails` names records on which handling fails for ever. */
async function reading({ log }: Bench, fails: (record: LogRecord) => boolean = () => false) {
  const records: LogRecord[] = [];
  const subscription = await log.subscribe({
    topic: 'events',
    group: GROUP,
    maxRecords: 50,
    assigned: async () => undefined,
    revoked: () => undefined,
    redelivering: () => undefined,
    handle: async (batch) => {
      if (batch.records.some(fails)) throw new Error('cannot be handled');
      records.push(...batch.records);
      await batch.commit({ offset: batch.next, metadata: '' });
    },
  });
  return { records, [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose]() };
}

const texts = (records: readonly LogRecord[]): string[] => records.map(({ value }) => value.toString());

async function transaction({ kafka, topic }: Bench, values: readonly string[]): Promise<Transaction> {
  const producer = kafka.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  const open = await producer.transaction();
  await open.send({ topic, messages: values.map((value) => ({ key: Buffer.alloc(4), value })) });
  return open;
}

it('transactions: markers and aborted records are passed over, and what is open is no lag', async (context) => {
  await using bench = await benchOf(context);
  const { log, producer, topic } = bench;
  await using reader = await reading(bench);
  await (await transaction(bench, ['a', 'b'])).commit();
  await (await transaction(bench, ['no', 'no'])).abort();
  // The broker answers an end of a transaction before its marker stands, and till then nothing is pending.
  await expect.poll(async () => (await log.committed('events', GROUP)).get(0)?.offset, TIMEOUT).toBe(6);
  expect(await log.pending('events', GROUP)).toBe(0);
  expect(texts(reader.records)).toEqual(['a', 'b']);

  const open = await transaction(bench, ['c']);
  await producer.send({ topic, messages: [{ key: 'k', value: 'd' }] });
  expect(await log.pending('events', GROUP)).toBe(0);
  await open.commit();
  await expect.poll(() => texts(reader.records), TIMEOUT).toEqual(['a', 'b', 'c', 'd']);
  await expect.poll(() => log.pending('events', GROUP), TIMEOUT).toBe(0);
});

it('a transaction that stays open is told, with its place', async (context) => {
  await using bench = await benchOf(context);
  const open = await transaction(bench, ['a']);
  await expect
    .poll(
      async () => {
        await bench.log.lag('events', GROUP);
        return bench.said.join();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toMatch(/events\/0: 1 records from 0 on wait for a producer to end its transaction/);
  await open.abort();
});

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
/** Valid of its format and no smaller than what goes in: what is read is the format, and the broker checks it. */
const WRITTEN: Record<string, (plain: Buffer) => Buffer> = {
  gzip: (plain) => gzipSync(plain),
  snappy: (plain) =>
    Buffer.concat([varint(plain.length), Buffer.from([62 << 2]), int32(plain.length - 1).subarray(0, 3), plain]),
  lz4: (plain) =>
    Buffer.concat([
      Buffer.from([4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]),
      int32(2 ** 31 + plain.length),
      plain,
      int32(0),
    ]),
  zstd: (plain) =>
    Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x50]),
      int32((plain.length << 3) | 1).subarray(0, 3),
      plain,
    ]),
};
const NUMBER: Record<string, number> = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 };
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left >>= 7) bytes.push((left & 127) | 128);
  return Buffer.from([...bytes, left]);
}

/** Sends with kafkajs' own writer, which asks `compress` for the bytes of the batch. */
async function compressed(
  { producer, topic }: Bench,
  codec: string,
  values: readonly (string | Buffer)[],
): Promise<void> {
  const codecs = kafkajs.CompressionCodecs as unknown as Record<number, () => { decompress: unknown }>;
  const number = NUMBER[codec] ?? 0;
  const before = codecs[number] ?? expect.fail(codec);
  const { decompress } = before();
  codecs[number] = () => ({
    decompress,
    compress: async ({ buffer }: { buffer: Buffer }) => (WRITTEN[codec] ?? gzipSync)(buffer),
  });
  await producer.send({ topic, compression: number, messages: values.map((value) => ({ key: 'k', value })) });
  codecs[number] = before;
}

it('every codec is read, and a batch that inflates too far costs its own records only', async (context) => {
  await using bench = await benchOf(context);
  await using reader = await reading(bench);
  for (const codec of Object.keys(WRITTEN)) await compressed(bench, codec, [`${codec} 1`, `${codec} 2`]);
  await compressed(bench, 'gzip', [Buffer.alloc(40 * MIB), Buffer.alloc(40 * MIB)]);
  await compressed(bench, 'zstd', ['after']);
  await expect.poll(() => reader.records.length, { timeout: 50_000 }).toBe(11);
  const read = reader.records;
  expect(texts(read.slice(0, 8))).toEqual(Object.keys(WRITTEN).flatMap((codec) => [`${codec} 1`, `${codec} 2`]));
  for (const { unreadable } of read.slice(8, 10)) expect(unreadable).toMatch(/inflates to more than 64 MiB/);
  expect(read.map(({ offset }) => offset)).toEqual(read.map((_, n) => n));
  expect(texts(read.slice(10))).toEqual(['after']);
  await expect.poll(() => bench.log.pending('events', GROUP), TIMEOUT).toBe(0);
});

it('one partition whose handling fails for ever stops no other', async (context) => {
  await using bench = await benchOf(context, { partitions: 3 });
  const { log, producer, topic } = bench;
  await producer.send({ topic, messages: [{ partition: 1, value: 'bad' }] });
  await using reader = await reading(bench, ({ value }) => value.toString() === 'bad');
  for (let n = 0; n < 20; n++)
    await producer.send({ topic, messages: [0, 1, 2].map((partition) => ({ partition, value: `${partition} ${n}` })) });
  await expect.poll(() => reader.records.length, TIMEOUT).toBe(40);
  const lag = await log.lag('events', GROUP);
  expect([...lag].sort()).toEqual([
    [0, 0],
    [1, 21],
    [2, 0],
  ]);
  expect(new Set(reader.records.map(({ partition }) => partition))).toEqual(new Set([0, 2]));
});

it('a record larger than a fetch is read, also beside a partition that is busy', async (context) => {
  await using bench = await benchOf(context, { partitions: 2, config: { 'max.message.bytes': String(8 * MIB) } });
  const { producer, topic } = bench;
  for (let n = 0; n < 6; n++)
    await producer.send({ topic, messages: [{ partition: 0, value: Buffer.alloc(900_000, 'b') }] });
  await producer.send({ topic, messages: [{ partition: 1, key: null, value: Buffer.alloc(6 * MIB, 'a') }] });
  await producer.send({ topic, messages: [{ partition: 1, key: null, value: 'after' }] });
  await using reader = await reading(bench);
  await expect.poll(() => reader.records.length, TIMEOUT).toBe(8);
  const sizes = reader.records.filter(({ partition }) => partition === 1).map(({ value }) => value.length);
  expect(sizes).toEqual([6 * MIB, 5]);
});

it("a topic that keeps its producers' times is warned of; a record without one says so", async (context) => {
  await using bench = await benchOf(context, { config: { 'message.timestamp.type': 'CreateTime' } });
  expect(bench.said.join()).toMatch(/events keeps its producers' times: set message.timestamp.type=LogAppendTime/);
  const { producer, topic } = bench;
  const times = ['0', '-1', String(Date.UTC(2026, 0, 1))];
  for (const timestamp of times) await producer.send({ topic, messages: [{ value: 'v', timestamp }] });
  await using reader = await reading(bench);
  await expect.poll(() => reader.records.length, TIMEOUT).toBe(3);
  expect(reader.records.map(({ unreadable }) => unreadable !== undefined)).toEqual([true, true, false]);
  expect(reader.records[2]?.timestamp).toBe(Date.UTC(2026, 0, 1));
});

it('a tombstone, a header without a value and one that is no UTF-8 are records like others', async (context) => {
  await using bench = await benchOf(context);
  await using reader = await reading(bench);
  await bench.producer.send({
    topic: bench.topic,
    messages: [
      { key: 'k', value: null },
      { key: null, value: 'v', headers: { ce_id: Buffer.from([0x68, 0xf4]), kept: 'hồ sơ' } },
    ],
  });
  await expect.poll(() => reader.records.length, TIMEOUT).toBe(2);
  expect(reader.records[0]?.value).toHaveLength(0);
  expect(reader.records[1]).toMatchObject({ headers: { kept: 'hồ sơ' }, opaque: { ce_id: 'aPQ=' } });
});
