/** Runs once around all test files, in the process that starts them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type Broker, startBroker } from '../kafka/broker.ts';
import type { Answer } from '../kafka/shared.ts';
import { Unavailable } from './need.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for the shared Kafka broker. */
    sharedBroker: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let broker: Promise<Broker> | undefined;

  async function answer(): Promise<Answer> {
    broker ??= startBroker();
    try {
      return { brokers: (await broker).brokers };
    } catch (error) {
      if (error instanceof Unavailable) return { unavailable: error.message };
      return { failed: error instanceof Error ? error.message : String(error) };
    }
  }

  const server = createServer((_, response) => {
    void answer().then((it) => response.end(JSON.stringify(it)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  project.provide('sharedBroker', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    await broker?.then(
      (it) => it.stop(),
      () => undefined,
    );
  };
}
