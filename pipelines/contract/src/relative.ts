/**
 * Days that move with the one that runs: `day` is today, `day-28` four weeks ago, `week`, `month-1`, `year` a span of days. As the
 * first day of a period the first of the span is meant, as its last day the last. No schema stands here.
 */
import { addDays } from './calendar.ts';
import { isoWeekday } from './day-types.ts';
import type { Period } from './wall.ts';

const RELATIVE = /^(day|week|month|year)(?:-(\d{1,4}))?$/;

export const isRelative = (text: string): boolean => RELATIVE.test(text);

/** The first of the month that is `months` after that of `day`. */
const monthFrom = (day: string, months: number): string => {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
};

/** First and last day of the span; `today` is a local day. */
function spanOf(text: string, today: string): Period | undefined {
  const [, unit, back = '0'] = RELATIVE.exec(text) ?? [];
  const ago = Number(back);
  if (unit === 'day') {
    const day = addDays(today, -ago);
    return { from: day, to: day };
  }
  if (unit === 'week') {
    const from = addDays(today, 1 - isoWeekday(today) - 7 * ago);
    return { from, to: addDays(from, 6) };
  }
  const months = unit === 'month' ? 1 : 12;
  if (unit === undefined) return undefined;
  const from = monthFrom(unit === 'month' ? today : `${today.slice(0, 4)}-01-01`, -ago * months);
  return { from, to: addDays(monthFrom(from, months), -1) };
}

/** The local day that a text means at its end of a period; a text that is no relative one as it is. */
export const dayMeant = (text: string, end: keyof Period, today: string): string => spanOf(text, today)?.[end] ?? text;

/** Texts that mean this period today, and move with the day: a whole year or month as such, any other by how long ago it is. */
export function movingWith({ from, to }: Period, today: string): Period {
  const years = Number(today.slice(0, 4)) - Number(from.slice(0, 4));
  const months = 12 * years + Number(today.slice(5, 7)) - Number(from.slice(5, 7));
  for (const [unit, ago] of [
    ['year', years],
    ['month', months],
  ] as const) {
    const text = ago === 0 ? unit : `${unit}-${ago}`;
    const span = ago < 0 ? undefined : spanOf(text, today);
    if (span?.from !== from) continue;
    if (span.to === to) return { from: text, to: text };
    if (ago === 0 && to === today) return { from: text, to: 'day' };
  }
  return { from: distance(from, today), to: distance(to, today) };
}

const DAY_MS = 86_400_000;
/** A day that is still to come stays as it is. */
function distance(day: string, today: string): string {
  const ago = Math.round((Date.parse(`${today}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / DAY_MS);
  if (ago < 0) return day;
  return ago === 0 ? 'day' : `day-${ago}`;
}
