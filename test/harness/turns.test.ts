import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { giveTurns, inTurn } from './turns.ts';

it('as many start at once as there are turns, each as soon as one is over, whether it succeeds or not', async () => {
  await using turns = await giveTurns(2);
  let running = 0;
  const seen: number[] = [];
  const began: number[] = [];
  const start = async (n: number): Promise<void> => {
    began.push(n);
    seen.push(++running);
    await sleep(20);
    running--;
    if (n === 1) throw new Error('it does not start');
  };
  const done = await Promise.allSettled(Array.from({ length: 7 }, (_, n) => inTurn(() => start(n), turns.url)));
  expect(done.map(({ status }) => status === 'fulfilled')).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => n !== 1));
  expect([Math.max(...seen), began.length]).toEqual([2, 7]);
});

it('a turn of somebody who is gone, or who no longer waits, is nobody’s', async () => {
  await using turns = await giveTurns(1);
  const [first, second] = [new AbortController(), new AbortController()];
  await fetch(turns.url, { signal: first.signal });
  const waits = fetch(turns.url, { signal: second.signal });
  const third = inTurn(async () => 'started', turns.url);
  expect(await Promise.race([third, sleep(50, 'waits')])).toBe('waits');
  second.abort();
  await expect(waits).rejects.toThrow();
  first.abort();
  expect(await third).toBe('started');
});
