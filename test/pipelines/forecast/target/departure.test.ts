import { doubtOfDeparture, normalQuantile } from '@room/forecast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const LEVEL = 0.95;
const BAND = normalQuantile((1 + LEVEL) / 2);
/** Expected of each hour of a working day. */
const DAY = [4, 2, 2, 2, 5, 20, 60, 300, 800, 900, 850, 700, 400, 600, 800, 850, 800, 400, 150, 120, 110, 90, 40, 10];
const WIDTH = 0.12;

const foreseen = {
  mean: DAY,
  lower: DAY.map((mean) => (1 - WIDTH) * mean),
  upper: DAY.map((mean) => (1 + WIDTH) * mean),
};
const doubtAt = (held: number[], remaining: ArrayLike<number> = DAY.slice(held.length)): number =>
  doubtOfDeparture({ foreseen, level: LEVEL, held, remaining });
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, it) => total + it, 0);

const hours = fc.integer({ min: 8, max: 22 });

describe('the doubt that a departing day adds', () => {
  it('is none while the latest hours are within their bounds', () => {
    fc.assert(
      fc.property(hours, fc.double({ min: 1 - WIDTH + 0.01, max: 1 + WIDTH - 0.01, noNaN: true }), (hour, factor) => {
        expect(doubtAt(DAY.slice(0, hour).map((mean) => factor * mean))).toBe(0);
      }),
    );
  });

  it('leaves room for the rest as it was foreseen, and for its departing to the end as the latest hours did', () => {
    fc.assert(
      fc.property(
        hours,
        fc.oneof(fc.double({ min: 0, max: 0.8, noNaN: true }), fc.double({ min: 1.2, max: 4, noNaN: true })),
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        (hour, factor, carried) => {
          const held = DAY.slice(0, hour).map((mean) => factor * mean);
          const remaining = DAY.slice(hour).map((mean) => carried * mean);
          const half = BAND * doubtAt(held, remaining) * sum(remaining);
          const atStart = sum(DAY.slice(hour));
          expect(Math.abs(atStart - sum(remaining))).toBeLessThanOrEqual(half + 1e-6);
          // Nothing busier comes than the latest hours, so what they had above or below bounds nothing.
          if (Math.max(...DAY.slice(hour)) <= Math.max(...DAY.slice(hour - 3, hour)))
            expect(Math.abs(factor * atStart - sum(remaining))).toBeLessThanOrEqual(half + 1e-6);
        },
      ),
    );
  });

  it('takes a heap in a quiet hour for so many more an hour at most, not for a day of heaps', () => {
    const held = [...DAY.slice(0, 4), 105];
    const rest = sum(DAY.slice(5));
    expect(BAND * doubtAt(held) * rest).toBeCloseTo(100 * 19, 6);
  });

  it('forgets what was over three hours ago, and knows nothing of hours that nobody told', () => {
    const over = [...DAY.slice(0, 8).map((mean) => 3 * mean), ...DAY.slice(8, 12)];
    expect(doubtAt(over)).toBe(0);
    const silent = [...DAY.slice(0, 9), Number.NaN, Number.NaN, Number.NaN];
    expect(doubtAt(silent)).toBe(0);
    expect(doubtAt([])).toBe(0);
  });

  it('forgets one hour that stood alone as soon as the next is as foreseen, and not a first of two', () => {
    const heap = [...DAY.slice(0, 5), 8 * 20, 60];
    expect(doubtAt(heap.slice(0, 6))).toBeGreaterThan(0);
    expect(doubtAt(heap)).toBe(0);
    expect(doubtAt([...heap, 300])).toBe(0);
    expect(doubtAt([...DAY.slice(0, 5), 8 * 20, 8 * 60, 300])).toBeGreaterThan(0);
  });

  it('is none where nothing is left', () => {
    expect(doubtAt(DAY.map((mean) => 2 * mean))).toBe(0);
  });
});
