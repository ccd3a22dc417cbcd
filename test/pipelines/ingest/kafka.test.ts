/** A portal that produces to the topic itself, past the gateway: ingest alone decides, and loses nothing. */
import { randomUUID } from 'node:crypto';
import { partitionKey, TOPICS } from '@room/contract';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { NATIONAL, snapshot, submission } from '../../harness/client.ts';
import { startRoom } from '../../harness/room.ts';
import { sharedBroker } from '../../kafka/shared.ts';

interface Case {
  code: string;
  partition: number;
  offset: number;
}

it('structured and binary events are counted once, poison is in quarantine, a case for each place', async (context) => {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID()}.`;
  await using room = await startRoom({
    kafka: brokers,
    env: { KAFKA_PREFIX: prefix, KAFKA_SESSION_TIMEOUT_MS: '6000', KAFKA_PARTITIONS: '3' },
  });
  const topic = `${prefix}${TOPICS.submissions}`;
  const producer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).producer({
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  const structured = (id: string) => ({ key: partitionKey(NATIONAL, id), value: JSON.stringify(submission(id)) });
  const { data, ...attributes } = submission('binary');
  const binary = {
    key: partitionKey(NATIONAL, 'binary'),
    value: JSON.stringify(data),
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)])),
    },
  };
  const poison = [
    { key: 'p1', value: '{"specversion":' },
    { key: 'p2', value: null },
    { key: 'p3', value: Buffer.from([0xff, 0xfe]) },
    { key: 'p4', value: JSON.stringify(submission('p4', {}, { source: 'urn:portal:nowhere' })) },
    { key: 'p5', value: JSON.stringify(submission('p5', { occurredAt: '2099-01-01T00:00:00Z' })) },
    { key: 'p6', value: JSON.stringify(submission('p6', {}, { subject: 'x'.repeat(20_000) })) },
  ];
  for (let time = 0; time < 2; time++)
    await producer.send({ topic, messages: [structured('s-1'), ...poison, binary, structured('s-2')] });
  await producer.disconnect();

  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 40_000 }).toBe(3);
  const cases = async (): Promise<Case[]> => {
    const response = await fetch(`${room.url}/v1/operator/quarantine`, {
      headers: { authorization: `Bearer ${room.operatorToken}` },
    });
    return ((await response.json()) as { cases: Case[] }).cases;
  };
  await expect
    .poll(async () => (await cases()).map(({ code }) => code).sort(), { timeout: 20_000 })
    .toEqual(
      ['not_json', 'not_json', 'not_json', 'time_in_future', 'too_large', 'unknown_source'].flatMap((code) => [
        code,
        code,
      ]),
    );
  expect((await cases()).every(({ partition, offset }) => partition >= 0 && offset >= 0)).toBe(true);
});
