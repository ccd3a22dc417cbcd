import { oneAtATime, poll } from '@room/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('passes over a call while an earlier one runs, also after one that failed', async () => {
  const given: number[] = [];
  const work = oneAtATime(async (value: number) => {
    given.push(value);
    await pause(10);
    if (value === 1) throw new Error('failed');
  });
  const first = expect(work(1)).rejects.toThrow('failed');
  await work(2);
  await vi.advanceTimersByTimeAsync(10);
  await first;
  const third = work(3);
  await vi.advanceTimersByTimeAsync(10);
  await third;
  expect(given).toEqual([1, 3]);
});

it('asks at once and then again and again, one question at a time, until it is ended', async () => {
  let asked = 0;
  let open = 0;
  let most = 0;
  const polling = poll(10, async () => {
    asked++;
    most = Math.max(most, ++open);
    await pause(asked === 2 ? 35 : 1);
    open--;
  });
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(45);
  // The second one is asked at 10 ms and answered at 45: the ticks between pass.
  expect([asked, most]).toEqual([2, 1]);
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toBe(3);
  polling[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toBe(3);
});
