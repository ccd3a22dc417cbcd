import { Dependency } from '@room/operations';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EVERY_MS = 100;

/** Something that works or not as `works` says, and counts how often it was asked. */
function asked(idleMs?: number) {
  const state = { works: true, asked: 0 };
  const dependency = new Dependency({
    probe: async () => {
      state.asked++;
      if (!state.works) throw new Error('away');
    },
    everyMs: EVERY_MS,
    ...(idleMs === undefined ? {} : { idleMs }),
  });
  return { state, dependency };
}

it('believes a failed use, and asks until it works again', async () => {
  const { state, dependency } = asked();
  state.works = false;
  dependency.failed();
  expect(dependency.isFailing).toBe(true);
  await vi.advanceTimersByTimeAsync(EVERY_MS * 3);
  expect(dependency.isFailing).toBe(true);
  expect(state.asked).toBe(3);
  state.works = true;
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(dependency.isFailing).toBe(false);
  await vi.advanceTimersByTimeAsync(EVERY_MS * 50);
  expect(state.asked).toBe(4);
});

it('takes a doubted use for a failure only where its own question fails too', async () => {
  const { state, dependency } = asked();
  dependency.doubted();
  await vi.advanceTimersByTimeAsync(0);
  expect([state.asked, dependency.isFailing]).toEqual([1, false]);
  state.works = false;
  dependency.doubted();
  await vi.advanceTimersByTimeAsync(0);
  expect(dependency.isFailing).toBe(true);
  dependency.worked();
  expect(dependency.isFailing).toBe(false);
});

it('notices while nobody uses it, and asks nothing while somebody does', async () => {
  const { state, dependency } = asked(EVERY_MS * 5);
  for (let n = 0; n < 20; n++) {
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    dependency.worked();
  }
  expect(state.asked).toBe(0);
  state.works = false;
  await vi.advanceTimersByTimeAsync(EVERY_MS * 7);
  expect(dependency.isFailing).toBe(true);
});

it('takes a question without an answer for a failure, and asks no second one meanwhile', async () => {
  let questions = 0;
  const dependency = new Dependency({
    probe: () => {
      questions++;
      return new Promise(() => undefined);
    },
    everyMs: EVERY_MS,
    idleMs: 0,
  });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(dependency.isFailing).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([dependency.isFailing, questions]).toEqual([true, 1]);
});
