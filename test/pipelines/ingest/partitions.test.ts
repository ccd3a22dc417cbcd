/** Foreign producers with partitioners and keys of their own: equal ids count once, and corrections find their originals. */
import { randomUUID } from 'node:crypto';
import { partitionKey, TOPICS } from '@room/contract';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { NATIONAL, send, snapshot, submission } from '../../harness/client.ts';
import { metricsOf } from '../../harness/metrics.ts';
import { startRoom } from '../../harness/room.ts';
import { sharedBroker } from '../../kafka/shared.ts';

const PARTITIONS = 6;
const EVENTS = 300;
const PATIENCE = { timeout: 60_000, interval: 250 };

interface Case {
  id: string;
  code: string;
}

it('each id counts once, wherever its records stand', { timeout: 180_000 }, async (context) => {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID()}.`;
  await using room = await startRoom({
    kafka: brokers,
    env: { KAFKA_PREFIX: prefix, KAFKA_SESSION_TIMEOUT_MS: '6000', KAFKA_PARTITIONS: String(PARTITIONS) },
  });
  const topic = `${prefix}${TOPICS.submissions}`;
  const producer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const operator = { authorization: `Bearer ${room.operatorToken}` };
  const value = (id: string, data: object = {}): string => JSON.stringify(submission(id, data));
  const total = async (): Promise<number | undefined> => (await snapshot(room))?.state.total.submitted;
  const cases = async (): Promise<string[][]> => {
    const answer = await fetch(`${room.url}/v1/operator/quarantine`, { headers: operator });
    return ((await answer.json()) as { cases: Case[] }).cases.map(({ id, code }) => [id, code]);
  };

  // Without a key, with the right one, and by a partitioner of its own: one batch each, so that they are counted at once.
  const ids = Array.from({ length: EVENTS }, (_, n) => `e-${n}`);
  await Promise.all([
    producer.send({ topic, messages: ids.map((id) => ({ value: value(id) })) }),
    producer.send({ topic, messages: ids.map((id) => ({ key: partitionKey(NATIONAL, id), value: value(id) })) }),
    producer.send({ topic, messages: ids.map((id, n) => ({ partition: n % PARTITIONS, key: id, value: value(id) })) }),
  ]);
  await expect.poll(total, PATIENCE).toBe(EVENTS);

  // A correction that is read before its original in every partition, one of an event that nobody sent, and one through the gateway.
  const corrections = Array.from({ length: PARTITIONS }, (_, n) => ({ id: `c-${n}`, corrects: `o-${n}` }));
  await producer.send({
    topic,
    messages: [...corrections, { id: 'c-nobody', corrects: 'nobody' }].map(({ id, corrects }) => ({
      key: partitionKey(NATIONAL, corrects),
      value: value(id, { corrects, count: -1 }),
    })),
  });
  await producer.send({
    topic,
    messages: corrections.map(({ corrects }, n) => ({ partition: n, value: value(corrects, { count: 3 }) })),
  });
  expect(await send(room, [submission('c-gateway', { corrects: 'o-0', count: -1 })])).toMatchObject([
    { result: 'accepted' },
  ]);
  await producer.disconnect();
  await expect.poll(cases, PATIENCE).toEqual([['c-nobody', 'corrects_unknown']]);
  await expect.poll(total, PATIENCE).toBe(EVENTS + 2 * PARTITIONS - 1);
  const metrics = metricsOf(await (await fetch(`${room.url}/metrics`, { headers: operator })).text());
  const result = (name: string): number => metrics.get(`room_ingest_events_total{result="${name}"}`) ?? 0;
  expect(result('moved')).toBeGreaterThan(EVENTS);
  expect(result('deferred')).toBeGreaterThan(0);
  expect(result('counted')).toBe(EVENTS + 2 * PARTITIONS + 1);
});
