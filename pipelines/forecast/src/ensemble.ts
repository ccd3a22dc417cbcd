/** Puts members together by how they did in the past, and reads the band from how the whole did. */
import { entry } from './linear.ts';
import { MEDIAN_TO_DEVIATION, medianOf } from './robust.ts';
import { isFine } from './seasons.ts';

/** Paths of one member, one an origin; the last origin is the present. */
export type MemberPaths = Float64Array[];

export interface Past {
  values: Float64Array;
  /** 0 where a value was filled: no error is measured there. */
  known: Float64Array;
  /** Ascending counts of known values; the last is the present. */
  origins: readonly number[];
  horizon: number;
}

/** How steeply a member's past error counts against it, and the share of weight cut off at each end of every step. */
const STEEPNESS = 1.5;
const TRIM = 0.3;

/** Seasons ahead after which a member is judged anew, by how it did that far ahead: who is good for a week may not be for a year. */
const STRETCHES = [8, 24] as const;

/** Paths of the ensemble, one an origin: trimmed means weighted by the inverse of each member's past error. */
export function combine(members: readonly MemberPaths[], past: Past, season: number): Float64Array[] {
  const { origins, horizon } = past;
  const bounds = [...STRETCHES.map((seasons) => seasons * season).filter((step) => step < horizon), horizon];
  let shares: Float64Array = new Float64Array(members.length).fill(1 / members.length);
  const sharesOf = bounds.map((to, at) => {
    shares = sharesBy(members, past, bounds[at - 1] ?? 0, to) ?? shares;
    return shares;
  });
  const count = members.length;
  const values = new Float64Array(count);
  const order = new Int32Array(count);
  return origins.map((_, at) => {
    const paths = members.map((member) => member[at] as Float64Array);
    const path = new Float64Array(horizon);
    let stretch = 0;
    for (let j = 0; j < horizon; j++) {
      if (j === bounds[stretch]) stretch++;
      const shares = sharesOf[stretch] as Float64Array;
      for (let m = 0; m < count; m++) {
        const value = (paths[m] as Float64Array)[j] as number;
        let place = m;
        while (place > 0 && (values[place - 1] as number) > value) {
          values[place] = values[place - 1] as number;
          order[place] = order[place - 1] as number;
          place--;
        }
        values[place] = value;
        order[place] = m;
      }
      let passed = 0;
      let sum = 0;
      let weight = 0;
      for (let place = 0; place < count; place++) {
        const share = shares[order[place] as number] as number;
        const inside = Math.min(passed + share, 1 - TRIM) - Math.max(passed, TRIM);
        if (inside > 0) {
          sum += inside * (values[place] as number);
          weight += inside;
        }
        passed += share;
      }
      path[j] = sum / weight;
    }
    return path;
  });
}

