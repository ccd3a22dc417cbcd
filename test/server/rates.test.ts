/** What a portal key may bring, at the edges of its limit; no clock but the one that is moved. */
import { expect, it } from 'vitest';
import { BURST_SECONDS, EVENT_BYTES, Rates, REQUEST_EVENTS } from '../../server/src/gateway/rates.ts';

const RATE = 100;
const MOST = RATE * BURST_SECONDS;

function limited() {
  let now = 0;
  const rates = new Rates(RATE, () => now);
  return {
    /** A request of so many events; undefined: taken, else the seconds that it is told to wait. */
    bring: (
      events: number,
      key: { id: string; rate: number | undefined } = { id: 'a', rate: undefined },
      bytes = events * 400,
    ) => {
      try {
        rates.enter(key);
        rates.take(key, events, bytes);
        return undefined;
      } catch (error) {
        const { status, code, retryAfter } = error as { status: number; code: string; retryAfter: number };
        expect([status, code]).toEqual([429, 'over_rate']);
        return retryAfter;
      }
    },
    rates,
    wait: (seconds: number) => {
      now += seconds * 1_000;
    },
  };
}

it('takes what it holds to the last event, then what comes in a second', () => {
  const it = limited();
  expect(it.bring(MOST - 1)).toBeUndefined();
  // One is left: a batch is taken whole while anything is.
  expect(it.bring(REQUEST_EVENTS + 1)).toBeUndefined();
  expect(it.bring(1)).toBe(1);
  it.wait(0.199);
  expect(it.bring(1)).toBe(1);
  it.wait(0.002);
  expect(it.bring(1)).toBeUndefined();
});

it('says how long to wait, and after that it is taken', () => {
  const it = limited();
  expect(it.bring(MOST)).toBeUndefined();
  const told = it.bring(1);
  expect(told).toBe(1);
  it.wait(told ?? 0);
  expect(it.bring(1_000)).toBeUndefined();
  const later = it.bring(1) ?? 0;
  expect(later).toBeGreaterThan(9);
  it.wait(later - 1.1);
  expect(it.bring(1)).toBeGreaterThan(0);
  it.wait(1.1);
  expect(it.bring(1)).toBeUndefined();
});

it('over a long time no more comes than its rate, in batches or one by one', () => {
  for (const batch of [1, REQUEST_EVENTS, 1_000]) {
    const it = limited();
    let taken = 0;
    for (let second = 0; second < 600; second++) {
      for (let n = 0; n < 50; n++) if (it.bring(batch) === undefined) taken += Math.max(batch, REQUEST_EVENTS);
      it.wait(1);
    }
    expect(taken).toBeLessThanOrEqual(MOST + 600 * RATE + Math.max(batch, REQUEST_EVENTS));
    expect(taken).toBeGreaterThan(600 * RATE);
  }
});

it('over a long time no more bytes come than its rate has of ordinary events', () => {
  const it = limited();
  const [batch, size] = [62, 15_500];
  let bytes = 0;
  for (let second = 0; second < 60; second++) {
    for (let n = 0; n < 10; n++) if (it.bring(batch, undefined, batch * size) === undefined) bytes += batch * size;
    it.wait(1);
  }
  const most = (MOST + 60 * RATE) * EVENT_BYTES;
  expect(bytes).toBeLessThanOrEqual(most + batch * size);
  expect(bytes).toBeGreaterThan(most / 2);
});

it('many at once go beyond it by one batch at most', () => {
  const { rates } = limited();
  const key = { id: 'a', rate: undefined };
  let begun = 0;
  const enter = (): boolean => {
    try {
      rates.enter(key);
      return true;
    } catch {
      return false;
    }
  };
  while (enter()) begun++;
  expect(begun).toBe(MOST / REQUEST_EVENTS);
  let taken = 0;
  for (let n = 0; n < begun; n++)
    try {
      rates.take(key, 1_000, 400_000);
      taken++;
    } catch {
      break;
    }
  expect(taken).toBe(1);
});

it('each key has its own: one that is over its limit takes nothing from another', () => {
  const it = limited();
  expect(it.bring(MOST)).toBeUndefined();
  expect(it.bring(1)).toBe(1);
  expect(it.bring(1, { id: 'b', rate: undefined })).toBeUndefined();
  const slow = { id: 'c', rate: 1 };
  expect(it.bring(1_000, slow)).toBeUndefined();
  expect(it.bring(1, slow)).toBe(1_000 - BURST_SECONDS + 1);
});

it('a limit that is raised counts from now on', () => {
  const it = limited();
  expect(it.bring(1_000, { id: 'a', rate: 1 })).toBeUndefined();
  expect(it.bring(1, { id: 'a', rate: 1 })).toBeGreaterThan(900);
  expect(it.bring(1, { id: 'a', rate: 10_000 })).toBe(1);
  it.wait(1);
  expect(it.bring(1, { id: 'a', rate: 10_000 })).toBeUndefined();
});

it('what nobody uses is forgotten, and full again; who is over the limit is not', () => {
  const it = limited();
  it.bring(MOST * 10);
  for (let n = 0; n < 3_000; n++) it.bring(1, { id: `k${n}`, rate: undefined });
  it.wait(BURST_SECONDS + 1);
  for (let n = 0; n < 3_000; n++) it.bring(1, { id: `l${n}`, rate: undefined });
  expect(it.bring(1)).toBeGreaterThan(0);
});
