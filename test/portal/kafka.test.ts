import { partitionKey } from '@room/contract';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { sharedBroker } from '../kafka/shared.ts';
import { KafkaTransport } from './kafka.ts';
import type { SimEvent } from './model.ts';

interface Read {
  partition: number;
  key: string | undefined;
  type: string | undefined;
  value: string | undefined;
}

it('produces structured CloudEvents, an event and its correction in one partition and in order', async (context) => {
  const { brokers, prefix } = await sharedBroker(context);
  const topic = `${prefix}portals`;
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
  await admin.disconnect();

  const event = (id: string, rootId: string): SimEvent => ({ source: 's', id, rootId, json: JSON.stringify({ id }) });
  const events = Array.from({ length: 6_000 }, (_, at) => event(`e${at}`, `e${at}`));
  events.push(...events.slice(0, 20).map(({ id }) => event(`${id}-c`, id)));
  {
    await using transport = new KafkaTransport({
      brokers: brokers.split(','),
      topic,
      stop: new AbortController().signal,
      note: () => {},
    });
    await transport.send(events, false);
    await transport.flush();
    expect(transport.accepted).toBe(events.length);
  }

  const consumer = kafka.consumer({ groupId: `${prefix}portals` });
  const read: Read[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((done, fail) => {
    void consumer
      .run({
        eachMessage: async ({ message, partition }) => {
          const type = message.headers?.['content-type']?.toString();
          read.push({ partition, key: message.key?.toString(), type, value: message.value?.toString() });
          if (read.length === events.length) done();
        },
      })
      .catch(fail);
  });
  await consumer.disconnect();

  expect(new Set(read.map((message) => message.type))).toEqual(new Set(['application/cloudevents+json']));
  expect(new Set(read.map((message) => message.partition)).size).toBe(3);
  for (const { id, rootId } of events.slice(-20)) {
    const pair = read.filter((message) => message.key === partitionKey('s', rootId));
    expect(pair.map((message) => message.value)).toEqual([`{"id":"${rootId}"}`, `{"id":"${id}"}`]);
    expect(new Set(pair.map((message) => message.partition)).size).toBe(1);
  }
});
