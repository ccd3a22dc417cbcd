/** The national series of a refresh: what each metric held and is to hold, by hour and by day, and where its periods will end. Pure. */
import {
  addDays,
  daysBetween,
  HORIZONS,
  type Horizon,
  type Metric,
  type NoForecast,
  type Projection,
  perMetric,
} from '@room/contract';
import {
  dayEffects,
  deviationOfAll,
  doubtOfDeparture,
  type PastTotal,
  type BandedForecast as Path,
  type WholeDays,
} from '@room/forecast';
import type { Calendar } from './calendar.ts';
import type { Grids } from './grids.ts';
import { foresee, widened } from './predict.ts';
import type { History } from './series.ts';
import { type Backtests, monthOf, pastDays, pastStretches, project, type Stretch, shown, yearOf } from './totals.ts';

export const HOURS_AHEAD = 48;
const HOURS_A_DAY = 24;
const DAYS_A_WEEK = 7;
/** Shortest horizon of days: at the year's end the next weeks matter too. */
const LEAST_DAYS_AHEAD = 40;
/** Days of history from which on the bands of days know how far their level wanders. */
const WANDERING_KNOWN = 8 * DAYS_A_WEEK;

export interface Scene {
  calendar: Calendar;
  grids: Grids;
  hours: History;
  days: History;
  backtests: Backtests;
}

/** Days from today on that daily forecasts reach. */
export function daysAhead(today: string, furthest: string = yearOf(today).to): number {
  return Math.max(LEAST_DAYS_AHEAD, daysBetween(today, furthest) + 1);
}

/** One series of counts of the nation, a metric or a sum of some. */
export class NationalSeries {
  readonly #scene: Scene;
  readonly #name: string;
  readonly #hourly: Float64Array;
  /** Whole days with gaps, and as they were counted. */
  readonly daily: Float64Array;
  readonly #countedDaily: Float64Array;
  readonly countedToday: number;
  readonly byHour: Path | NoForecast;
  readonly byDay: Path | NoForecast;
  /** What earlier days of today's type, and of others, held. */
  readonly wholeDays: WholeDays;
  /** What the types of the days from today on leave open, as shares of each. */
  readonly #doubts: Float64Array;
  readonly #departure: number;
  /** What is left of today. */
  readonly restOfToday: number;

  constructor(scene: Scene, metrics: readonly Metric[], furthest: string) {
    const { grids, calendar, hours, days } = scene;
    this.#scene = scene;
    this.#name = metrics.join('+');
    const added = (history: History, of: 'values' | 'counted'): Float64Array =>
      metrics
        .map((metric) => history[of]('all', '', metric))
        .reduce((sum, values) => sum.map((value, t) => value + (values[t] as number)));
    const hourly = added(hours, 'values');
    this.#hourly = hourly;
    this.daily = added(days, 'values');
    this.#countedDaily = added(days, 'counted');
    const known = grids.hours.known;
    const sinceMidnight = this.#sinceMidnight();
    this.countedToday = total(added(hours, 'counted'), known - sinceMidnight, known);

    const reach = daysAhead(grids.today, furthest);
    const dayLabels = calendar.dayLabels(grids.days.first, grids.days.known + reach);
    // Hours reach back a season of the year: most holidays are known from the days only.
    const { seen, doubts } = dayEffects(this.daily, dayLabels, DAYS_A_WEEK, reach);
    this.wholeDays = seen;
    this.#doubts = doubts;
    const ahead = Math.max(HOURS_AHEAD, HOURS_A_DAY - sinceMidnight);
    const hourlyMade = foresee(hourly, 'hour', calendar.hourLabels(grids.hours.start, known + ahead), ahead, seen);
    const left = HOURS_A_DAY - sinceMidnight;
    this.#departure = hourlyMade.ok ? this.#departureFrom(hourlyMade.path.mean.subarray(0, left)) : 0;
    this.byHour = hourlyMade.ok ? widened(hourlyMade.path, this.#departure, left) : hourlyMade.why;
    const dailyMade = foresee(this.daily, 'day', dayLabels, reach);
    this.byDay = dailyMade.ok ? dailyMade.path : dailyMade.why;
    this.restOfToday = isPath(this.byHour)
      ? total(this.byHour.mean, 0, left)
      : isPath(this.byDay)
        ? Math.max(0, (this.byDay.mean[0] ?? 0) - this.countedToday)
        : 0;
  }

  #sinceMidnight(): number {
    const { hours, midnight } = this.#scene.grids;
    return hours.known - Math.round((midnight - hours.start) / hours.step);
  }

