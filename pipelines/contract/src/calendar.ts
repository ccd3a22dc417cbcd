/**
 * Days of the catalogue's calendar: which day an instant falls on, what holds on a day. No schema stands here, so that the
 * web part, which trusts its own server, comes without zod. Dates are local calendar days (`YYYY-MM-DD`).
 */
import type { Catalogue, Target } from './catalogue.ts';

/** Seconds of a step of the last hour: single minutes jump by chance alone. */
export const FIVE_MINUTES = 300;

/** True where `unit` owned its code on `day` (`YYYY-MM-DD`, inclusive at both ends). */
export const validOn = (unit: { validFrom?: string | undefined; validTo?: string | undefined }, on: string): boolean =>
  (unit.validFrom === undefined || unit.validFrom <= on) && (unit.validTo === undefined || on <= unit.validTo);

/** Targets that count on a local day, in the catalogue's order. */
export const targetsOn = ({ targets = [] }: Pick<Catalogue, 'targets'>, day: string): readonly Target[] =>
  targets.filter(({ from, by }) => from <= day && day <= by);

/** How many days later than `from` the day `to` is. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** The calendar day `days` later (negative: earlier). Throws beyond the years of four digits, where days do not sort as texts any more. */
export function addDays(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  const text = at.toISOString();
  // Whoever goes from day to day until the last one would never come to an end.
  if (text.length > 24) throw new RangeError(`${days} days from ${date} is no day of the years 0000 to 9999`);
  return text.slice(0, 10);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Days change at whole quarters of an hour in every zone, and formatting is dear: one answer serves a quarter. */
const QUARTER = 900_000;
const KEPT = 20_000;
const days = new Map<string, Map<number, string>>();

/** Local calendar day of an instant (milliseconds since 1970, UTC) in `timeZone`. */
export function localDay(at: number, timeZone: string): string {
  const quarter = Math.floor(at / QUARTER);
  let known = days.get(timeZone);
  if (known === undefined || known.size > KEPT) {
    known = new Map();
    days.set(timeZone, known);
  }
  let day = known.get(quarter);
  if (day === undefined) {
    day = formatDay(quarter * QUARTER, timeZone);
    known.set(quarter, day);
  }
  return day;
}

function formatDay(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  return format.format(at);
}

/** First instant (milliseconds since 1970, UTC) of a local calendar day in `timeZone`. */
export function startOfDay(date: string, timeZone: string): number {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // No zone is further than 14 h from UTC: search the first instant that carries the date.
  let low = midnight - 15 * 3_600_000;
  let high = midnight + 15 * 3_600_000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (localDay(middle, timeZone) < date) low = middle;
    else high = middle;
  }
  return high;
}

const HOUR_MS = 3_600_000;

/** An hour of a local day, 0 to 23, and the instant at which it was over. */
export interface EndedHour {
  day: string;
  hour: number;
  end: number;
}

/**
 * The last hour of the clock that is over at `now`, on a day `days` earlier: what a level of now is held against. By the hour, so that
 * whoever reads it from hourly points and whoever reads it at an instant say the same.
 */
export function endedHour(now: number, days: number, timeZone: string): EndedHour {
  const today = localDay(now, timeZone);
  const passed = Math.min(24, Math.floor((now - startOfDay(today, timeZone)) / HOUR_MS));
  const day = addDays(today, -days - (passed === 0 ? 1 : 0));
  const hour = (passed === 0 ? 24 : passed) - 1;
  // Where clocks are changed a day's last hour ends with the day.
  const end = hour === 23 ? startOfDay(addDays(day, 1), timeZone) : startOfDay(day, timeZone) + (hour + 1) * HOUR_MS;
  return { day, hour, end };
}
