import { within } from '@room/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));

it('gives what comes in time, and keeps no timer', async () => {
  const first = within(after(90, 'answer'), 100, () => 'late');
  await vi.advanceTimersByTimeAsync(90);
  expect(await first).toBe('answer');
  expect(vi.getTimerCount()).toBe(0);
});

it('gives what is said instead of what comes late, undefined by default', async () => {
  const said = within(after(110, 'answer'), 100, () => 'late');
  const nothing = within(after(110, 'answer'), 100);
  await vi.advanceTimersByTimeAsync(100);
  expect(await said).toBe('late');
  expect(await nothing).toBeUndefined();
});

it('throws what the work throws in time, and what is to be thrown where it is late', async () => {
  await expect(within(Promise.reject(new Error('broken')), 100)).rejects.toThrow('broken');
  const late = within(after(110, 1), 100, () => {
    throw new Error('no answer');
  });
  const failed = expect(late).rejects.toThrow('no answer');
  await vi.advanceTimersByTimeAsync(100);
  await failed;
});

it('is over when it is called off', async () => {
  const stop = new AbortController();
  const off = within(after(50, 1), 100, () => 'off', stop.signal);
  stop.abort();
  expect(await off).toBe('off');
  expect(await within(after(50, 1), 100, () => 'off', stop.signal)).toBe('off');
});

it('lets work that is late fail unheard', async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  const failing = after(110, 1).then(() => Promise.reject(new Error('too late')));
  const late = within(failing, 100, () => 'late');
  await vi.advanceTimersByTimeAsync(120);
  expect(await late).toBe('late');
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', hear);
  expect(unheard).toEqual([]);
});
