/** For slow series: a multiplicative profile of the season that fades, a smoothed level with half its trend, and last year's course. */
import { entry } from './linear.ts';
import { medianOf } from './robust.ts';

const LEVEL_GRID = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5];
/** Steps of the season over which the trend is read, and the share of it that is carried on, fading. */
const TREND_SEASONS = 26;
const TREND_SHARE = 0.5;
const TREND_KEPT = 0.98;
/** A ratio further from its slot than this is an exception of the day and teaches only this much. */
const FURTHEST_RATIO = 2.5;

/** Theta on the series divided by its fading seasonal profile. `halfLife` in steps. */
export function thetaPaths(
  values: Float64Array,
  known: Float64Array,
  season: number,
  halfLife: number,
  origins: readonly number[],
  horizon: number,
): Float64Array[] {
  const fading = 0.5 ** (1 / halfLife);
  return origins.map((origin) => {
    const profile = fadingProfile(values, known, season, fading, origin);
    const flat = new Float64Array(origin);
    for (let t = 0; t < origin; t++) flat[t] = entry(values, t) / Math.max(entry(profile, t % season), 1e-6);
    const level = smoothedLevel(flat, known, origin, 2 * season);
    const slope = trendOf(flat, known, Math.max(0, origin - TREND_SEASONS * season), origin);
    let drift = 0;
    let step = TREND_SHARE * slope;
    return Float64Array.from({ length: horizon }, (_, j) => {
      drift += step;
      step *= TREND_KEPT;
      return Math.max(0, (level + drift) * entry(profile, (origin + j) % season));
    });
  });
}

/** Slot ratios to the centred level of one season, faded backwards from `origin`; mean 1. */
function fadingProfile(
  values: Float64Array,
  known: Float64Array,
  season: number,
  fading: number,
  origin: number,
): Float64Array {
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  const half = season >> 1;
  let window = 0;
  let centre = -1;
  for (let t = half; t + half < origin; t++) {
    if (centre < 0) {
      for (let u = t - half; u <= t + half; u++) window += entry(values, u);
      centre = t;
    } else {
      window += entry(values, t + half) - entry(values, t - half - 1);
    }
    if (entry(known, t) === 0 || window <= 0) continue;
    const weight = fading ** (origin - t);
    const ratio = Math.min(FURTHEST_RATIO, (entry(values, t) * (2 * half + 1)) / window);
    sums[t % season] = entry(sums, t % season) + weight * ratio;
    counts[t % season] = entry(counts, t % season) + weight;
  }
  const profile = sums.map((sum, slot) => (entry(counts, slot) > 0 ? sum / entry(counts, slot) : 1));
  const mean = profile.reduce((sum, value) => sum + value, 0) / season;
  return mean > 0 ? profile.map((value) => value / mean) : profile.fill(1);
}

/** Simple exponential smoothing, its constant picked by absolute errors `ahead` steps on, each error limited to what is usual. */
function smoothedLevel(flat: Float64Array, known: Float64Array, origin: number, ahead: number): number {
  let best = Number.POSITIVE_INFINITY;
  let chosen = 0;
  const start = Math.min(origin, ahead);
  let first = 0;
  for (let t = 0; t < start; t++) first += entry(flat, t) / start;
  for (const constant of LEVEL_GRID) {
    let level = first;
    let loss = 0;
    let spread = Math.abs(first) * 0.2 + 1e-9;
    for (let t = 0; t < origin; t++) {
      if (entry(known, t) === 0) continue;
      const error = entry(flat, t) - level;
      if (t >= start) {
        let later = 0;
        let count = 0;
        for (let u = t; u < Math.min(origin, t + ahead); u++, count++) later += entry(flat, u);
        loss += Math.abs(later / count - level);
      }
      const limit = 3 * spread;
      spread += 0.05 * (Math.min(Math.abs(error), limit) - spread);
      level += constant * Math.max(-limit, Math.min(limit, error));
    }
    if (loss < best) {
      best = loss;
      chosen = level;
    }
  }
  return chosen;
}

function trendOf(flat: Float64Array, known: Float64Array, from: number, to: number): number {
  let count = 0;
  let sumT = 0;
  let sumV = 0;
  for (let t = from; t < to; t++) {
    if (entry(known, t) === 0) continue;
    count++;
    sumT += t;
    sumV += entry(flat, t);
  }
  if (count < 4) return 0;
  let cross = 0;
  let square = 0;
  for (let t = from; t < to; t++) {
    if (entry(known, t) === 0) continue;
    cross += (t - sumT / count) * (entry(flat, t) - sumV / count);
    square += (t - sumT / count) ** 2;
  }
  return cross / square;
}

/** Weeks averaged on each side of last year's week, and the share of last year's movement that is taken over. */
const AROUND = 2;
const REPEATED = 0.8;
const FURTHEST_MOVEMENT = 2.5;

/** Moves each member's paths along with what the level did at this time last year. */
export function annualPaths(
  members: readonly Float64Array[][],
  values: Float64Array,
  season: number,
  year: number,
  origins: readonly number[],
): Float64Array[][] {
  const sums = new Float64Array(values.length + 1);
  for (let t = 0; t < values.length; t++) sums[t + 1] = entry(sums, t) + entry(values, t);
  const mean = (from: number, to: number): number => {
    const low = Math.max(0, from);
    return to > low ? (entry(sums, to) - entry(sums, low)) / (to - low) : Number.NaN;
  };
  // Whole seasons only, so that last year's days of the week fall on this year's.
  const back = Math.round(year / season) * season;
  const reach = AROUND * season;
  return members.map((paths) =>
    paths.map((path, at) => {
      const origin = entry(origins, at);
      const then = mean(origin - back - 2 * reach, origin - back);
      return path.map((value, j) => {
        const centre = origin - back + (j % back);
        const later = mean(Math.min(centre - reach, origin - 2 * reach - 1), Math.min(origin, centre + reach + 1));
        if (!(then > 0) || !(later > 0)) return value;
        return value * Math.max(1 / FURTHEST_MOVEMENT, Math.min(FURTHEST_MOVEMENT, later / then)) ** REPEATED;
      });
    }),
  );
}

