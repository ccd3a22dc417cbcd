/** Foreign records in the room: each counts or is one case of quarantine with its bytes, headers, place and reason, and none stops the rest. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { INGEST_GROUP, partitionKey, TOPICS } from '@room/contract';
import { KafkaLog, type LogRecord } from '@room/log';
import kafkajs from 'kafkajs';
import { expect, it } from 'vitest';
import { NATIONAL, snapshot, submission } from '../../harness/client.ts';
import { scrape } from '../../harness/metrics.ts';
import { startRoom } from '../../harness/room.ts';
import { sharedBroker } from '../../kafka/shared.ts';

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  for (; left > 127; left >>= 7) bytes.push((left & 127) | 128);
  return [...bytes, left];
};

/** A record in the words of the protocol: https://kafka.apache.org/documentation/#record */
function recordWithNullHeader(value: string): Buffer {
  const sized = (text: string): number[] => [...varint(Buffer.byteLength(text)), ...Buffer.from(text)];
  const body = [0, 0, 0, ...varint(-1), ...sized(value), ...varint(1), ...sized('traceparent'), ...varint(-1)];
  return Buffer.from([...varint(body.length), ...body]);
}

interface Case {
  quarantineId: string;
  code: string;
  reason: string;
  partition: number;
  offset: number;
}

it('null headers, headers that are no UTF-8, tombstones, unreadable batches, transactions', {
  timeout: 120_000,
}, async (context) => {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID().slice(0, 8)}.`;
  await using room = await startRoom({
    kafka: brokers,
    env: { KAFKA_PREFIX: prefix, KAFKA_SESSION_TIMEOUT_MS: '6000', KAFKA_PARTITIONS: '1' },
  });
  const topic = `${prefix}${TOPICS.submissions}`;
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const structured = (id: string) => ({ key: partitionKey(NATIONAL, id), value: JSON.stringify(submission(id)) });
  const binary = (id: Buffer) => {
    const { data } = submission('x');
    const headers = { ce_specversion: '1.0', ce_source: NATIONAL, ce_type: 'submission.counted', ce_id: id };
    return { key: 'binary', value: JSON.stringify(data), headers };
  };
  const notText = [Buffer.from('h\xf4', 'latin1'), Buffer.from('h\xf5', 'latin1')];
  // kafkajs writes no header without a value; what it takes for the compressed batch may be another one.
  const nullHeader = gzipSync(recordWithNullHeader(JSON.stringify(submission('null header'))));
  Object.assign(kafkajs.CompressionCodecs, { 1: () => ({ compress: async () => nullHeader }) });
  await producer.send({ topic, compression: kafkajs.CompressionTypes.GZIP, messages: [{ value: '' }] });
  await producer.send({ topic, messages: notText.map(binary) });
  await producer.send({ topic, messages: [1, 2].map(() => ({ key: 'gone', value: null })) });
  const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`h${n}`, 'x']));
  await producer.send({ topic, messages: [{ ...structured('many headers'), headers: many }] });
  const transactional = kafka.producer({ transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 });
  await transactional.connect();
  for (const end of ['commit', 'abort'] as const) {
    const transaction = await transactional.transaction();
    await transaction.send({ topic, messages: [structured(end)] });
    await transaction[end]();
  }
  await transactional.disconnect();

  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 40_000 }).toBe(2);
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const headers = { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' };
    const response = await fetch(`${room.url}/v1/operator/quarantine${path}`, { ...init, headers });
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  };
  const cases = async (): Promise<Case[]> =>
    (await ask<{ cases: Case[] }>('')).cases.sort((one, other) => one.offset - other.offset);
  await expect
    .poll(async () => (await cases()).map(({ offset, code }) => [offset, code]), { timeout: 20_000 })
    .toEqual([
      [1, 'header_not_utf8'],
      [2, 'header_not_utf8'],
      [3, 'not_json'],
      [4, 'not_json'],
      [5, 'unreadable'],
    ]);
  const [first, , , , unreadable] = await cases();
  expect(unreadable?.reason).toBe('the record has 1001 headers; at most 1000 are read');
  const shown = await ask<{ headers: Record<string, unknown>; event: string }>(`/${first?.quarantineId}`);
  expect(shown.headers).toMatchObject({ ce_source: NATIONAL, ce_id: { base64: 'aPQ=' } });
  expect(JSON.parse(shown.event)).toMatchObject({ procedure: 'DV01' });
  // The last thing in the topic is a marker, behind which nothing waits.
  await expect
    .poll(async () => (await scrape(room.url, room.operatorToken)).get('room_log_lag_events{partition="0"}'), {
      timeout: 20_000,
    })
    .toBe(0);

  // What is replayed has the headers that it came with.
  await ask('/replay', { method: 'POST', body: JSON.stringify({ quarantineId: first?.quarantineId }) });
  await using log = new KafkaLog({
    brokers: brokers.split(','),
    prefix,
    replicationFactor: 1,
    sessionTimeout: 6_000,
    report: () => undefined,
  });
  const read: LogRecord[] = [];
  await using _tail = await log.tail(TOPICS.submissions, 2, (record) => void read.push(record));
  await expect.poll(() => read.at(-1)?.opaque, { timeout: 20_000 }).toEqual({ ce_id: 'aPQ=' });
  await expect.poll(() => log.pending(TOPICS.submissions, INGEST_GROUP), { timeout: 20_000 }).toBe(0);
  await producer.send({ topic, messages: [structured('after')] });
  await producer.disconnect();
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 20_000 }).toBe(3);
  expect((await cases()).map(({ code }) => code)).toEqual([
    'header_not_utf8',
    'not_json',
    'not_json',
    'unreadable',
    'header_not_utf8',
  ]);
});
