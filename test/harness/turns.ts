/**
 * A process that starts wants a core for itself, and most of what a test does then is waiting. So several files run beside each
 * other, and starts take turns: as many at once as there are cores, so that nobody's patience ends because others start.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { config } from './config.ts';

/** Who takes longer waits for something itself, and needs no core for that. */
const LONGEST_MS = 10_000;

export interface Turns extends AsyncDisposable {
  /** Where a turn is asked for: answered when it comes, and over when whoever asked hangs up. */
  readonly url: string;
}

/** Gives `atOnce` turns at a time, in the order of asking. */
export async function giveTurns(atOnce: number): Promise<Turns> {
  let free = atOnce;
  const waiting = new Set<() => void>();
  const server = createServer((_, response) => {
    const begin = (): void => {
      free--;
      const over = setTimeout(end, LONGEST_MS);
      response.once('close', end);
      response.writeHead(200).flushHeaders();
      function end(): void {
        clearTimeout(over);
        response.off('close', end);
        free++;
        const [next] = waiting;
        if (next === undefined) return;
        waiting.delete(next);
        next();
      }
    };
    if (free > 0) return begin();
    waiting.add(begin);
    response.once('close', () => waiting.delete(begin));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Waits for a turn, and has it while `start` runs; where nobody gives any, as in a bench, it runs at once. */
export async function inTurn<T>(start: () => Promise<T>, url = config.turns): Promise<T> {
  if (url === undefined) return start();
  const hangUp = new AbortController();
  const answer = await fetch(url, { signal: hangUp.signal });
  answer.body?.getReader().closed.catch(() => undefined);
  try {
    return await start();
  } finally {
    hangUp.abort();
  }
}