/** Seasons on each side of last year's day whose weekday is averaged with it; fewer where its course is sure to come again. */
const BESIDE = 4;
const BESIDE_SURE = 1;
/** Seasons of known growth that last year needs before it is repeated, and in which a season's say in that growth halves. */
const FEWEST_GROWTH = 8;
const GROWTH_HALF_LIFE = 26;
/** The same where growth is not what it was. */
const RECENT_HALF_LIFE = 5;
/** Seasons of growth that are compared with as many before them. */
const GROWTH_BLOCK = 8;

/** What two years say of the one to come. */
export interface RepeatedYear {
  course: Float64Array;
  /** From 0 to 1: how sure it is that the level moves from here as it did last year. */
  sure: number;
}

/**
 * Last year's days, each the mean of its own weekday in the weeks around, times what has grown since. Undefined where less than eight
 * weeks are known twice. `ahead` seasons are looked at for how sure the course is.
 */
export function repeatedYear(
  values: Float64Array,
  season: number,
  year: number,
  origin: number,
  horizon: number,
  ahead: number,
): RepeatedYear | undefined {
  const back = Math.round(year / season) * season;
  if (origin < back + FEWEST_GROWTH * season) return undefined;
  const weekOf = (end: number): number => {
    let sum = 0;
    for (let t = Math.max(0, end - season); t < end; t++) sum += entry(values, t);
    return sum;
  };
  const now: number[] = [];
  for (let end = origin; end - back - season >= 0; end -= season) now.push(weekOf(end));
  const then = now.map((_, k) => weekOf(origin - back - k * season));
  const growth = growthOf(now, then);
  if (!Number.isFinite(growth)) return undefined;
  const next = Array.from({ length: ahead }, (_, k) => weekOf(origin - back + (k + 1) * season));
  const sure = sureOf(now, then, next);
  const beside = Math.round(BESIDE + sure * (BESIDE_SURE - BESIDE));
  const course = Float64Array.from({ length: horizon }, (_, j) => {
    const centre = origin - back + (j % back);
    let [sum, count] = [0, 0];
    for (let k = -beside; k <= beside; k++) {
      const t = centre + k * season;
      if (t < 0 || t >= origin) continue;
      sum += entry(values, t);
      count++;
    }
    return (sum / count) * growth;
  });
  return { course, sure };
}

/**
 * What a season is to the same one a year before, of seasons backwards from the present. The latest half year tells most, as few weeks
 * are mostly chance; the latest weeks do where they differ from it by more than eight weeks usually differ from those before them.
 */
function growthOf(now: readonly number[], then: readonly number[]): number {
  const fading = (halfLife: number): number => {
    const weigh = (all: readonly number[]): number => all.reduce((sum, it, k) => sum + 0.5 ** (k / halfLife) * it, 0);
    return weigh(now) / weigh(then);
  };
  const [usual, recent] = [fading(GROWTH_HALF_LIFE), fading(RECENT_HALF_LIFE)];
  const blocks: number[] = [];
  for (let k = 0; k + GROWTH_BLOCK <= now.length; k++) blocks.push(Math.log(sumOf(now, k) / sumOf(then, k)));
  const differences = blocks.slice(GROWTH_BLOCK).map((it, k) => Math.abs(it - (blocks[k] as number)));
  const chance = medianOf(Float64Array.from(differences));
  const found = Math.log(recent / usual);
  if (!Number.isFinite(chance) || !Number.isFinite(found) || found === 0) return usual;
  return usual * Math.exp((found * found ** 2) / (found ** 2 + chance ** 2));
}

const sumOf = (all: readonly number[], from: number): number =>
  all.slice(from, from + GROWTH_BLOCK).reduce((sum, it) => sum + it, 0);

/** Seasons before the origin that make up the level from which a course moves, and over which two years are compared. */
const LEVEL_SEASONS = 4;
const COMPARED_SEASONS = 26;
/** A course that moved so many times as far as two years differ is sure to come again; one that moved no further tells nothing. */
const DOUBTFUL = 3;
const PROVEN = 5;

/** By how much further the seasons to come moved last year from their level than the latest half year differs from the one before. */
function sureOf(now: readonly number[], then: readonly number[], next: readonly number[]): number {
  const level = Math.log(then.slice(0, LEVEL_SEASONS).reduce((sum, it) => sum + it, 0) / LEVEL_SEASONS);
  const moved = next.map((it) => Math.log(it) - level);
  const grown = now.slice(0, COMPARED_SEASONS).map((it, k) => Math.log(it / (then[k] as number)));
  if (![...moved, ...grown].every(Number.isFinite)) return 0;
  const usual = medianOf(Float64Array.from(grown));
  const size = (of: readonly number[]): number => medianOf(Float64Array.from(of, Math.abs));
  const ratio = size(moved) / size(grown.map((it) => it - usual));
  return Math.max(0, Math.min(1, (ratio - DOUBTFUL) / (PROVEN - DOUBTFUL))) || 0;
}
