/** Where a day, a month, a year or any other stretch of local days will end, as wide as such totals were wrong before. Pure. */
import { addDays, LEVELS, type NoForecast, type Projection as Shown } from '@room/contract';
import { backtestTotals, type PastTotal, projectTotal, type StepRange, type TotalOutcome } from '@room/forecast';
import { foresee, tenth } from './predict.ts';

/** Earlier days and earlier stretches that tell how far off such a total is. */
const DAYS_TRIED = 28;
const STRETCHES_TRIED = 26;
/** Days that must be known before the first of them. */
const LEAST_HISTORY = 21;
const WEEK = 7;

/** Paths over whole days of one daily series, and how far off their sums were: the same all day long. */
export interface Backtests {
  day: string;
  past: Record<string, PastTotal[]>;
}

/** Past days at the same hour: the rest of each, foreseen from what was known by then. */
export function pastDays(
  values: Float64Array,
  labels: readonly (string | null)[],
  remaining: number,
  perDay: number,
): PastTotal[] {
  const wholeDays = Math.floor(values.length / perDay);
  const periods: StepRange[] = [];
  for (let back = 0; back < DAYS_TRIED; back++) {
    const to = (wholeDays - back) * perDay;
    if (to - perDay < (LEAST_HISTORY / 3) * perDay) break;
    periods.push({ from: to - perDay, to });
  }
  return backtestTotals(values, periods, remaining, (history, horizon) => {
    const made = foresee(history, 'hour', labels.slice(0, history.length + horizon), horizon);
    return made.ok ? made.path.mean : undefined;
  });
}

/** Earlier stretches of `remaining` days that began on the same weekday as the one from the first unknown day on. */
export function pastStretches(
  values: Float64Array,
  labels: readonly (string | null)[],
  remaining: number,
): PastTotal[] {
  const n = values.length;
  const first = values.findIndex((value) => !Number.isNaN(value));
  const periods: StepRange[] = [];
  for (let k = Math.ceil(remaining / WEEK); first >= 0 && periods.length < STRETCHES_TRIED; k++) {
    const origin = n - k * WEEK;
    if (origin - first < LEAST_HISTORY) break;
    periods.push({ from: origin, to: origin + remaining });
  }
  return backtestTotals(values, periods, remaining, (history, horizon) => {
    const made = foresee(history, 'day', labels.slice(0, history.length + horizon), horizon);
    return made.ok ? made.path.mean : undefined;
  });
}

/** What a stretch is about: what was counted in it, and the steps that are still to come. */
export interface Stretch {
  from: string;
  to: string;
  counted: number;
  remaining: ArrayLike<number>;
  past: readonly PastTotal[];
  /** What earlier stretches do not tell, as a share of the rest: types of its days, and a day that departs. */
  doubt: number;
  /** Deviation of the rest if all its days erred as far as their bands allow; left out where those are not known. */
  furthest?: number | undefined;
}

export const project = ({ counted, remaining, past, doubt, furthest }: Omit<Stretch, 'from' | 'to'>): TotalOutcome =>
  projectTotal({ counted, remaining, past, levels: LEVELS, doubt, furthest });

/** A projection as walls show and stores keep it. */
export function shown({ from, to, counted, past }: Stretch, projection: TotalOutcome): Shown | NoForecast {
  if (!projection.ok) return { reason: 'not-enough-history', detail: projection.detail };
  return {
    from,
    to,
    counted: tenth(counted),
    mean: tenth(projection.mean),
    bands: projection.intervals.map(({ lower, upper }) => [tenth(lower), tenth(upper)] as const),
    backtests: past.length,
  };
}

/** First and last local day of the month and of the year of `day`. */
export const monthOf = (day: string): { from: string; to: string } => {
  const from = `${day.slice(0, 7)}-01`;
  return { from, to: addDays(`${addDays(from, 31).slice(0, 7)}-01`, -1) };
};
export const yearOf = (day: string): { from: string; to: string } => ({
  from: `${day.slice(0, 4)}-01-01`,
  to: `${day.slice(0, 4)}-12-31`,
});