/** Each member's share of the weight at steps `from` to `to`; undefined where no trial reached them. */
function sharesBy(members: readonly MemberPaths[], past: Past, from: number, to: number): Float64Array | undefined {
  const errors = members.map((member) => pastError(member, past, from, to));
  const least = Math.min(...errors);
  if (!Number.isFinite(least)) return undefined;
  const weights = errors.map((error) => (error > 0 ? (least / error) ** STEEPNESS : 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(weights, (weight) => (total > 0 ? weight / total : 1 / members.length));
}

/** Square of the mean root of absolute errors: one bad day says little about a member. NaN-free; Infinity where nothing is known. */
function pastError(member: MemberPaths, { values, known, origins }: Past, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < origins.length - 1; at++) {
    const origin = entry(origins, at);
    const path = member[at] as Float64Array;
    const reach = Math.min(to, values.length - origin);
    for (let j = from; j < reach; j++) {
      if ((known[origin + j] as number) === 0) continue;
      sum += Math.sqrt(Math.abs((path[j] as number) - (values[origin + j] as number)));
      count++;
    }
  }
  return count > 0 ? (sum / count) ** 2 : Number.POSITIVE_INFINITY;
}

/** A season was misjudged that missed by this many times what is usual, and at least by this much (of a logarithm). */
const UNUSUAL = 4;
const NOTICEABLE = 0.2;
/** Earlier trials that are needed to know what is usual. */
const USUAL_TRIALS = 4;
/** Share of the latest day's miss that is always carried on, and the largest miss (of a logarithm) that is. */
const CARRIED = 0.12;
const FURTHEST_CARRIED = 0.2;

/**
 * What the present path is still to be multiplied by after what the latest seasons showed: a small share of the latest day's
 * miss, or, where the two latest seasons were both missed unusually far in one direction, a shift of level: what is left of the
 * miss after it shrank from the last but one season to the last. Paths shorter than a season show neither.
 */
export function shiftLeft(
  paths: readonly Float64Array[],
  { values, known, origins, horizon }: Past,
  season: number,
): number {
  if (horizon < season) return 1;
  const misses: number[] = [];
  for (let at = 0; at < origins.length - 1; at++) {
    const origin = entry(origins, at);
    const path = paths[at] as Float64Array;
    let held = 0;
    let expected = 0;
    for (let j = 0; j < season; j++) {
      if (entry(known, origin + j) === 0) continue;
      held += entry(values, origin + j);
      expected += entry(path, j);
    }
    misses.push(held > 0 && expected > 0 ? Math.log(held / expected) : 0);
  }
  const latest = misses.pop();
  const before = misses.pop();
  if (latest === undefined || before === undefined || misses.length < USUAL_TRIALS) return 1;
  const share = isFine(season) ? CARRIED : 0;
  const carried = Math.exp(share * Math.max(-FURTHEST_CARRIED, Math.min(FURTHEST_CARRIED, latest)));
  if (latest * before <= 0) return carried;
  const usual = Math.max(NOTICEABLE, UNUSUAL * MEDIAN_TO_DEVIATION * medianOf(Float64Array.from(misses, Math.abs)));
  if (Math.min(Math.abs(latest), Math.abs(before)) <= usual) return carried;
  return Math.exp(latest * Math.min(1, latest / before));
}

/** What an error one origin further back weighs, steps pooled on each side, and the share of a forecast that softens relative errors. */
const FADING = 0.92;
const POOLED = 3;
const SOFT = 0.1;
/** Where few origins reach a step, it leans with this weight on the squared error one season earlier, grown by this at most. */
const LEANING = 1;
const GROWTH = 1.5;
/** Beyond twice so many seasons it leans the more, the fewer trials of that length a history can hold. */
const FAR = 4;

/**
 * Typical size of the ensemble's error at each step ahead: half from absolute errors, half from errors relative to the forecast,
 * each the root mean square over past origins, neighbouring steps pooled. `wander` is the variance that a season adds, relative to
 * the level; beyond what trials reach, errors grow by no more than that.
 */
export function errorSizes(
  paths: readonly Float64Array[],
  past: Past,
  season: number,
  wander = Number.POSITIVE_INFINITY,
): Float64Array {
  const { values, known, origins, horizon } = past;
  const present = paths.at(-1) as Float64Array;
  const floor = present.reduce((sum, value) => sum + value, 0) / horizon;
  const absolute = new Float64Array(horizon);
  const relative = new Float64Array(horizon);
  const weights = new Float64Array(horizon);
  /** What the next trial that reaches a step weighs: far ahead only old ones do, and they are all that is known. */
  const next = Float64Array.from(
    { length: horizon },
    (_, j) => FADING ** (1 + Math.min(STRETCHES[0], Math.floor(j / season))),
  );
  for (let at = origins.length - 2; at >= 0; at--) {
    const origin = entry(origins, at);
    const path = paths[at] as Float64Array;
    const reach = Math.min(horizon, values.length - origin);
    for (let j = 0; j < reach; j++) {
      const weight = next[j] as number;
      next[j] = weight * FADING;
      if ((known[origin + j] as number) === 0) continue;
      const error = (values[origin + j] as number) - (path[j] as number);
      const scale = (path[j] as number) + SOFT * floor;
      absolute[j] = (absolute[j] as number) + weight * error * error;
      relative[j] = (relative[j] as number) + (scale > 0 ? (weight * error * error) / (scale * scale) : 0);
      weights[j] = (weights[j] as number) + weight;
    }
  }
  const pooledAbsolute = pool(absolute, weights, season, floor > 0 ? wander * floor * floor : wander);
  const pooledRelative = pool(relative, weights, season, wander);
  return present.map(
    (value, j) => 0.5 * entry(pooledAbsolute, j) + 0.5 * entry(pooledRelative, j) * (value + SOFT * floor),
  );
}

/** What one season more makes of a squared error, if the level wanders as freely as it can. */
const grown = (square: number, seasons: number): number => square * Math.min(GROWTH, (seasons + 1) / seasons);

function pool(sums: Float64Array, weights: Float64Array, season: number, wander: number): Float64Array {
  const horizon = sums.length;
  const means = new Float64Array(horizon);
  for (let j = 0; j < horizon; j++) {
    let sum = entry(sums, j);
    let weight = entry(weights, j);
    if (j >= season) {
      const before = entry(means, j - season);
      const leaning = LEANING * Math.max(1, j / season / FAR - 1);
      sum += leaning * Math.min(grown(before, Math.floor(j / season)), before + wander);
      weight += leaning;
    }
    means[j] = weight > 0 ? sum / weight : j > 0 ? entry(means, j - 1) : 0;
  }
  return means.map((_, j) => {
    let sum = 0;
    let total = 0;
    for (let d = Math.max(-POOLED, -j); d <= POOLED && j + d < horizon; d++) {
      const weight = 1 - Math.abs(d) / (POOLED + 1);
      sum += weight * entry(means, j + d);
      total += weight;
    }
    return Math.sqrt(sum / total);
  });
}

/** What is to come wanders further than what was: its level is not in the mean of levels. */
const FURTHER = 2;
/** Share of the history over which two levels are compared, and seasons that are needed for it. */
const COMPARED = 1 / 3;
const FEWEST_LEVELS = 8;

/**
 * How far the level wanders: the variance that each season between two levels adds, relative to the level. Levels are means of
 * seasons; what they differ by one season apart is chance, and only what further ones differ by on top is wandering. Infinity where
 * too few are known.
 */
export function wanderOf({ values, known }: Pick<Past, 'values' | 'known'>, season: number): number {
  const levels: number[] = [];
  for (let end = values.length; end >= season; end -= season) {
    let held = 0;
    let count = 0;
    for (let t = end - season; t < end; t++) {
      held += entry(known, t) * entry(values, t);
      count += entry(known, t);
    }
    levels.push(2 * count >= season ? held / count : Number.NaN);
  }
  const usual = levels.filter((level) => !Number.isNaN(level));
  const mean = usual.reduce((sum, level) => sum + level, 0) / usual.length;
  if (usual.length < FEWEST_LEVELS || !(mean > 0)) return Number.POSITIVE_INFINITY;
  const furthest = Math.floor(COMPARED * levels.length);
  let [weights, lags, squares, cross, square] = [0, 0, 0, 0, 0];
  for (let lag = 1; lag <= furthest; lag++) {
    let sum = 0;
    let count = 0;
    for (let at = 0; at + lag < levels.length; at++) {
      const difference = (levels[at] as number) - (levels[at + lag] as number);
      if (Number.isNaN(difference)) continue;
      sum += difference * difference;
      count++;
    }
    if (count === 0) continue;
    const variance = sum / count;
    weights += count;
    lags += count * lag;
    squares += count * variance;
    cross += count * lag * variance;
    square += count * lag * lag;
  }
  const spread = square - (lags * lags) / weights;
  return spread > 0 ? (FURTHER * Math.max(0, (cross - (lags * squares) / weights) / spread)) / (mean * mean) : 0;
}
