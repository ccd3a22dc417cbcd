/** Files that are made beside each other: one at a time, with time between them for whoever else waits. */
import { expect, it } from 'vitest';
import { Allowance } from '../../../server/src/export/allowance.ts';
import { OneByOne } from '../../../server/src/export/one-by-one.ts';

async function collected(chunks: AsyncIterable<string | Uint8Array>): Promise<(string | Uint8Array)[]> {
  const all: (string | Uint8Array)[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

async function* made(ms: number): AsyncGenerator<string> {
  const until = performance.now() + ms;
  while (performance.now() < until);
  yield 'first';
  yield 'rest';
}

it('of many that are made at once none holds up the process for longer than it takes itself', async () => {
  const making = new OneByOne();
  let longest = 0;
  let last = performance.now();
  const ticking = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const all = await Promise.all(
    Array.from({ length: 8 }, async () => (await collected(making.chunks(made(60)))).join()),
  );
  clearInterval(ticking);
  expect(all).toEqual(Array(8).fill('first,rest'));
  // Eight in a row would be 480 ms.
  expect(longest).toBeLessThan(300);
});

it('goes on after one that failed', async () => {
  const making = new OneByOne();
  // biome-ignore lint/correctness/useYield: it never comes to that
  const failing = (async function* (): AsyncGenerator<string> {
    throw new Error('no');
  })();
  await expect(collected(making.chunks(failing))).rejects.toThrow('no');
  expect(await collected(making.chunks(made(1)))).toEqual(['first', 'rest']);
});

it('one asker has two at a time, and thirty at once in all', () => {
  const allowance = new Allowance(() => 0);
  const asked = () => ({ stop: new AbortController(), owner: 'person p' });
  const [one, two, three] = [asked(), asked(), asked()];
  const take = ({ stop, owner }: ReturnType<typeof asked>): void =>
    allowance.take(owner, { owner, signal: stop.signal });
  take(one);
  take(two);
  expect(() => take(three)).toThrow(expect.objectContaining({ status: 429 }));
  one.stop.abort();
  take(three);
  for (const each of [two, three]) each.stop.abort();
  for (let n = 3; n < 30; n++) {
    const more = asked();
    take(more);
    more.stop.abort();
  }
  expect(() => take(asked())).toThrow(expect.objectContaining({ code: 'too_many_exports' }));
});
