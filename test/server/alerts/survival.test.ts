/** The median of what is not over, against a published example, and against an independent reading of the definition. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lasted, medianOf } from '../../../server/src/alerts/survival.ts';

const spans = (text: string): Lasted[] =>
  text.split(' ').map((each) => ({ ms: Number.parseInt(each, 10), isOver: !each.endsWith('+') }));
/** Weeks of remission of Freireich and others (1963), as textbooks print them: treated, and by a placebo. */
const TREATED = spans('6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+');
const PLACEBO = spans('1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23');

describe('the median', () => {
  it('of two published series is as it was published', () => {
    expect(medianOf(TREATED)).toEqual({ median: 23, low: 13 });
    expect(medianOf(PLACEBO)).toEqual({ median: 8, low: 4, high: 11 });
  });

  it('is not known where fewer than half came to it, and nothing is where there is nothing', () => {
    expect(medianOf(spans('5 9+ 9+ 9+'))).toEqual({ low: 5 });
    expect(medianOf([])).toEqual({});
    expect(medianOf(spans('3'))).toEqual({ median: 3 });
  });

  it('lies within its interval, and without open ones is where half are over', () => {
    const lasted = fc.record({ ms: fc.integer({ min: 0, max: 50 }), isOver: fc.boolean() });
    fc.assert(
      fc.property(fc.array(lasted, { maxLength: 60 }), (some) => {
        const { median, low, high } = medianOf(some);
        if (median !== undefined && low !== undefined) expect(low).toBeLessThanOrEqual(median);
        if (high !== undefined) expect(high).toBeGreaterThanOrEqual(median ?? Number.POSITIVE_INFINITY);
        const all = some.map((each) => ({ ...each, isOver: true }));
        if (all.length === 0) return;
        const sorted = all.map(({ ms }) => ms).toSorted((one, other) => one - other);
        expect(medianOf(all).median).toBe(sorted[Math.ceil(sorted.length / 2) - 1]);
        expect(medianOf(some.toReversed())).toEqual({ ...medianOf(some) });
      }),
    );
  });
});
