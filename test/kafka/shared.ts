/** The broker that all test files share. It is started when the first of them asks, by the process that runs them all. */
import { randomUUID } from 'node:crypto';
import { inject, type TestContext } from 'vitest';
import { config } from '../harness/config.ts';
import { orSkip, Unavailable } from '../harness/need.ts';

export interface SharedBroker {
  brokers: string;
  /** To put before every topic and group of the test, which shares the broker with others. */
  prefix: string;
}

export type Answer = { brokers: string } | { unavailable: string } | { failed: string };

export function sharedBroker(context: TestContext): Promise<SharedBroker> {
  return orSkip(context, ask());
}

async function ask(): Promise<SharedBroker> {
  const prefix = `test-${randomUUID().slice(0, 8)}-`;
  if (config.kafkaBrokers !== undefined) return { brokers: config.kafkaBrokers, prefix };
  const answer = (await (await fetch(inject('sharedBroker'))).json()) as Answer;
  if ('unavailable' in answer) throw new Unavailable(answer.unavailable);
  if ('failed' in answer) throw new Error(answer.failed);
  return { brokers: answer.brokers, prefix };
}
