import { Lag } from '@room/operations';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EVERY_MS = 500;

function measured() {
  const log: { lag: ReadonlyMap<number, number>; answers: boolean; asked: number } = {
    lag: new Map(),
    answers: true,
    asked: 0,
  };
  const lag = new Lag({
    read: () => {
      log.asked++;
      return log.answers ? Promise.resolve(log.lag) : new Promise(() => undefined);
    },
    everyMs: EVERY_MS,
  });
  return { log, lag };
}

it('knows nothing before the first answer, which it asks for at once, and then the newest one', async () => {
  const { log, lag } = measured();
  expect(lag.pending).toBeUndefined();
  log.lag = new Map([
    [0, 3],
    [1, 4],
  ]);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(lag.pending).toBe(7);
});

it('remembers since when a partition has been waiting without a pause', async () => {
  const { log, lag } = measured();
  log.lag = new Map([[0, 1]]);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  const since = lag.waitingSince(0);
  expect(since).toBeDefined();
  log.lag = new Map([[0, 9]]);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(lag.waitingSince(0)).toBe(since);
  log.lag = new Map([[0, 0]]);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(lag.waitingSince(0)).toBeUndefined();
  expect(lag.waitingSince(7)).toBeUndefined();
});

it('calls a log silent that leaves one question unanswered, and asks it no second one', async () => {
  const { log, lag } = measured();
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  log.answers = false;
  const before = log.asked;
  await vi.advanceTimersByTimeAsync(9_000);
  expect(lag.isSilent).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([lag.isSilent, log.asked - before]).toEqual([true, 1]);
});

it('calls a log silent that keeps failing, until it answers', async () => {
  let works = false;
  const lag = new Lag({
    read: async () => {
      if (!works) throw new Error('away');
      return new Map();
    },
    everyMs: EVERY_MS,
  });
  await vi.advanceTimersByTimeAsync(11_000);
  expect(lag.isSilent).toBe(true);
  works = true;
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(lag.isSilent).toBe(false);
});
