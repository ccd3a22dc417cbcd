import type { Seen } from '@room/warehouse';
import { expect, it } from 'vitest';
import { Lookups } from '../../server/src/gateway/lookups.ts';

const KNOWN: Seen = { correction: false };

/** A ledger that answers when it is told to, and notes what it was asked. */
function ledger() {
  const asked: string[][] = [];
  const open: { answer: () => void; fail: (error: Error) => void }[] = [];
  return {
    asked,
    open,
    seen: (keys: readonly string[]) =>
      new Promise<Map<string, Seen>>((resolve, reject) => {
        asked.push([...keys]);
        open.push({
          answer: () => resolve(new Map(keys.filter((key) => key.startsWith('old')).map((key) => [key, KNOWN]))),
          fail: reject,
        });
      }),
  };
}

it('puts what comes while a question is open into one question after it', async () => {
  const books = ledger();
  const lookups = new Lookups(books, '0');
  const first = lookups.ask(['old-1']);
  const others = [lookups.ask(['old-2', 'new-1']), lookups.ask(['new-1', 'old-3'])];
  expect(books.asked).toEqual([['old-1']]);
  books.open[0]?.answer();
  expect([...(await first).keys()]).toEqual(['old-1']);
  await expect.poll(() => books.asked.length).toBe(2);
  expect(books.asked[1]).toEqual(['old-2', 'new-1', 'old-3']);
  books.open[1]?.answer();
  for (const other of others) expect([...(await other).keys()]).toEqual(['old-2', 'old-3']);
});

it('asks nothing for no key, and without waiting when nothing is open', async () => {
  const books = ledger();
  const lookups = new Lookups(books, '0');
  expect((await lookups.ask([])).size).toBe(0);
  const one = lookups.ask(['a']);
  books.open[0]?.answer();
  await one;
  void lookups.ask(['b']);
  await expect.poll(() => books.asked).toEqual([['a'], ['b']]);
});

it('a question that fails is not the failure of those after it', async () => {
  const books = ledger();
  const lookups = new Lookups(books, '0');
  const first = lookups.ask(['a']);
  const second = lookups.ask(['old-b']);
  books.open[0]?.fail(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await expect.poll(() => books.open.length).toBe(2);
  books.open[1]?.answer();
  expect((await second).get('old-b')).toEqual(KNOWN);
});
