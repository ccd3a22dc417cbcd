/** When in the week: a measure by hour and weekday, as the mean of the days of a period. Pure. */
import {
  type CountedMeasure,
  type CurvePoint,
  countedValue,
  isoWeekday,
  isSum,
  type Scoring,
  SUMS,
  type SumMeasure,
  sumsIn,
  type WorkingCalendar,
} from '@room/contract';

/** As many days of hours as are answered. */
export const LONGEST_HEAT = 93;
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

export interface HeatRow {
  /** 1 Monday .. 7 Sunday. */
  weekday: number;
  /** Such days that the values are of. */
  days: number;
  /** By hour: of a count the mean of a day, of a share or points that of all its dossiers; undefined is not known. */
  values: (number | undefined)[];
}
export interface Heat {
  rows: HeatRow[];
  /** Days that are not what their weekday says, and stand in no row: off, or worked in exchange. */
  left: number;
  most: number;
  least: number;
}

/** `points` by the hour; `openFrom` is the hour that runs, from which on nothing is over. */
export function heatOf(
  points: readonly CurvePoint[],
  measure: CountedMeasure,
  { calendar, scoring }: { calendar: WorkingCalendar; scoring?: Scoring | undefined },
  openFrom: string,
): Heat {
  const byDay = new Map<string, CurvePoint[]>();
  for (const point of points)
    if (point.at < openFrom) byDay.set(point.at.slice(0, 10), [...(byDay.get(point.at.slice(0, 10)) ?? []), point]);
  // Of a day that is not over its hours would count for a whole one.
  const known = [...byDay].filter(([, of]) => of.some(({ now }) => now !== undefined));
  const unusual = new Set([...calendar.daysOff.map(({ date }) => date), ...calendar.worked]);
  const usual = known.filter(([day]) => !unusual.has(day));
  const rows = WEEKDAYS.map((weekday): HeatRow => {
    const days = usual.filter(([day]) => isoWeekday(day) === weekday);
    return { weekday, days: days.length, values: HOURS.map((hour) => valueAt(days, hour, measure, scoring)) };
  });
  const values = rows.flatMap((row) => row.values).filter((value) => value !== undefined);
  return {
    rows,
    left: known.length - usual.length,
    most: Math.max(0, ...values),
    least: values.length === 0 ? 0 : Math.min(...values),
  };
}

function valueAt(
  days: readonly [string, readonly CurvePoint[]][],
  hour: number,
  measure: CountedMeasure,
  scoring: Scoring | undefined,
): number | undefined {
  // An hour in which a day that is known has nothing is one of none.
  const hours = days.flatMap(([, points]) => points.filter(({ at }) => Number(at.slice(11)) === hour));
  if (hours.length === 0) return undefined;
  const sum = (name: SumMeasure): number => hours.reduce((all, { now }) => all + (now?.[name] ?? 0), 0);
  if (isSum(measure)) return sum(measure) / hours.length;
  const made = sumsIn(measure, scoring);
  const sums = Object.fromEntries(SUMS.map((name) => [name, made.includes(name) ? sum(name) : 0]));
  return countedValue(measure, sums as Record<SumMeasure, number>, scoring);
}

/** How many shades tell values apart. */
export const SHADES = 5;
/** Which of them a value has; of a share or points from the least on, as those of a week lie close together. */
export function shadeOf(value: number, { most, least }: Pick<Heat, 'most' | 'least'>, isDerived: boolean): number {
  const from = isDerived ? least : 0;
  return Math.min(SHADES - 1, Math.floor((SHADES * (value - from)) / Math.max(1e-12, most - from)));
}
