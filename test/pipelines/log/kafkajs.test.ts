/** Our patch of kafkajs (pipelines/log/patches) makes it cheaper and changes no byte: against Java's and the protocol's own words. */
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder');
const Decoder = require('kafkajs/src/protocol/decoder');
const Record = require('kafkajs/src/protocol/recordBatch/record/v0');
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0');
const RequestQueue = require('kafkajs/src/network/requestQueue');
const murmur2 = require('kafkajs/src/producer/partitioners/default/murmur2');
const group = require('kafkajs/src/producer/groupMessagesPerPartition');
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages');

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
