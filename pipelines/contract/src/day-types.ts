/** Of which type a day is, and of which weekday: apart from the rest of the calendar, as pages need it and walls do not. No schema stands here. */
import type { WorkingCalendar } from './catalogue.ts';

export type DayType = 'working' | 'rest' | 'holiday';

/** Day type of a local day; `undefined` outside the years that the calendar covers, where no comparison is honest. */
export function dayTypeOf(calendar: WorkingCalendar, date: string): DayType | undefined {
  if (date < calendar.from || date > calendar.to) return undefined;
  if (calendar.daysOff.some((off) => off.date === date)) return 'holiday';
  if (calendar.worked.includes(date)) return 'working';
  return calendar.weeklyRest.includes(isoWeekday(date)) ? 'rest' : 'working';
}

/** 1 Monday .. 7 Sunday of a calendar day. */
export const isoWeekday = (date: string): number => ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
