/** The embedded log lets a small batch wait for company, for as long as its reader says. */
import { type Collecting, EmbeddedLog, type LogRecord } from '@room/log';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';

let folder: Awaited<ReturnType<typeof tempDir>>;
let log: EmbeddedLog;
beforeAll(async () => {
  folder = await tempDir('collecting');
  log = new EmbeddedLog(folder.path, () => undefined);
});
afterAll(async () => {
  await log[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const texts = (records: readonly LogRecord[]): string[] => records.map(({ value }) => value.toString());
const append = (topic: string, ...values: string[]): Promise<void> =>
  log.append(
    topic,
    values.map((value) => ({ key: value, value })),
  );

/** Collects on `topic` until told otherwise. */
async function collected(topic: string, waitMs: Collecting['waitMs'], maxRecords = 10) {
  const listeners = new Set<() => void>();
  const batches: string[][] = [];
  const reader = await log.subscribe({
    topic,
    group: 'g',
    maxRecords,
    collecting: {
      waitMs,
      onHurry: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    assigned: async () => undefined,
    revoked: () => undefined,
    redelivering: () => undefined,
    handle: async (batch) => {
      batches.push(texts(batch.records));
      await batch.commit({ offset: (batch.records.at(-1)?.offset ?? 0) + 1, metadata: '' });
    },
  });
  const hurry = (): void => {
    for (const listener of [...listeners]) listener();
  };
  return { reader, batches, listeners, hurry };
}

it('what comes while a batch waits becomes part of it; hurried, it goes at once', async () => {
  let holds = true;
  const asked: number[] = [];
  const { reader, batches, listeners, hurry } = await collected('hurried', (records) => {
    asked.push(records.length);
    return holds ? 60_000 : 0;
  });
  await append('hurried', 'a');
  await expect.poll(() => asked).toEqual([1]);
  await append('hurried', 'b', 'c');
  await expect.poll(() => asked).toEqual([1, 3]);
  expect(batches).toEqual([]);
  holds = false;
  hurry();
  await expect.poll(() => batches).toEqual([['a', 'b', 'c']]);
  expect(listeners.size).toBe(0);
  await append('hurried', 'd');
  await expect.poll(() => batches).toEqual([['a', 'b', 'c'], ['d']]);
  await reader[Symbol.asyncDispose]();
});

it('waits no longer than it was told, and hands over no more than a batch may hold', async () => {
  const began = performance.now();
  const { reader, batches } = await collected(
    'timed',
    (records) => (records.length < 2 ? 300 - (performance.now() - began) : 60_000),
    4,
  );
  await append('timed', 'a');
  await expect.poll(() => batches).toEqual([['a']]);
  expect(performance.now() - began).toBeGreaterThanOrEqual(295);
  await append('timed', 'b', 'c', 'd', 'e', 'f');
  await expect.poll(() => batches[1]).toEqual(['b', 'c', 'd', 'e']);
  await reader[Symbol.asyncDispose]();
});

it('ends at once in the middle of a wait; what waited comes to the next reader', async () => {
  const first = await collected('ended', () => 60_000);
  await append('ended', 'a', 'b');
  await expect.poll(() => first.listeners.size).toBe(1);
  const began = performance.now();
  await first.reader[Symbol.asyncDispose]();
  expect(performance.now() - began).toBeLessThan(1_000);
  expect([first.batches, first.listeners.size]).toEqual([[], 0]);
  const second = await collected('ended', () => 0);
  await expect.poll(() => second.batches).toEqual([['a', 'b']]);
  await second.reader[Symbol.asyncDispose]();
});
