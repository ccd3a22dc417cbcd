/** The bars of a period's chart. Pure. */
import { addDays, isoWeekday, startOfDay, type WallState } from '@room/contract';

export interface Bar {
  /** Local days, both inclusive. */
  from: string;
  to: string;
  /** Dossiers a day, over those of its days that are known; undefined where none is. */
  count: number | undefined;
  /** Of the day, where it is one alone. */
  hour?: number;
}

export interface Bars {
  grain: 'hour' | 'day' | 'week';
  bars: Bar[];
}

/** Days that can be told from each other beside each other. */
const MOST_DAYS = 120;
const SUNDAY = 7;

/** A bar for each day, or for each week where days would be hairlines: then what an average day of it had, so that a part of a week is no fall. */
export function barsOf({ period: { from, to }, days }: Pick<WallState, 'period' | 'days'>): Bars {
  const all: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) all.push(day);
  if (all.length <= MOST_DAYS)
    return { grain: 'day', bars: all.map((day) => ({ from: day, to: day, count: days[day] })) };
  const bars: Bar[] = [];
  let known: number[] = [];
  let begun = from;
  for (const day of all) {
    const count = days[day];
    if (count !== undefined) known.push(count);
    if (isoWeekday(day) !== SUNDAY && day !== to) continue;
    const sum = known.reduce((total, one) => total + one, 0);
    bars.push({ from: begun, to: day, count: known.length === 0 ? undefined : Math.round(sum / known.length) });
    known = [];
    begun = addDays(day, 1);
  }
  return { grain: 'week', bars };
}

const HOUR_MS = 3_600_000;

/**
 * A bar for each hour of a period that is one day; undefined of any other, and where no hour is known. An hour that came after the
 * last report is not known; nothing of one before it is a zero where enough is reported (`isKnown`).
 */
export function hoursIn(
  { period: { from, to }, hours, coverage }: Pick<WallState, 'period' | 'hours' | 'coverage'>,
  timeZone: string,
  isKnown: boolean,
): Bars | undefined {
  if (from !== to || Object.keys(hours).length === 0) return undefined;
  const [start, end] = [from, addDays(from, 1)].map((day) => startOfDay(day, timeZone)) as [number, number];
  const bars: Bar[] = [];
  for (let at = start, hour = 0; at < end; at += HOUR_MS, hour++) {
    const silent = isKnown && at < (coverage?.asOf ?? start) ? 0 : undefined;
    bars.push({ from, to, hour, count: hours[at / 1_000] ?? silent });
  }
  return { grain: 'hour', bars };
}
