import { type DayTypes, dayEffects, type WholeDays } from './days.ts';
import { readValues, type Values } from './history.ts';
import { entry } from './linear.ts';
import { type Expectation, ordinary } from './ordinary.ts';
import { multiplier } from './quantiles.ts';
import { isFine, seasonsOf } from './seasons.ts';

export interface Forecast {
  mean: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
}

export interface Band {
  level: number;
  lower: Float64Array;
  upper: Float64Array;
}

/** One forecast with a band for each level asked for, in that order; a higher level's band holds a lower one's. */
export interface BandedForecast {
  mean: Float64Array;
  bands: Band[];
}

interface Request {
  /** Steps ahead, from the one after the last of the values. */
  horizon: number;
  /** Steps after which the series resembles itself: `[24, 168]` for hours, `[7, 365]` for days. */
  seasons: readonly number[];
  /** Types of day over the values and the horizon after them, one label a step (see `days.ts`). */
  dayTypes?: DayTypes | undefined;
  /** What a longer series by day, of the same or of a larger unit, knows of days that this one has no example of. */
  wholeDays?: WholeDays | undefined;
}

export interface ForecastOptions extends Request {
  /** Share of the truth that the band is to hold, as 0.95. */
  level: number;
}

export interface BandsOptions extends Request {
  /** Shares of the truth that the bands are to hold, as `[0.5, 0.8, 0.95]`. */
  levels: readonly number[];
}

/**
 * Forecasts a series of counts. `values` are equally spaced, oldest first; anything that is not a finite number is a gap. The
 * same input gives the same output; nothing is ever negative or NaN. Without one known value the band is zero to Infinity;
 * `tryForecast` says instead why there is no honest answer.
 *
 * The form `forecast(values, horizon, seasons, level)` is for scoring on any set of series: call it with the known part of each,
 * compare `mean` with what came after (sMAPE, MASE) and `lower` and `upper` at `level` (coverage, MSIS), all in `score`.
 * `npm run bench -- forecast --folder DIR` does so for a folder in the M4 competition's CSV layout.
 */
export function forecast(values: Values, options: ForecastOptions): Forecast;
export function forecast(values: Values, horizon: number, seasons: readonly number[], level: number): Forecast;
export function forecast(
  values: Values,
  first: ForecastOptions | number,
  seasons: readonly number[] = [],
  level = 0.95,
): Forecast {
  const options = typeof first === 'number' ? { horizon: first, seasons, level } : first;
  return forecastOf(expectation(values, options), options.level);
}

/** As `forecast`, with bands of several levels at the cost of one. */
export function forecastBands(values: Values, options: BandsOptions): BandedForecast {
  return bandsOf(expectation(values, options), options.levels);
}

/** What a reader should know beside the band, which is wider for it. */
export type Caution =
  /** Fewer than two long seasons: the week is not known, or hardly. */
  | { code: 'short-history'; known: number }
  /** Steps between the last known value and the first one forecast. */
  | { code: 'late'; missing: number }
  | { code: 'gaps'; share: number }
  /** A type of day in the horizon of which the history holds no example. */
  | { code: 'unseen-day-type'; label: string };

export interface ForecastRefusal {
  /** `not-enough-history`: too few known values; `too-old`: known values end long before; `mostly-gaps`: hardly any is known. */
  reason: 'not-enough-history' | 'too-old' | 'mostly-gaps' | 'bad-request';
  /** One sentence for people, in English. */
  detail: string;
}

export type ForecastOutcome<Made = Forecast> =
  | { ok: true; forecast: Made; cautions: Caution[] }
  | ({ ok: false } & ForecastRefusal);

/** A day of hours, or this many steps of a coarser series. */
const FEWEST = 4;
/** Seasons without a value after which the present is not known any more. */
const STALE = 28;
const FEWEST_SHARE = 0.2;

/** As `forecast`, but refuses where history carries none, and says what makes the band wide. */
export function tryForecast(values: Values, options: ForecastOptions): ForecastOutcome {
  return attempt(values, options, [options.level], (made) => forecastOf(made, options.level));
}

