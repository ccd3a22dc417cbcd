/** PostgreSQL's own word that something was changed. Where it is lost, the next look finds out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '@room/runtime';
import pg from 'pg';
import { CHANNEL } from './edit.ts';
import { connectionOf } from './postgres.ts';

const AGAIN_MS = 2_000;
/** A server that is silent does not say goodbye. */
const GOODBYE_MS = 1_000;

export function listen(url: string, hear: () => void): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;

  async function untilCut(): Promise<void> {
    const client = new pg.Client(connectionOf(url, 0));
    const cut = new Promise<void>((resolve) => {
      client.once('end', resolve);
      client.on('error', () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', hear);
    try {
      await client.connect();
      if (signal.aborted) return;
      await client.query(`LISTEN ${CHANNEL}`);
      // What came while nobody listened.
      hear();
      await cut;
    } finally {
      await within(client.end(), GOODBYE_MS);
    }
  }

  async function listenOn(): Promise<void> {
    while (!signal.aborted) {
      await untilCut().catch(() => undefined);
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  const listening = listenOn();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await within(listening, GOODBYE_MS);
    },
  };
}
