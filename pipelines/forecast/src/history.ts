/** What is known of a series before any model sees it: gaps, wild single values, and what a gap would probably have held. */
import { entry } from './linear.ts';

/** A series as callers have it: anything that is not a finite number is a gap; a negative count counts as 0. */
export type Values = ArrayLike<number | null | undefined>;

/** Gaps as NaN, counts at least 0. */
export function readValues(values: Values): Float64Array {
  return Float64Array.from({ length: values.length }, (_, t) => {
    const value = values[t];
    return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : Number.NaN;
  });
}

export interface Filled {
  values: Float64Array;
  /** 1 where the value is known, 0 where it was filled. */
  known: Float64Array;
}

/** Cycles looked at on each side of a gap, and what one cycle further away weighs. */
const CYCLES = 4;
const FADING = 0.8;

/**
 * Fills gaps by the same slots of neighbouring cycles, moved to the level around the gap. `season` and `cycle` are in steps;
 * a series without any known value becomes zeros.
 */
export function fillGaps(values: Float64Array, season: number, cycle: number): Filled {
  const n = values.length;
  const known = values.map((value) => (Number.isNaN(value) ? 0 : 1));
  const filled = values.slice();
  if (known.every((it) => it === 1)) return { values: filled, known };
  const profile = slotProfile(values, season, cycle);
  const counts = new Float64Array(n + 1);
  const sums = new Float64Array(n + 1);
  const shares = new Float64Array(n + 1);
  for (let t = 0; t < n; t++) {
    const here = entry(known, t);
    counts[t + 1] = entry(counts, t) + here;
    sums[t + 1] = entry(sums, t) + (here ? entry(values, t) : 0);
    shares[t + 1] = entry(shares, t) + here * entry(profile, t % cycle);
  }
  const levelAt = (t: number): number => {
    for (let half = Math.ceil(cycle / 2); ; half *= 2) {
      const from = Math.max(0, t - half);
      const to = Math.min(n, t + half + 1);
      const share = entry(shares, to) - entry(shares, from);
      const whole = from === 0 && to === n;
      if (whole && share <= 0) return entry(counts, n) > 0 ? entry(sums, n) / entry(counts, n) : 0;
      if (whole || entry(counts, to) - entry(counts, from) >= season) {
        if (share > 0) return (entry(sums, to) - entry(sums, from)) / share;
      }
    }
  };
  for (let t = 0; t < n; t++) {
    if (entry(known, t) === 1) continue;
    let sum = 0;
    let level = 0;
    for (let k = -CYCLES; k <= CYCLES; k++) {
      const then = t + k * cycle;
      if (k === 0 || then < 0 || then >= n || entry(known, then) === 0) continue;
      const weight = FADING ** Math.abs(k);
      sum += weight * entry(values, then);
      level += weight * levelAt(then);
    }
    filled[t] = levelAt(t) * (level > 0 ? sum / level : entry(profile, t % cycle));
  }
  return { values: filled, known };
}

/** Mean of each slot of the cycle divided by the mean of all; slots never seen take the slot of the season, or 1. */
function slotProfile(values: Float64Array, season: number, cycle: number): Float64Array {
  const means = (period: number): Float64Array => {
    const sums = new Float64Array(period);
    const counts = new Float64Array(period);
    for (let t = 0; t < values.length; t++) {
      const value = entry(values, t);
      if (Number.isNaN(value)) continue;
      sums[t % period] = entry(sums, t % period) + value;
      counts[t % period] = entry(counts, t % period) + 1;
    }
    return sums.map((sum, slot) => sum / entry(counts, slot));
  };
  const bySlot = means(cycle);
  const bySeason = means(season);
  const overall = entry(means(1), 0);
  return bySlot.map((mean, slot) => {
    const known = Number.isNaN(mean) ? entry(bySeason, slot % season) : mean;
    return Number.isNaN(known) || !(overall > 0) ? 1 : known / overall;
  });
}

/** A value is wild that is this many times beyond all its neighbours, and that few others came half as far. */
const BEYOND = 4;
const COMPANY = 0.002;

/** Turns single wild values into gaps: out of line with the steps beside them, with the same slots, and with all that ever was. */
export function dropWild(values: Float64Array, season: number, cycle: number): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length < 2 * season) return values;
  const allowed = Math.max(2, Math.ceil(COMPANY * sorted.length));
  // Values from which on a spike or dip would have company enough to be ordinary.
  const high = 2 * entry(sorted, sorted.length - 1 - allowed);
  const low = entry(sorted, allowed) / 2;
  const cleaned = values.slice();
  const offsets = [...new Set([1, 2, season, cycle])].flatMap((offset) => [-offset, offset]);
  for (let t = 0; t < values.length; t++) {
    const value = entry(values, t);
    if (Number.isNaN(value) || (value <= high && value >= low)) continue;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const offset of offsets) {
      const neighbour = values[t + offset];
      if (neighbour === undefined || Number.isNaN(neighbour)) continue;
      least = Math.min(least, neighbour);
      most = Math.max(most, neighbour);
    }
    if ((value > high && value > BEYOND * most) || (value < low && value * BEYOND < least)) cleaned[t] = Number.NaN;
  }
  return cleaned;
}
