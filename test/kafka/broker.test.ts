import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { orSkip } from '../harness/need.ts';
import { startBroker } from './broker.ts';
import { sharedBroker } from './shared.ts';

const client = (brokers: string) => new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });

async function topicOf(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
}

async function produce(kafka: Kafka, topic: string, values: string[]): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ key: 'k', value })) });
  await producer.disconnect();
}

/** Reads `count` messages, commits behind the last one with `metadata`, and says what was read. */
async function consume(kafka: Kafka, topic: string, groupId: string, count: number, metadata: string) {
  const consumer = kafka.consumer({ groupId });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((done, fail) => {
    void consumer
      .run({
        autoCommit: false,
        async eachMessage({ message, partition }) {
          if (values.length === count) return;
          values.push(message.value?.toString() ?? '');
          if (values.length < count) return;
          const offset = String(Number(message.offset) + 1);
          await consumer.commitOffsets([{ topic, partition, offset, metadata }]).then(done, fail);
        },
      })
      .catch(fail);
  });
  await consumer.disconnect();
  return values;
}

async function committed(kafka: Kafka, topic: string, groupId: string) {
  const admin = kafka.admin();
  await admin.connect();
  const [of] = await admin.fetchOffsets({ groupId, topics: [topic] });
  await admin.disconnect();
  return of?.partitions[0];
}

describe('a Kafka broker', () => {
  test('keeps what is produced, and offsets with their metadata', async (context) => {
    const { brokers, prefix } = await sharedBroker(context);
    const kafka = client(brokers);
    const topic = `${prefix}topic`;
    const group = `${prefix}group`;
    await topicOf(kafka, topic);
    await produce(kafka, topic, ['a', 'b', 'c']);
    expect(await consume(kafka, topic, group, 2, '{"pending":[0,1]}')).toEqual(['a', 'b']);
    expect(await committed(kafka, topic, group)).toEqual({ partition: 0, offset: '2', metadata: '{"pending":[0,1]}' });
    expect(await consume(kafka, topic, group, 1, '')).toEqual(['c']);
  });

  test('has its data and its address again after a kill', async (context) => {
    await using broker = await orSkip(context, startBroker());
    const { brokers } = broker;
    const kafka = client(brokers);
    await topicOf(kafka, 'kept');
    await produce(kafka, 'kept', ['before']);
    const first = broker.pid;
    await broker.kill('SIGKILL');
    await expect(
      produce(new Kafka({ ...{ brokers: [brokers] }, logLevel: logLevel.NOTHING, retry: { retries: 0 } }), 'kept', [
        'lost',
      ]),
    ).rejects.toThrow();
    await broker.restart();
    expect(broker.pid).not.toBe(first);
    expect(broker.brokers).toBe(brokers);
    await produce(kafka, 'kept', ['after']);
    expect(await consume(kafka, 'kept', 'reader', 2, '')).toEqual(['before', 'after']);
  });
});
