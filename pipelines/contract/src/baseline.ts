/** What is usual: earlier days of the same type, by hour. Pure. Counts are dossiers submitted; offsets are seconds since local midnight. */
import { addDays, FIVE_MINUTES, startOfDay } from './calendar.ts';
import type { Catalogue } from './catalogue.ts';
import { dayTypeOf, isoWeekday } from './day-types.ts';
import type { Usual } from './wall.ts';

/** How far back a comparable day may lie, in days. */
const REACH = 90;
/** The same weekday is preferred while it is this near. */
const SAME_WEEKDAY_REACH = 35;
const MOST_DAYS = 8;
/** Fewer days than this show no range. */
const LEAST_DAYS = 4;

/**
 * Days to compare `today` with, the nearest first: same day type, same weekday where there are enough of them. Outside
 * the years of the calendar the weekday alone decides.
 */
export function comparableDays(catalogue: Pick<Catalogue, 'calendar'>, today: string, firstDay: string): string[] {
  const type = dayTypeOf(catalogue.calendar, today);
  const sameType: string[] = [];
  for (let back = 1; back <= REACH; back++) {
    const day = addDays(today, -back);
    if (day < firstDay) break;
    if (type === undefined ? isoWeekday(day) === isoWeekday(today) : dayTypeOf(catalogue.calendar, day) === type)
      sameType.push(day);
  }
  const sameWeekday = sameType.filter((day) => isoWeekday(day) === isoWeekday(today));
  const near = sameWeekday.filter((day) => day >= addDays(today, -SAME_WEEKDAY_REACH));
  const chosen =
    sameWeekday.length >= LEAST_DAYS
      ? sameWeekday
      : near.length > 0
        ? [...near, ...sameType.filter((day) => !near.includes(day))]
        : sameType;
  return chosen.slice(0, MOST_DAYS);
}

export interface HourRow {
  day: string;
  dim: string;
  code: string;
  /** Start of the hour, epoch seconds. */
  hour: number;
  submitted: number;
  /** Above 0 where anything of it was simulated. */
  simulated: number;
}

/** Without the days of which anything was simulated: what was observed is not measured against what was made up. */
export function observed(rows: readonly HourRow[]): HourRow[] {
  const simulated = new Set(rows.filter((row) => row.simulated > 0).map(({ day }) => day));
  return rows.filter(({ day }) => !simulated.has(day));
}

/** Half-widths in robust standard deviations: 9 days in 10 for a single curve, 99 in 100 where 34 units are compared at once. */
export const Z_NATION = 1.645;
export const Z_UNIT = 2.576;

/** Range of what days like one had, undefined where they are too few. `z` is its half-width in robust standard deviations. */
export function usualOf(values: readonly number[], z: number): Usual | undefined {
  if (values.length < LEAST_DAYS) return undefined;
  const middle = median(values);
  const deviation = 1.4826 * median(values.map((one) => Math.abs(one - middle)));
  // Counts vary by chance alone: never narrower than that.
  const spread = z * Math.max(deviation, Math.sqrt(middle), 1);
  return {
    low: Math.max(0, Math.round(middle - spread)),
    median: Math.round(middle),
    high: Math.round(middle + spread),
    days: values.length,
  };
}

/** Submitted by hour of one unit on one day, keyed by the hour's offset. */
type DayCurve = ReadonlyMap<number, number>;

/** Submitted on an earlier day in the five minutes from `five` on, in epoch seconds; reported with at most minute grain. */
export interface FiveRow {
  five: number;
  submitted: number;
}

export class Baseline {
  readonly days: readonly string[];
  readonly #curves = new Map<string, Map<string, Map<number, number>>>();

  constructor(days: readonly string[], rows: readonly HourRow[], timeZone: string) {
    // A day without any event is a day without data, not a day of zeros.
    const present = new Set(rows.map((row) => row.day));
    this.days = days.filter((day) => present.has(day));
    const starts = new Map(this.days.map((day) => [day, startOfDay(day, timeZone) / 1_000]));
    for (const row of rows) {
      const start = starts.get(row.day);
      if (start === undefined) continue;
      const unit = `${row.dim}\n${row.code}`;
      const byDay = this.#curves.get(unit) ?? new Map<string, Map<number, number>>();
      const curve = byDay.get(row.day) ?? new Map<number, number>();
      curve.set(row.hour - start, row.submitted);
      byDay.set(row.day, curve);
      this.#curves.set(unit, byDay);
    }
  }

  #curve(dim: string, code: string, day: string): DayCurve {
    return this.#curves.get(`${dim}\n${code}`)?.get(day) ?? new Map();
  }

  /** Submitted on `day` up to `elapsed` seconds after midnight; the hour under way counts by the share that has passed. */
  upTo(dim: string, code: string, day: string, elapsed: number): number {
    let sum = 0;
    for (const [offset, submitted] of this.#curve(dim, code, day))
      sum += submitted * Math.min(1, Math.max(0, (elapsed - offset) / 3_600));
    return sum;
  }

  total(dim: string, code: string, day: string): number {
    let sum = 0;
    for (const submitted of this.#curve(dim, code, day).values()) sum += submitted;
    return sum;
  }

  hours(day: string): Record<string, number> {
    return Object.fromEntries(
      [...this.#curve('all', '', day)].sort(([a], [b]) => a - b).map(([offset, n]) => [String(offset), n]),
    );
  }

  /** Mean over the days of what a source had sent up to `elapsed`. */
  meanUpTo(dim: string, code: string, elapsed: number): number {
    if (this.days.length === 0) return 0;
    return this.days.reduce((sum, day) => sum + this.upTo(dim, code, day, elapsed), 0) / this.days.length;
  }

  meanTotal(dim: string, code: string): number {
    if (this.days.length === 0) return 0;
    return this.days.reduce((sum, day) => sum + this.total(dim, code, day), 0) / this.days.length;
  }

  /** Range over the days of `value`, undefined where there are too few. `z` is its half-width in robust standard deviations. */
  usual(value: (day: string) => number, z: number): Usual | undefined {
    return usualOf(this.days.map(value), z);
  }

  /**
   * Usual range of each five minutes of [from, to), offsets from midnight. Of a day whose minutes are not kept any more, or were
   * never told, there is none: it would be one of zeros.
   */
  usualFives(rows: readonly FiveRow[], from: number, to: number, timeZone: string, z: number): Map<number, Usual> {
    const counted = new Map(rows.map(({ five, submitted }) => [five, submitted]));
    const offsets: number[] = [];
    for (let offset = from; offset < to; offset += FIVE_MINUTES) offsets.push(offset);
    const days = this.days
      .map((day) => ({ day, start: startOfDay(day, timeZone) / 1_000 }))
      .filter(({ day, start }) => {
        const isTold = offsets.some((offset) => (counted.get(start + offset) ?? 0) > 0);
        return isTold || this.upTo('all', '', day, to) === this.upTo('all', '', day, from);
      });
    return new Map(
      offsets.flatMap((offset) => {
        const usual = usualOf(
          days.map(({ start }) => counted.get(start + offset) ?? 0),
          z,
        );
        return usual === undefined ? [] : [[offset, usual] as const];
      }),
    );
  }

  usualHours(z: number): Record<string, Usual> {
    const offsets = new Set(this.days.flatMap((day) => [...this.#curve('all', '', day).keys()]));
    const result: Record<string, Usual> = {};
    for (const offset of [...offsets].sort((a, b) => a - b)) {
      const usual = this.usual((day) => this.#curve('all', '', day).get(offset) ?? 0, z);
      if (usual !== undefined) result[String(offset)] = usual;
    }
    return result;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
