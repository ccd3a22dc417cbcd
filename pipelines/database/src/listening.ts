/** PostgreSQL's own word that something was changed. Where it is lost, the next look finds out. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CHANNEL } from './edit.ts';
import { connectionOf } from './postgres.ts';

const AGAIN_MS = 2_000;

export function listen(url: string, hear: () => void): AsyncDisposable {
  const stop = new AbortController();
  let client: pg.Client | undefined;

  async function untilCut(): Promise<void> {
    const listening = new pg.Client(connectionOf(url, 0));
    client = listening;
    const cut = new Promise<void>((resolve) => {
      listening.once('end', () => resolve());
      listening.on('error', () => resolve());
    });
    listening.on('notification', hear);
    try {
      await listening.connect();
      await listening.query(`LISTEN ${CHANNEL}`);
      // What came while nobody listened.
      hear();
      await cut;
    } finally {
      await listening.end().catch(() => undefined);
    }
  }

  async function listenOn(): Promise<void> {
    while (!stop.signal.aborted) {
      await untilCut().catch(() => undefined);
      await sleep(AGAIN_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  const listening = listenOn();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await client?.end().catch(() => undefined);
      await listening;
    },
  };
}
