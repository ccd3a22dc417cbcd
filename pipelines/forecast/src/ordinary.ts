/** Forecasts in which every day is an ordinary one: how much history is used, which past is tried, and how wide the band is. */
import { closedFrom, withoutClosures } from './closed.ts';
import { combine, errorSizes, type Past, shiftLeft, wanderOf } from './ensemble.ts';
import { dropWild, type Filled, fillGaps } from './history.ts';
import { entry } from './linear.ts';
import { annualFrom, membersOf } from './members.ts';
import { multiplier } from './quantiles.ts';
import { isFine, type Seasons } from './seasons.ts';
import { type RepeatedYear, repeatedYear } from './theta.ts';

/** What is expected, and the typical size of its error at each step: `multiplier` says how many of them a band takes. */
export interface Expectation {
  mean: Float64Array;
  errors: Float64Array;
}

/** Cycles of history that are used where a day has a shape, and steps where it has none: more costs time and teaches little. */
const FINE_CYCLES = 8;
const FINE_SEASONS = 60;
const COARSE_STEPS = 1100;
/** Origins tried beyond those that the horizon needs, one a season. */
const TRIALS = 12;
/** Trials beyond those know at least this share of the history: who knows little errs in a way of his own far ahead. */
const KNOWN_TO_TRIALS = 0.5;
/** Seasons beyond a long cycle that are needed before it can be learned. */
const LEARNING = 5;

/** Forecasts `horizon` steps after the last of `values` (gaps as NaN), every day taken as ordinary. */
export function ordinary(values: Float64Array, horizon: number, seasons: Seasons): Expectation {
  const first = values.findIndex((value) => !Number.isNaN(value));
  // Nothing is known: anything from zero on.
  if (first < 0)
    return { mean: new Float64Array(horizon), errors: new Float64Array(horizon).fill(Number.POSITIVE_INFINITY) };
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  const { season, year } = seasons;
  const week = seasons.long || season;
  const closed = closedFrom(values, season, week);
  if (closed !== undefined) return reopening(values, closed, horizon, seasons);
  const long = last + 1 - first >= seasons.long + LEARNING * season ? seasons.long : 0;
  const cycle = long || season;
  const kept = !isFine(season) ? COARSE_STEPS : long > 0 ? FINE_CYCLES * long : FINE_SEASONS * season;
  const from = Math.max(first, last + 1 - kept);
  // What lies between the last known value and the first step asked for is forecast too, and left out.
  const missing = values.length - 1 - last;
  const reach = horizon + missing;
  const recent = dropWild(withoutClosures(values, season, week).subarray(from, last + 1), season, cycle);
  const history = fillGaps(recent, season, cycle);
  const { mean, errors } =
    recent.length < 2 * season || recent.length < 8
      ? brief(recent, history, reach, season)
      : backtested(history, reach, { season, long, year }, seasons.long > 0 && long === 0);
  return { mean: mean.subarray(missing), errors: errors.subarray(missing) };
}

/** What is closed stays so, but the band of this level holds that it opens again as it was. */
const REOPENS = 0.95;

function reopening(values: Float64Array, closed: number, horizon: number, seasons: Seasons): Expectation {
  const open = ordinary(
    values.map((value, t) => (t >= closed ? Number.NaN : value)),
    horizon,
    seasons,
  );
  return { mean: new Float64Array(horizon), errors: open.mean.map((value) => value / multiplier(REOPENS)) };
}

/** A week that was never seen can hold more than the backtest of a few days shows. */
const UNSEEN_CYCLE = 1.3;
/** How much wider a band must be that rests on few trials, and where each of them forecasts days. */
const FEW_TRIALS = 1.2;
const FEW_TRIALS_OF_DAYS = 0.5;

function backtested(history: Filled, horizon: number, seasons: Seasons, unseen: boolean): Expectation {
  const n = history.values.length;
  const { season } = seasons;
  const trials = trialsOf(n, horizon, seasons);
  const origins = Array.from({ length: trials + 1 }, (_, i) => n - (trials - i) * season);
  const past: Past = { ...history, origins, horizon };
  const present = combine(membersOf({ history, ...seasons, origins, horizon }), past, season);
  const isFar = seasons.year > 0 && horizon > PRESENT * season;
  const years = origins.map((origin) =>
    isFar ? repeatedYear(history.values, season, seasons.year, origin, horizon, LAST_YEAR) : undefined,
  );
  const paths = present.map((path, at) => withLastYear(path, years[at], season));
  // Two days of rest look like a new level to whom the week is not known yet.
  const left = unseen ? 1 : shiftLeft(paths, past, season);
  const shifted = (present.at(-1) as Float64Array).map((value) => left * value);
  const year = years.at(-1);
  // A course that is sure to come again knows of this time of year what looks like a new level.
  const course = year && { ...year, course: year.course.map((value) => left ** (1 - year.sure) * value) };
  const mean = withLastYear(shifted, course, season);
  const few = isFine(season) ? FEW_TRIALS : FEW_TRIALS_OF_DAYS;
  const widening = (1 + few / Math.max(1, trials)) * (unseen ? UNSEEN_CYCLE : 1);
  const wander = isFine(season) ? undefined : wanderOf(history, season);
  return { mean, errors: errorSizes(paths, past, season, wander).map((size) => widening * size) };
}

/** Seasons ahead up to which the present tells more than last year, and from which on last year tells all. */
const PRESENT = 8;
const LAST_YEAR = 24;

/** A path that passes over into last year's course, where that is known: at once where it is sure to come again. */
function withLastYear(path: Float64Array, year: RepeatedYear | undefined, season: number): Float64Array {
  if (year === undefined) return path;
  const { course, sure } = year;
  return path.map((value, j) => {
    const share = Math.max(sure, Math.min(1, (j / season - PRESENT) / (LAST_YEAR - PRESENT)));
    return (1 - share) * value + share * entry(course, j);
  });
}

/** How many earlier origins are tried, one a season. */
function trialsOf(n: number, horizon: number, { season, year }: Seasons): number {
  const since = (origin: number): number => Math.floor((n - origin) / season);
  const wanted = Math.min(Math.ceil(horizon / season) + TRIALS, since(Math.max(season, 4)));
  if (isFine(season)) return Math.max(0, wanted);
  // Far ahead last year's course tells most; it is worth fewer trials.
  const annual = year > 0 && since(annualFrom(year, season)) >= TRIALS ? annualFrom(year, season) : 0;
  const knowing = since(Math.max(KNOWN_TO_TRIALS * n, annual));
  return Math.max(0, Math.min(wanted, Math.max(TRIALS, knowing)));
}

/** Less than two seasons: the last values of each slot, and a band of what counts of this size and these steps do by themselves. */
function brief(values: Float64Array, { values: filled }: Filled, horizon: number, season: number): Expectation {
  const n = filled.length;
  const overall = filled.reduce((sum, value) => sum + value, 0) / n;
  const mean = Float64Array.from({ length: horizon }, (_, j) =>
    n >= season ? entry(filled, n - season + (j % season)) : overall,
  );
  let squares = 0;
  for (let t = 1; t < n; t++) squares += (entry(filled, t) - entry(filled, t - 1)) ** 2 / Math.max(1, n - 1);
  const known = values.filter((value) => !Number.isNaN(value)).length;
  const share = n >= season ? 0.3 : 0.6;
  const widening = 1 + FEW_TRIALS / Math.max(1, known / season);
  const errors = mean.map(
    (value) => widening * Math.sqrt(value + squares / 2 + (share * Math.max(value, overall)) ** 2),
  );
  return { mean, errors };
}
