/**
 * Our patch of kafkajs (pipelines/log/patches) makes it cheaper and changes no byte, and lets no record stop it: against Java's
 * and the protocol's own words.
 */
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { beforeAll, expect, it } from 'vitest';
import { readAllCodecs } from '../../../pipelines/log/src/codecs/index.ts';
import { config } from '../../harness/config.ts';

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder');
const Decoder = require('kafkajs/src/protocol/decoder');
const Record = require('kafkajs/src/protocol/recordBatch/record/v0');
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0');
const RequestQueue = require('kafkajs/src/network/requestQueue');
const murmur2 = require('kafkajs/src/producer/partitioners/default/murmur2');
const group = require('kafkajs/src/producer/groupMessagesPerPartition');
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages');
const Batch = require('kafkajs/src/consumer/batch');
const filterAborted = require('kafkajs/src/consumer/filterAbortedMessages');

beforeAll(readAllCodecs);

interface Message {
  key: string | null;
  value: Buffer | null;
  headers: Record<string, string | string[]>;
}

const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return [...bytes, Number(left)];
};
const sized = (bytes: Uint8Array | null): number[] =>
  bytes === null ? varint(-1n) : [...varint(BigInt(bytes.length)), ...bytes];
const pairsOf = (headers: Message['headers']): [string, string][] =>
  Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]));

/** A record in the words of the protocol: https://kafka.apache.org/documentation/#record */
function recordBytes({ key, value, headers }: Message, timestampDelta: number, offsetDelta: number): number[] {
  const pairs = pairsOf(headers);
  const body = [
    0,
    ...varint(BigInt(timestampDelta)),
    ...varint(BigInt(offsetDelta)),
    ...sized(key === null ? null : Buffer.from(key)),
    ...sized(value),
    ...varint(BigInt(pairs.length)),
    ...pairs.flatMap(([name, text]) => [...sized(Buffer.from(name)), ...sized(Buffer.from(text))]),
  ];
  return [...varint(BigInt(body.length)), ...body];
}

const header = fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 2, maxLength: 3 }));
const message: fc.Arbitrary<Message> = fc.record({
  key: fc.option(fc.string({ unit: 'grapheme', maxLength: 200 })),
  value: fc.option(fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes))),
  headers: fc.dictionary(fc.string({ unit: 'grapheme' }), header, { maxKeys: 4 }),
});
/** Milliseconds between the records of a batch: small ones, and those of a clock that was put right. */
const delta = fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer(), fc.integer({ min: -1e13, max: 1e13 }));

it('writes a record as the protocol says', () => {
  fc.assert(
    fc.property(message, delta, fc.nat(), (given, timestampDelta, offsetDelta) => {
      const { buffer } = Record({ ...given, timestampDelta, offsetDelta });
      expect([...buffer]).toEqual(recordBytes(given, timestampDelta, offsetDelta));
    }),
  );
});

it('reads what it wrote, at any offset and time that a broker may give', async () => {
  const first = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 62n }),
    fc.bigInt({ min: 2n ** 53n - 50n, max: 2n ** 53n + 50n }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(message, delta), { minLength: 1 }), first, async (given, firstOffset) => {
      const firstTimestamp = 1_800_000_000_000;
      const batch = await RecordBatch({
        firstOffset,
        firstTimestamp,
        maxTimestamp: firstTimestamp,
        lastOffsetDelta: given.length - 1,
        records: given.map(([each, timestampDelta], n) => Record({ ...each, timestampDelta, offsetDelta: n })),
      });
      const bytes = new Encoder().writeInt32(batch.size()).writeEncoder(batch).buffer;
      const read = await decodeMessages(new Decoder(bytes));
      expect(read).toHaveLength(given.length);
      for (const [n, [each, timestampDelta]] of given.entries()) {
        expect(read[n].offset).toBe(String(firstOffset + BigInt(n)));
        expect(read[n].timestamp).toBe(String(firstTimestamp + timestampDelta));
        expect(read[n].key?.toString() ?? null).toBe(each.key);
        expect(read[n].value?.equals(each.value ?? Buffer.of()) ?? null).toBe(each.value === null ? null : true);
        const texts = Object.entries(read[n].headers as Record<string, Buffer | Buffer[]>).map(([name, values]) => [
          name,
          [values].flat().map(String),
        ]);
        expect(texts).toEqual(Object.entries(each.headers).map(([name, values]) => [name, [values].flat()]));
      }
    }),
    { numRuns: 50 },
  );
});

