/**
 * How open the rest of a day is that is not what was foreseen at its start: whatever moves it may be over by now, or last to its
 * end. Totals of earlier days tell little of that, as hardly any of them departed.
 */
import type { Values } from '../history.ts';
import { normalQuantile } from './student.ts';

export interface Departure {
  /** What was foreseen at the start of the period, one entry a step to its end, with its bounds at `level`. */
  foreseen: { mean: ArrayLike<number>; lower: ArrayLike<number>; upper: ArrayLike<number> };
  level: number;
  /** What its first steps held; anything that is not a finite number is not known. */
  held: Values;
  /** What each step after those is forecast to hold now. */
  remaining: ArrayLike<number>;
}

/** Steps that tell how it goes now. */
const LATEST = 3;

/**
 * Standard deviation of the rest as a share of it, such that both what was foreseen for it at the start and the same with the
 * departure of the latest steps going on lie within its interval at `level`. 0 where those steps are within their bounds, but for
 * one that stood alone and is over.
 */
export function doubtOfDeparture({ foreseen: { mean, lower, upper }, level, held, remaining }: Departure): number {
  let [counted, expected, within, largest] = [0, 0, 0, 0];
  const isWithin = (t: number): boolean => isKnown(held[t]) && held[t] >= entry(lower, t) && held[t] <= entry(upper, t);
  const isOver = (t: number): boolean => !isWithin(t) && isWithin(t + 1) && (t === 0 || isWithin(t - 1));
  for (let t = Math.max(0, held.length - LATEST); t < held.length; t++) {
    const value = held[t];
    if (!isKnown(value) || isOver(t)) continue;
    const middle = entry(mean, t);
    counted += value;
    expected += middle;
    within += Math.max(entry(upper, t) - middle, middle - entry(lower, t));
    largest = Math.max(largest, Math.abs(value - middle));
  }
  const departed = counted - expected;
  if (!(expected > 0) || Math.abs(departed) <= within) return 0;
  let [rest, atStart] = [0, 0];
  for (let step = 0; step < remaining.length; step++) {
    rest += entry(remaining, step);
    atStart += entry(mean, held.length + step);
  }
  if (!(rest > 0)) return 0;
  // A single heap in a quiet hour is many times what was expected, and no measure for busy ones.
  const onward = Math.sign(departed) * Math.min((atStart * Math.abs(departed)) / expected, largest * remaining.length);
  const furthest = Math.max(Math.abs(atStart - rest), Math.abs(atStart + onward - rest));
  return furthest / normalQuantile((1 + level) / 2) / rest;
}

const isKnown = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

const entry = (values: ArrayLike<number>, at: number): number => values[at] ?? 0;
