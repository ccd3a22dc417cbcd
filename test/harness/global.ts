/** Runs once around all test files, in the process that starts them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import type { TestProject } from 'vitest/node';
import { type Broker, startBroker } from '../kafka/broker.ts';
import type { Answer } from '../kafka/shared.ts';
import { type PostgresServer, startPostgres } from '../postgres/server.ts';
import type { Answer as PostgresAnswer } from '../postgres/shared.ts';
import { tellTurns } from './config.ts';
import { Unavailable } from './need.ts';
import { giveTurns } from './turns.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for the shared Kafka broker. */
    sharedBroker: string;
    /** Where it asks for the shared PostgreSQL server. */
    sharedPostgres: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const turns = await giveTurns(availableParallelism());
  tellTurns(turns.url);
  let broker: Promise<Broker> | undefined;
  let postgres: Promise<PostgresServer> | undefined;

  async function answer(): Promise<Answer> {
    broker ??= startBroker();
    return orWhy(async () => ({ brokers: (await broker)?.brokers ?? '' }));
  }

  async function postgresAnswer(): Promise<PostgresAnswer> {
    postgres ??= startPostgres();
    return orWhy(async () => ({ url: (await postgres)?.url ?? '' }));
  }

  const server = createServer(({ url }, response) => {
    void (url === POSTGRES ? postgresAnswer() : answer()).then((it) => response.end(JSON.stringify(it)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  project.provide('sharedBroker', address);
  project.provide('sharedPostgres', `${address}${POSTGRES}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    await broker?.then(
      (it) => it.stop(),
      () => undefined,
    );
    await postgres?.then(
      (it) => it[Symbol.asyncDispose](),
      () => undefined,
    );
    await turns[Symbol.asyncDispose]();
  };
}

const POSTGRES = '/postgres';

async function orWhy<T>(ask: () => Promise<T>): Promise<T | { unavailable: string } | { failed: string }> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Unavailable) return { unavailable: error.message };
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