  /** Today, hour by hour. */
  today(): Stretch | NoForecast {
    const { grids, calendar } = this.#scene;
    if (!isPath(this.byHour)) return this.byHour;
    const remaining = HOURS_A_DAY - this.#sinceMidnight();
    const labels = calendar.hourLabels(grids.hours.start, grids.hours.known);
    return {
      from: grids.today,
      to: grids.today,
      counted: this.countedToday,
      remaining: this.byHour.mean.subarray(0, remaining),
      past: pastDays(this.#hourly, labels, remaining, HOURS_A_DAY),
      doubt: Math.hypot(this.#doubts[0] ?? 0, this.#departure),
    };
  }

  /** What today leaves open as it is not what was foreseen at midnight. */
  #departureFrom(rest: Float64Array): number {
    const { grids, calendar } = this.#scene;
    const hourly = this.#hourly;
    const midnight = hourly.length - this.#sinceMidnight();
    const labels = calendar.hourLabels(grids.hours.start, midnight + HOURS_A_DAY);
    const made = foresee(hourly.subarray(0, midnight), 'hour', labels, HOURS_A_DAY, this.wholeDays);
    const widest = made.ok ? made.path.bands.at(-1) : undefined;
    if (!made.ok || widest === undefined) return 0;
    const foreseen = { mean: made.path.mean, lower: widest.lower, upper: widest.upper };
    return doubtOfDeparture({ foreseen, level: widest.level, held: hourly.subarray(midnight), remaining: rest });
  }

  /** Local days `from` .. `to`, today among them. */
  stretch(from: string, to: string): Stretch | NoForecast {
    const { grids, calendar, backtests } = this.#scene;
    const { today, days } = grids;
    if (!isPath(this.byDay)) return this.byDay;
    const firstKnown = this.daily.findIndex((value) => !Number.isNaN(value));
    const firstDay = addDays(days.first, Math.max(0, firstKnown));
    const start = from > firstDay ? from : firstDay;
    const remaining = daysBetween(today, to) + 1;
    const before = total(this.#countedDaily, daysBetween(days.first, start), days.known);
    const path = Array.from(this.byDay.mean.subarray(0, remaining));
    path[0] = this.restOfToday;
    const key = `${this.#name} ${to}`;
    let past: PastTotal[] | undefined = backtests.past[key];
    if (past === undefined) {
      past = pastStretches(this.daily, calendar.dayLabels(days.first, days.known), remaining);
      backtests.past[key] = past;
    }
    // Days of a feast are alike more or less than the last one was all together.
    const rest = total(path, 0, remaining);
    const open = path.reduce((sum, expected, n) => sum + expected * (this.#doubts[n] ?? 0), 0);
    const doubt = rest > 0 ? open / rest : 0;
    const furthest = days.known - firstKnown >= WANDERING_KNOWN ? this.#furthest(this.byDay, remaining) : undefined;
    return { from: start, to, counted: before + this.countedToday, remaining: path, past, doubt, furthest };
  }

  /** Deviation of what is left of today and the days after it, if all of them err as far as their bands allow. */
  #furthest({ mean, bands }: Path, days: number): number | undefined {
    const widest = bands.at(-1);
    if (widest === undefined) return undefined;
    const of = (from: number, to: number): number =>
      deviationOfAll(mean.subarray(from, to), widest.upper.subarray(from, to), widest.level);
    const whole = mean[0] ?? 0;
    return (whole > 0 ? Math.min(1, this.restOfToday / whole) : 1) * of(0, 1) + of(1, days);
  }
}

export const isPath = (made: Path | NoForecast): made is Path => 'mean' in made;
export const isStretch = (made: Stretch | NoForecast): made is Stretch => 'remaining' in made;

export const nationalSeries = (scene: Scene, furthest: string): Record<Metric, NationalSeries> =>
  perMetric((metric) => new NationalSeries(scene, [metric], furthest));

/** Where today, this month and this year will end. */
export function projectionsOf(series: NationalSeries, today: string): Record<Horizon, Projection | NoForecast> {
  const stretches: Record<Horizon, Stretch | NoForecast> = {
    day: series.today(),
    month: series.stretch(monthOf(today).from, monthOf(today).to),
    year: series.stretch(yearOf(today).from, yearOf(today).to),
  };
  return Object.fromEntries(
    HORIZONS.map((horizon) => {
      const stretch = stretches[horizon];
      return [horizon, isStretch(stretch) ? shown(stretch, project(stretch)) : stretch];
    }),
  ) as Record<Horizon, Projection | NoForecast>;
}

const total = (values: ArrayLike<number>, from: number, to: number): number => {
  let sum = 0;
  for (let t = Math.max(0, from); t < to; t++) sum += values[t] ?? 0;
  return sum;
};
