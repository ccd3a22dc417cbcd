/**
 * For each day of a period one of the year before of the same type: a worked Saturday is a working day, a day off stands beside the
 * same holiday, and around the lunar new year days are counted from it. Elsewhere the same weekday, 52 weeks earlier; where that is
 * of another type, the nearest day of the right one that stands beside none yet. Pure.
 */
import { addDays, daysBetween, dayTypeOf, type Period, type WorkingCalendar } from '@room/contract';

export interface LikeDays {
  /** By day of the period, in its order. */
  of: ReadonlyMap<string, string>;
  /** Days for which there is none. */
  missing: readonly string[];
}

const WEEKS = 364;
/** Days before and after the lunar new year that follow it, and not the week. */
const SEASON = 21;
/**
 * How far from where it should be a like may stand: seasons lie up to a month apart in two years, and what they take from the days
 * on one side they leave free on the other.
 */
const NEAR = 45;
/** Another holiday is one's like only where it is nearly the same time of the year. */
const NEAR_OTHER = 14;

/** A long question asks for those of one period again and again: the last ones of a calendar. */
const LAST = new WeakMap<WorkingCalendar, { period: Period; like: LikeDays }>();

export function likeDays(calendar: WorkingCalendar, period: Period): LikeDays {
  const last = LAST.get(calendar);
  if (last !== undefined && last.period.from === period.from && last.period.to === period.to) return last.like;
  const like = pairedDays(calendar, period);
  LAST.set(calendar, { period, like });
  return like;
}

function pairedDays(calendar: WorkingCalendar, period: Period): LikeDays {
  const all: string[] = [];
  for (let day = period.from; day <= period.to; day = addDays(day, 1)) all.push(day);
  const days = all
    .flatMap((day) => {
      const type = dayTypeOf(calendar, day);
      return type === undefined ? [] : [{ day, type, ...baseOf(calendar, day) }];
    })
    .sort((a, b) => Number(b.isSeason) - Number(a.isSeason));
  const names = new Map(calendar.daysOff.map(({ date, label }) => [date, label.en]));
  const found = new Map<string, string>();
  const taken = new Set<string>();
  const pair = (fits: (day: string, candidate: string) => boolean, reach: number): void => {
    for (const { day, type, base } of days) {
      // Of a period of years most days have nothing before it within reach.
      if (found.has(day) || addDays(base, -reach) >= period.from || addDays(base, reach) < calendar.from) continue;
      const like = nearest(base, reach, (candidate) => {
        const isFree = candidate < period.from && !taken.has(candidate) && dayTypeOf(calendar, candidate) === type;
        return isFree && fits(day, candidate);
      });
      if (like === undefined) continue;
      found.set(day, like);
      taken.add(like);
    }
  };
  pair((day, candidate) => names.get(day) === names.get(candidate), 0);
  pair((day, candidate) => names.has(day) && names.get(day) === names.get(candidate), NEAR);
  pair((day) => !names.has(day), NEAR);
  pair(() => true, NEAR_OTHER);
  return {
    of: new Map(all.flatMap((day) => (found.has(day) ? [[day, found.get(day) ?? '']] : []))),
    missing: all.filter((day) => !found.has(day)),
  };
}

/** Where a day's like is looked for first; days of the season choose before others. */
function baseOf({ newYear = {} }: WorkingCalendar, day: string): { base: string; isSeason: boolean } {
  for (const [year, start] of Object.entries(newYear)) {
    const before = newYear[String(Number(year) - 1)];
    const after = daysBetween(start, day);
    if (before !== undefined && Math.abs(after) <= SEASON) return { base: addDays(before, after), isSeason: true };
  }
  return { base: addDays(day, -WEEKS), isSeason: false };
}

/** The earlier one first of two that are as near. */
function nearest(base: string, reach: number, fits: (day: string) => boolean): string | undefined {
  for (let off = 0; off <= reach; off++)
    for (const day of new Set([addDays(base, -off), addDays(base, off)])) if (fits(day)) return day;
  return undefined;
}

/** By the point that they stand under, which is called by the first of them, the likes of each month's days. */
export function monthsOf({ of }: LikeDays): Map<string, string[]> {
  const byMonth = new Map<string, string[]>();
  for (const [day, like] of of) byMonth.set(day.slice(0, 7), [...(byMonth.get(day.slice(0, 7)) ?? []), like]);
  return new Map([...byMonth.values()].map((days) => [days[0] ?? '', days]));
}
