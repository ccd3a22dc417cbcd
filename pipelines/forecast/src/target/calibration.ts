/** Whether intervals hold as often as they say: for the page on which anyone can see it, and for making them hold. */

import { normalQuantile } from './student.ts';
import type { Interval } from './total.ts';

/** A forecast of the past with what came of it; NaN while that is not known. */
export interface ScoredIntervals {
  intervals: readonly Interval[];
  actual: number;
}

export interface LevelCalibration {
  /** Share that the intervals were to hold. */
  asked: number;
  /** Share that they held; NaN where there is none. */
  held: number;
  /** Intervals of this level whose outcome is known. */
  n: number;
  /** The 95 % Wilson interval of the share, as if the outcomes were independent: hours of one forecast are less than that. */
  lower: number;
  upper: number;
  /** `unknown`: too few to say. */
  verdict: 'holds' | 'too-narrow' | 'too-wide' | 'unknown';
}

/** Outcomes below which every share is possible. */
const FEWEST = 20;

/** One line for each level that occurs, ascending. */
export function calibration(records: readonly ScoredIntervals[]): LevelCalibration[] {
  const counts = new Map<number, { n: number; held: number }>();
  for (const { intervals, actual } of records) {
    for (const { level, lower, upper } of intervals) {
      if (!Number.isFinite(actual) || Number.isNaN(lower) || Number.isNaN(upper)) continue;
      const count = counts.get(level) ?? { n: 0, held: 0 };
      count.n++;
      if (actual >= lower && actual <= upper) count.held++;
      counts.set(level, count);
    }
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([asked, { n, held }]) => {
      const { lower, upper } = wilson(held, n);
      const verdict = n < FEWEST ? 'unknown' : asked > upper ? 'too-narrow' : asked < lower ? 'too-wide' : 'holds';
      return { asked, held: held / n, n, lower, upper, verdict };
    });
}

/** Wilson's score interval of a share, `held` out of `n`; 0 to 1 where nothing is known. */
export function wilson(held: number, n: number, level = 0.95): { lower: number; upper: number } {
  if (!(n > 0)) return { lower: 0, upper: 1 };
  const z = normalQuantile((1 + level) / 2);
  const share = held / n;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { lower: Math.max(0, middle - half), upper: Math.min(1, middle + half) };
}

/**
 * Factor by which the half-widths of intervals of this `level` must be multiplied to have held as often as asked, by their
 * outcomes; undefined while there are too few to know. The factor above 1 that a new outcome asks for is included.
 */
export function widthFactor(records: readonly ScoredIntervals[], level: number): number | undefined {
  const ratios = records.flatMap(({ intervals, actual }) => {
    const interval = intervals.find((it) => it.level === level);
    if (!interval || !Number.isFinite(actual)) return [];
    const middle = (interval.lower + interval.upper) / 2;
    const half = (interval.upper - interval.lower) / 2;
    return half > 0 && Number.isFinite(half) ? [Math.abs(actual - middle) / half] : [];
  });
  const place = Math.ceil((ratios.length + 1) * level);
  if (ratios.length < FEWEST || place > ratios.length) return undefined;
  return ratios.sort((a, b) => a - b)[place - 1];
}
