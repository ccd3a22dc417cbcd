/** The peer of the gateway: a bare Express handler that parses JSON and appends to the same log. No key, no check, no look-up. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, KafkaLog } from '@room/log';
import express from 'express';
import { answering } from './child.ts';

const HOUR = 3_600_000;

export const handlers = {
  /** Returns the address. `brokers`, or a directory for an embedded log. */
  start: async (given: { brokers?: string; directory: string }): Promise<string> => {
    const log: EventLog =
      given.brokers === undefined
        ? new EmbeddedLog(given.directory, () => undefined)
        : new KafkaLog({
            brokers: [given.brokers],
            prefix: `bare-${Date.now()}.`,
            replicationFactor: 1,
            sessionTimeout: 10_000,
            report: () => undefined,
          });
    await log.prepare(roomTopics(1, HOUR));
    const app = express();
    app.use(express.json({ type: () => true, limit: '1mb' }));
    app.post('/v1/events', async (request, response) => {
      const events = (Array.isArray(request.body) ? request.body : [request.body]) as { id: string; source: string }[];
      await log.append(
        TOPICS.submissions,
        events.map((event) => ({ key: `${event.source}\n${event.id}`, value: JSON.stringify(event) })),
      );
      response.status(202).json({ results: events.map(({ id }) => ({ id, result: 'accepted' })) });
    });
    const http = createServer(app);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  },
};

answering(handlers);