/** A record batch in the words of the protocol, for what no producer of ours would write. */
function batchBytes(
  records: Buffer,
  more: { count?: number; lastOffsetDelta?: number; attributes?: number; firstOffset?: number } = {},
): Buffer {
  const { count = 1, lastOffsetDelta = count - 1, attributes = 0, firstOffset = 100 } = more;
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(firstOffset), 0);
  header.writeInt32BE(49 + records.length, 8);
  header[16] = 2;
  header.writeInt16BE(attributes, 21);
  header.writeInt32BE(lastOffsetDelta, 23);
  header.writeBigInt64BE(1_800_000_000_000n, 27);
  header.writeBigInt64BE(1_800_000_000_000n, 35);
  header.writeBigInt64BE(-1n, 43);
  header.writeInt32BE(count, 57);
  return Buffer.concat([header, records]);
}
const one = (text: string, offsetDelta = 0): Buffer =>
  Buffer.from(recordBytes({ key: null, value: Buffer.from(text), headers: {} }, 0, offsetDelta));
function readBatches(...batches: Buffer[]) {
  const bytes = Buffer.concat(batches);
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return decodeMessages(new Decoder(Buffer.concat([size, bytes])));
}
const BATCH_OF_GZIP = 1;

it('a batch that cannot be read becomes its offsets, with the reason and its bytes, and those around it are read', async () => {
  const broken = batchBytes(Buffer.from('no gzip'), { count: 3, firstOffset: 101, attributes: BATCH_OF_GZIP });
  const read = await readBatches(batchBytes(one('a')), broken, batchBytes(one('b'), { firstOffset: 104 }));
  expect(read.map(({ offset }: { offset: string }) => offset)).toEqual(['100', '101', '102', '103', '104']);
  expect(read.map(({ value }: { value: Buffer | null }) => value?.toString('latin1'))).toEqual([
    'a',
    broken.toString('latin1'),
    undefined,
    undefined,
    'b',
  ]);
  for (const at of [1, 2, 3]) expect(read[at].unreadable).toMatch(/gzip/);
  expect(read[0].unreadable).toBeUndefined();
  expect(read.nextOffset).toBe('105');
});

it('a batch of millions of records that cannot be read stands in some thousand', async () => {
  const read = await readBatches(batchBytes(Buffer.from([]), { count: 5_000_000, firstOffset: 0 }));
  expect(read).toHaveLength(10_000);
  expect(read.at(-1)).toMatchObject({ offset: '4999999', unreadable: expect.stringMatching(/4990000 records before/) });
  expect(read.nextOffset).toBe('5000000');
});

it('a record that is no record keeps its bytes and its place', async () => {
  const body = Buffer.from([0, 0, 2, 1, 6, 0x61]);
  const torn = Buffer.from([body.length << 1, ...body]);
  const read = await readBatches(batchBytes(Buffer.concat([one('a'), torn]), { count: 2 }));
  expect(read.map(({ offset }: { offset: string }) => offset)).toEqual(['100', '101']);
  expect(read[1]).toMatchObject({ value: body, unreadable: expect.stringMatching(/ends within a field/) });
});

it.each([1_000, 1_001, 200_000])(
  'a record of %d headers is read soon, and its headers as far as a thousand',
  async (count) => {
    const pairs = Array.from({ length: count }, () => [0, 1]).flat();
    const body = [0, 0, 0, 1, ...sized(Buffer.from('v')), ...varint(BigInt(count)), ...pairs];
    const began = performance.now();
    const [read] = await readBatches(batchBytes(Buffer.from([...varint(BigInt(body.length)), ...body])));
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(read.value.toString()).toBe('v');
    expect(read.headers['']).toHaveLength(1_000);
    expect(read.unreadable).toBe(
      count === 1_000 ? undefined : `the record has ${count} headers; at most 1000 are read`,
    );
  },
);

it('names that are no UTF-8 are told from each other', async () => {
  const header = (name: number[]): number[] => [...sized(Buffer.from(name)), ...sized(Buffer.from('x'))];
  const body = [0, 0, 0, 1, 1, 6, ...header([0xf4]), ...header([0xf5]), ...header([0xef, 0xbf, 0xbd])];
  const [read] = await readBatches(batchBytes(Buffer.from([body.length << 1, ...body])));
  expect(read.unnamedHeaders.map(([name]: [Buffer]) => [...name])).toEqual([[0xf4], [0xf5]]);
  expect(Object.keys(read.headers)).toEqual(['\ufffd']);
});

it('an empty batch, as compaction leaves it, and a gap at the end of one still move the position', async () => {
  const batch = (messages: unknown[]) =>
    new Batch('t', '100', { partition: 0, highWatermark: '200', abortedTransactions: [], messages });
  const empty = await readBatches(batchBytes(Buffer.from([]), { count: 0, lastOffsetDelta: 4 }));
  expect([batch(empty).isEmptyDueToFiltering(), batch(empty).lastOffset()]).toEqual([true, '104']);
  const gap = await readBatches(batchBytes(one('a'), { count: 1, lastOffsetDelta: 9 }));
  expect([batch(gap).isEmptyDueToFiltering(), batch(gap).lastOffset()]).toEqual([false, '109']);
  expect([batch([]).isEmptyDueToFiltering(), batch([]).lastOffset()]).toEqual([false, '199']);
});

