/**
 * Where a day, a month or a year will end: what is counted plus what the rest is forecast to hold, as wide as totals made at the
 * same moment of earlier periods turned out to be wrong. Bounds of single steps do not add up to the bounds of a total, but no total
 * is further off than if all its steps erred alike.
 */
import { readValues, type Values } from '../history.ts';
import { type Spread, spreadOf } from './spread.ts';
import { normalQuantile } from './student.ts';

export interface StepRange {
  /** First step, and the one past the last. */
  from: number;
  to: number;
}

/** A total made in an earlier period, at the same distance from its end. */
export interface PastTotal {
  /** Step at which it was made, and the one past the period's last. */
  origin: number;
  end: number;
  /** Counted by then; what the rest was forecast to hold; what it held. */
  counted: number;
  projected: number;
  held: number;
}

/**
 * Forecasts the `horizon` steps after `history`, which begins with the first step of the series; undefined where it cannot.
 * To be the one that makes the present projection.
 */
export type Project = (history: Float64Array, horizon: number) => ArrayLike<number> | undefined;

/** Share of the steps of a rest that may be unknown; they count as what was forecast for them. */
const MOST_GAPS = 0.02;

/**
 * Makes the totals of past periods `remaining` steps before their ends. Periods that are shorter, not complete in `values`, or
 * mostly unknown are left out. Windows of equal length that overlap may stand for periods where there are few: what they repeat
 * of each other is not counted twice.
 */
export function backtestTotals(
  values: Values,
  periods: readonly StepRange[],
  remaining: number,
  project: Project,
): PastTotal[] {
  const known = readValues(values);
  return periods.flatMap(({ from, to }): PastTotal[] => {
    const origin = to - remaining;
    if (!(remaining >= 1) || origin < from || from < 0 || to > known.length || origin < 1) return [];
    const rest = known.subarray(origin, to);
    const gaps = rest.filter(Number.isNaN).length;
    if (gaps > MOST_GAPS * remaining) return [];
    const path = project(known.slice(0, origin), remaining);
    if (!path || path.length < remaining) return [];
    let projected = 0;
    let held = 0;
    for (let j = 0; j < remaining; j++) {
      const step = path[j] as number;
      projected += step;
      held += Number.isNaN(rest[j] as number) ? step : (rest[j] as number);
    }
    const counted = known.subarray(from, origin).reduce((sum, value) => sum + (value || 0), 0);
    return Number.isFinite(projected) ? [{ origin, end: to, counted, projected, held }] : [];
  });
}

export interface Interval {
  level: number;
  lower: number;
  upper: number;
}

export type TotalCaution =
  /** So few independent trials that the interval is much wider than what they missed. */
  { code: 'few-trials'; trials: number };

export interface Total {
  counted: number;
  /** What the rest is expected to hold. */
  rest: number;
  mean: number;
  intervals: Interval[];
  /** Independent past totals that the width rests on. */
  trials: number;
  cautions: TotalCaution[];
  /** Probability that the period ends with at least this many. */
  atLeast(total: number): number;
}

export type TotalOutcome =
  | ({ ok: true } & Total)
  | { ok: false; reason: 'no-trials' | 'bad-request' /** One sentence for people, in English. */; detail: string };

const FEW = 8;
/** Share of a usual rest added on both sides, so that errors of nearly empty rests are not blown up. */
const SOFT = 0.1;

/** `remaining` is the mean path of the steps that are left; none left gives what is counted, without doubt. */
export function projectTotal({
  counted,
  remaining,
  past,
  levels,
  doubt = 0,
  furthest,
}: {
  counted: number;
  remaining: ArrayLike<number>;
  past: readonly PastTotal[];
  levels: readonly number[];
  /** Deviation of the rest as a share of it that the past totals do not know: days of another type, or one that departs. */
  doubt?: number;
  /**
   * Deviation of the rest if all its steps erred by what their bands allow, as `deviationOfAll` has it: few trials make the total no
   * wider than that, and without one it is all that is known.
   */
  furthest?: number | undefined;
}): TotalOutcome {
  const bad = (detail: string): TotalOutcome => ({ ok: false, reason: 'bad-request', detail });
  if (!(counted >= 0) || !Number.isFinite(counted)) return bad('What is counted so far is a number from 0 on.');
  const steps = Array.from(remaining);
  if (steps.some((step) => !Number.isFinite(step))) return bad('Some steps of the rest have no forecast.');
  const rest = steps.reduce((sum, step) => sum + Math.max(0, step), 0);
  if (steps.length === 0) {
    const intervals = levels.map((level) => ({ level, lower: counted, upper: counted }));
    const atLeast = (total: number): number => (total <= counted ? 1 : 0);
    return { ok: true, counted, rest: 0, mean: counted, intervals, trials: 0, cautions: [], atLeast };
  }
  const usable = past.filter((it) => Number.isFinite(it.projected) && Number.isFinite(it.held) && it.end > it.origin);
  if (usable.length === 0 && furthest === undefined) {
    return { ok: false, reason: 'no-trials', detail: 'No earlier period shows how far off such a total is.' };
  }
  const trials = independent(usable);
  const chance = Math.hypot(Math.sqrt(rest), doubt * rest);
  const spread = spreadOf(scaledErrors(usable, rest), trials, chance, furthest);
  const mean = counted + rest;
  return {
    ok: true,
    counted,
    rest,
    mean,
    intervals: levels.map((level) => ({
      level,
      lower: Math.max(counted, mean - spread.half(level)),
      upper: mean + spread.half(level),
    })),
    trials,
    cautions: trials < FEW ? [{ code: 'few-trials', trials }] : [],
    atLeast: (total) => atLeast(total, counted, mean, spread),
  };
}

/** Deviation of the sum of some steps if all of them erred alike, from their `upper` bounds at `level`. */
export function deviationOfAll(mean: ArrayLike<number>, upper: ArrayLike<number>, level: number): number {
  let half = 0;
  for (let step = 0; step < mean.length; step++) half += (upper[step] as number) - (mean[step] as number);
  return half / normalQuantile((1 + level) / 2);
}

/** What is counted stays counted: below it all is certain. */
const atLeast = (total: number, counted: number, mean: number, spread: Spread): number =>
  total <= counted ? 1 : spread.above(total - mean);

/** Past errors in proportion to what the rest held then and is to hold now. */
function scaledErrors(past: readonly PastTotal[], rest: number): number[] {
  const usual = past.reduce((sum, it) => sum + it.projected, 0) / past.length;
  return past.map(({ projected, held }) => {
    const then = projected + SOFT * usual;
    return then > 0 ? ((held - projected) * (rest + SOFT * usual)) / then : held - projected;
  });
}

/** How many rests of a period's length fit into all the steps that the past rests cover. */
function independent(past: readonly PastTotal[]): number {
  const sorted = [...past].sort((a, b) => a.origin - b.origin);
  if (past.length === 0) return 0;
  let covered = 0;
  let until = Number.NEGATIVE_INFINITY;
  let length = 0;
  for (const { origin, end } of sorted) {
    covered += Math.max(0, end - Math.max(origin, until));
    until = Math.max(until, end);
    length = Math.max(length, end - origin);
  }
  return Math.max(1, Math.min(past.length, covered / length));
}