/** As `forecastBands`, with the refusals and cautions of `tryForecast`. */
export function tryForecastBands(values: Values, options: BandsOptions): ForecastOutcome<BandedForecast> {
  return attempt(values, options, options.levels, (made) => bandsOf(made, options.levels));
}

function attempt<Made>(
  values: Values,
  request: Request,
  levels: readonly number[],
  finish: (made: Expectation) => Made,
): ForecastOutcome<Made> {
  const { horizon, seasons, dayTypes } = request;
  const refuse = (reason: ForecastRefusal['reason'], detail: string): ForecastOutcome<Made> => ({
    ok: false,
    reason,
    detail,
  });
  if (!Number.isInteger(horizon) || horizon < 1)
    return refuse('bad-request', 'The horizon is a whole number from 1 on.');
  if (!levels.every((level) => level > 0 && level < 1)) return refuse('bad-request', 'The level is between 0 and 1.');
  if (dayTypes && dayTypes.length < values.length + horizon) {
    return refuse('bad-request', 'Day types are missing: one is needed for each value and each step ahead.');
  }
  const read = readValues(values);
  const { season, long } = seasonsOf(seasons);
  const known = read.filter((value) => !Number.isNaN(value)).length;
  const fewest = isFine(season) ? season : FEWEST;
  if (known < fewest) return refuse('not-enough-history', `${known} values are known; ${fewest} are needed.`);
  const last = read.findLastIndex((value) => !Number.isNaN(value));
  const missing = read.length - 1 - last;
  if (missing > STALE * season) return refuse('too-old', `The last ${missing} steps are not known.`);
  const first = read.findIndex((value) => !Number.isNaN(value));
  const share = known / (last + 1 - first);
  if (share < FEWEST_SHARE) {
    return refuse('mostly-gaps', `${Math.round(100 * share)} % of the steps since the first are known.`);
  }
  const made = expectation(values, request);
  const cautions: Caution[] = made.unseen.map((label) => ({ code: 'unseen-day-type', label }));
  if (known < 2 * Math.max(long, season)) cautions.push({ code: 'short-history', known });
  if (missing > 0) cautions.push({ code: 'late', missing });
  if (share < 1) cautions.push({ code: 'gaps', share: 1 - share });
  return { ok: true, forecast: finish(made), cautions };
}

function expectation(values: Values, request: Request): Expectation & { unseen: string[] } {
  const { dayTypes, wholeDays } = request;
  const horizon = Math.max(0, Math.floor(request.horizon)) || 0;
  const read = readValues(values);
  const seasons = seasonsOf(request.seasons);
  if (!dayTypes) return { ...ordinary(read, horizon, seasons), unseen: [] };
  const { ordinary: history, factors, doubts, unseen } = dayEffects(read, dayTypes, seasons.season, horizon, wholeDays);
  const plain = ordinary(history, horizon, seasons);
  const mean = plain.mean.map((value, j) => value * entry(factors, j));
  const errors = plain.errors.map((error, j) => {
    const factor = entry(factors, j);
    // Fewer events scatter by the root, more of them in proportion.
    return Math.hypot(error * Math.max(factor, Math.sqrt(factor)), entry(doubts, j) * entry(mean, j));
  });
  return { mean, errors, unseen };
}

function bandOf({ mean, errors }: Expectation, level: number): Band {
  const width = multiplier(level);
  // An error of unknown size stays unknown, even for a level of 0.
  const half = errors.map((error) => (error === Number.POSITIVE_INFINITY ? error : width * error));
  return {
    level,
    lower: mean.map((value, j) => Math.max(0, value - entry(half, j))),
    upper: mean.map((value, j) => value + entry(half, j)),
  };
}

function forecastOf(made: Expectation, level: number): Forecast {
  const { lower, upper } = bandOf(made, level);
  return { mean: made.mean, lower, upper };
}

const bandsOf = (made: Expectation, levels: readonly number[]): BandedForecast => ({
  mean: made.mean,
  bands: levels.map((level) => bandOf(made, level)),
});