it('what is aborted is left out whatever key it has and in whatever order transactions ended', () => {
  const record = (offset: number, producerId: string, more: object = {}) => ({
    offset: String(offset),
    key: null,
    batchContext: { producerId, inTransaction: true },
    isControlRecord: false,
    ...more,
  });
  const zero = Buffer.from([0, 0, 0, 0]);
  const messages = [
    record(10, 'b'),
    record(11, 'a', { key: zero }),
    record(12, 'a'),
    record(13, 'c'),
    record(14, 'a', { key: zero, isControlRecord: true }),
    record(15, 'a'),
    record(16, 'b'),
    record(17, 'b', { key: zero, isControlRecord: true }),
  ];
  const abortedTransactions = [
    { producerId: 'a', firstOffset: '9' },
    { producerId: 'b', firstOffset: '5' },
  ];
  const kept = filterAborted({ messages, abortedTransactions }).map(({ offset }: { offset: string }) => offset);
  expect(kept).toEqual(['13', '14', '15', '17']);
});

it('of many batches that inflate only so many are read at once; the rest is fetched again', async () => {
  const value = Buffer.alloc(30 * 1024 * 1024, 'x');
  const fields = [0, 0, 0, 1, ...varint(BigInt(value.length))];
  const length = varint(BigInt(fields.length + value.length + 1));
  const large = gzipSync(Buffer.concat([Buffer.from([...length, ...fields]), value, Buffer.of(0)]), { level: 1 });
  const batches = Array.from({ length: 5 }, (_, n) =>
    batchBytes(large, { firstOffset: 100 + n, attributes: BATCH_OF_GZIP }),
  );
  const read = await readBatches(...batches);
  expect([read.length, read.nextOffset]).toEqual([3, '103']);
});

it('whatever stands behind the header of a batch, reading it ends, throws nothing, and goes on behind it', async () => {
  const records = fc.array(fc.tuple(message, delta), { minLength: 1, maxLength: 5 });
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(records, changes, fc.boolean(), fc.option(fc.nat(7)), async (given, damage, isGzip, codec) => {
      const plain = Buffer.from(given.flatMap(([each, by], n) => recordBytes(each, by, n)));
      const bytes = Buffer.from(isGzip ? gzipSync(plain) : plain);
      for (const [at, byte] of damage) bytes[at % bytes.length] = byte;
      const attributes = codec ?? (isGzip ? BATCH_OF_GZIP : 0);
      const read = await readBatches(
        batchBytes(bytes, { count: given.length, attributes }),
        batchBytes(one('after'), { firstOffset: 100 + given.length }),
      );
      expect(read.at(-1).value.toString()).toBe('after');
      expect(read.nextOffset).toBe(String(101 + given.length));
      if (damage.length > 0 || codec !== null) return;
      expect(read).toHaveLength(given.length + 1);
      expect(read.every(({ unreadable }: { unreadable?: string }) => unreadable === undefined)).toBe(true);
    }),
    { numRuns: config.fuzz / 20 },
  );
});

it('gives a key the partition that every other Kafka client gives it', () => {
  // From the tests of Kafka's own clients (UtilsTest.testMurmur2).
  const known: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [key, hash] of known) expect(murmur2(key), key).toBe(hash);

  const partitioner = Partitioners.DefaultPartitioner();
  const partitionMetadata = [0, 1, 2, 3, 4].map((partitionId) => ({ partitionId, leader: 1 }));
  const messages = known.map(([key]) => ({ key, value: key }));
  const grouped: Record<string, typeof messages> = group({ topic: 't', partitionMetadata, messages, partitioner });
  expect(Object.values(grouped).flat()).toHaveLength(messages.length);
  for (const [partition, those] of Object.entries(grouped))
    expect(those).toEqual(messages.filter(({ key }) => (murmur2(key) & 0x7fffffff) % 5 === Number(partition)));
});

it('sets no timer on a connection on which nothing waits, and sends what a throttled one kept waiting', async () => {
  const queue = new RequestQueue({
    instrumentationEmitter: new EventEmitter(),
    maxInFlightRequests: null,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'test',
    logger: { debug: () => undefined },
    isConnected: () => true,
  });
  const ask = (correlationId: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const sendRequest = (): void =>
        queueMicrotask(() => queue.fulfillRequest({ correlationId, payload: correlationId, size: 1 }));
      const entry = { apiKey: 0, apiName: 'Test', apiVersion: 0, correlationId, resolve, reject };
      queue.push({ entry, expectResponse: true, requestTimeout: null, sendRequest });
    });
  await ask(1);
  expect(queue.throttleCheckTimeoutId).toBeNull();

  queue.maybeThrottle(100);
  const began = performance.now();
  const second = ask(2);
  expect(queue.pending).toHaveLength(1);
  await second;
  expect(performance.now() - began).toBeGreaterThan(90);
  expect(queue.throttleCheckTimeoutId).toBeNull();
  queue.destroy();
});
