/** The stretches of time that a refresh looks at: hours of the last weeks, days of the last years. Pure. */
import { addDays, daysBetween, HISTORY_DAYS, localDay, startOfDay } from '@room/contract';
import { type Calendar, HOUR } from './calendar.ts';
import type { Grid } from './series.ts';

const DAY = 24 * HOUR;

export interface DayGrid extends Grid {
  /** Local day of the first bucket. */
  first: string;
}

export interface Grids {
  hours: Grid;
  days: DayGrid;
  /** The local day that is under way at `knownTo`, and its first instant. */
  today: string;
  midnight: number;
}

/** Everything up to `knownTo` (milliseconds), which ends an hour, is known. */
export function gridsAt(knownTo: number, calendar: Calendar): Grids {
  const { timeZone } = calendar;
  // At midnight the day that begins is the one under way.
  const today = localDay(knownTo, timeZone);
  const midnight = startOfDay(today, timeZone);
  const start = startOfDay(addDays(today, -HISTORY_DAYS.hour), timeZone);
  const first = addDays(today, -HISTORY_DAYS.day);
  const typeAt = (at: number): string => calendar.typeOf(localDay(at, timeZone)) ?? '';
  return {
    hours: {
      start,
      step: HOUR,
      known: Math.floor((knownTo - start) / HOUR),
      kindOf: (hour) => `${typeAt(start + hour * HOUR)} ${hour % 24}`,
      dayOf: (hour) => Math.floor(hour / 24),
    },
    days: {
      start: startOfDay(first, timeZone),
      first,
      step: DAY,
      known: daysBetween(first, today),
      kindOf: (day) => calendar.typeOf(addDays(first, day)) ?? '',
      // Among days a week without a word is what a day is among hours.
      dayOf: (day) => Math.floor(day / 7),
    },
    today,
    midnight,
  };
}

/** The last instant that ends an hour of the rollups and is not later than `at`. */
export function wholeHour(at: number, timeZone: string): number {
  const midnight = startOfDay(localDay(at, timeZone), timeZone);
  return midnight + Math.floor((at - midnight) / HOUR) * HOUR;
}
