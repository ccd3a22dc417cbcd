/** Produces events to the submissions topic itself, as a portal inside the exchange does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionKey } from '@room/contract';
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import type { SimEvent } from './model.ts';
import type { Transport } from './transport.ts';

const BATCH = 5_000;
const LONGEST_WAIT = 30_000;

export interface KafkaOptions {
  brokers: string[];
  topic: string;
  stop: AbortSignal;
  note(text: string): void;
}

export class KafkaTransport implements Transport {
  accepted = 0;
  readonly duplicate = 0;
  readonly quarantined = 0;
  private waiting: Message[] = [];
  private readonly producer: Producer;
  private connected = false;

  constructor(private readonly options: KafkaOptions) {
    const kafka = new Kafka({ clientId: 'portals', brokers: options.brokers, logLevel: logLevel.NOTHING });
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
  }

  async send(events: readonly SimEvent[], hasty: boolean): Promise<void> {
    for (const event of events)
      this.waiting.push({
        key: partitionKey(event.source, event.rootId),
        value: event.json,
        headers: { 'content-type': 'application/cloudevents+json' },
      });
    while (this.waiting.length >= BATCH) await this.produce(this.waiting.splice(0, BATCH));
    if (hasty) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.waiting.length > 0) await this.produce(this.waiting.splice(0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.producer.disconnect();
  }

  /** The same records again after a failure are the same events: sending twice is harmless, leaving out is not. */
  private async produce(messages: Message[]): Promise<void> {
    for (let wait = 1_000; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        if (!this.connected) await this.producer.connect();
        this.connected = true;
        await this.producer.send({ topic: this.options.topic, messages, acks: -1 });
        this.accepted += messages.length;
        return;
      } catch (error) {
        if (this.options.stop.aborted) return;
        this.options.note(`Kafka: ${(error as Error).message}; trying again in ${wait / 1_000} s`);
        await sleep(wait, undefined, { signal: this.options.stop }).catch(() => undefined);
      }
    }
  }
}
