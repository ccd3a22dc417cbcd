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

/** Turns single wild values into gaps: beyond all that ever was, or, where a week is known, beyond what their own slot ever held. */
export function dropWild(values: Float64Array, season: number, cycle: number): Float64Array {
  const known = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  if (known < 2 * season) return values;
  const allowed = Math.max(2, Math.ceil(COMPANY * known));
  const cleaned = values.slice();
  for (const t of beyondAll(values, season, cycle, allowed)) cleaned[t] = Number.NaN;
  if (cycle > season) for (const t of beyondSlot(values, cycle, allowed)) cleaned[t] = Number.NaN;
  return cleaned;
}

const around = (steps: readonly number[]): number[] => [...new Set(steps)].flatMap((step) => [-step, step]);

/** Out of line with the steps beside them, with the same slots, and with all but a few of all values. */
function beyondAll(values: Float64Array, season: number, cycle: number, allowed: number): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  // Values from which on a spike or dip would have company enough to be ordinary.
  const high = 2 * entry(sorted, sorted.length - 1 - allowed);
  const low = entry(sorted, allowed) / 2;
  const wild: number[] = [];
  const offsets = around([1, 2, season, cycle]);
  for (let t = 0; t < values.length; t++) {
    const value = entry(values, t);
    if (Number.isNaN(value) || (value <= high && value >= low)) continue;
    const [least, most] = extremes(values, t, offsets);
    if ((value > high && value > BEYOND * most) || (value < low && value * BEYOND < least)) wild.push(t);
  }
  return wild;
}

/** Standard deviations of a count (of its root, which scatters by half a one) that a wild value is off its slot at least. */
const SURE = 10;

/**
 * Out of line with what the slot held in the weeks around, further than the hours beside it are, and few others are half as far:
 * a night hour with the count of a morning.
 */
function beyondSlot(values: Float64Array, cycle: number, allowed: number): number[] {
  const weeks = around([cycle, 2 * cycle]);
  const beside = around([1, 2]);
  /** The nearest of what the slot held; the value itself where it is among that. */
  const usual = values.map((value, t) => {
    const [least, most] = extremes(values, t, weeks);
    return Math.min(most, Math.max(least, value));
  });
  const ratios = values.map((value, t) => (value > 0 || entry(usual, t) > 0 ? value / entry(usual, t) : 1));
  const isSure = (t: number): boolean => 2 * Math.abs(Math.sqrt(entry(values, t)) - Math.sqrt(entry(usual, t))) > SURE;
  const wild: Record<'high' | 'low', number[]> = { high: [], low: [] };
  const company = { high: 0, low: 0 };
  for (let t = 0; t < values.length; t++) {
    const ratio = entry(ratios, t);
    const side = ratio > 1 ? 'high' : 'low';
    const times = side === 'high' ? ratio : 1 / ratio;
    if (!(times > BEYOND / 2) || !isSure(t)) continue;
    company[side]++;
    const [least, most] = extremes(ratios, t, beside);
    const others = Math.max(1, side === 'high' ? most : 1 / least);
    if (times > BEYOND * others) wild[side].push(t);
  }
  return [...(company.high > allowed ? [] : wild.high), ...(company.low > allowed ? [] : wild.low)];
}

/** Least and most of the known values at `offsets` from `t`; Infinity and -Infinity where none is known. */
function extremes(values: Float64Array, t: number, offsets: readonly number[]): [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const offset of offsets) {
    const other = values[t + offset];
    if (other === undefined || Number.isNaN(other)) continue;
    least = Math.min(least, other);
    most = Math.max(most, other);
  }
  return [least, most];
}
