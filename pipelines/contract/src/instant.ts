/** Instants as RFC 3339 writes them. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Of the months of a year without a leap day. */
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SECOND = 1_000;

/** The form that `instantOf` reads; which days a month has, and when a second may be the 60th, no pattern can say. */
export const INSTANT_PATTERN =
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)(\\.[0-9]+)?)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$';

/**
 * Milliseconds since 1970 UTC of `2026-11-19T10:42:07+07:00`, `2026-11-19t03:42:07.1234567z` or `2026-11-19T03:42Z`; NaN for
 * whatever else. A leap second, the 60th before midnight UTC, is the last millisecond of its day.
 */
export function instantOf(text: string): number {
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const separator = text[10];
  const isWritten =
    text[4] === '-' &&
    text[7] === '-' &&
    (separator === 'T' || separator === 't') &&
    text[13] === ':' &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    (day <= (DAYS[month - 1] ?? 0) || (day === 29 && month === 2 && isLeap(year))) &&
    hour < 24 &&
    minute < 60;
  if (!isWritten) return Number.NaN;
  const second = text[16] === ':' ? pair(text, 17) : 0;
  let zone = text[16] === ':' ? 19 : 16;
  let fraction = 0;
  if (zone === 19 && text[19] === '.') {
    zone = 20;
    // Digits beyond the third are less than a millisecond.
    for (let unit = 100; digit(text, zone) >= 0; zone++, unit /= 10)
      if (unit >= 1) fraction += digit(text, zone) * unit;
    if (zone === 20) return Number.NaN;
  }
  const atMinute = dayNumber(year, month, day) * DAY + hour * HOUR + minute * MINUTE - offset(text, zone);
  if (second < 60) return atMinute + second * SECOND + fraction;
  return second === 60 && (((atMinute + MINUTE) % DAY) + DAY) % DAY === 0 ? atMinute + MINUTE - 1 : Number.NaN;
}

export const isInstant = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(instantOf(value));

/** What the text's end says its time is ahead of UTC; NaN where it says nothing, or goes on. */
function offset(text: string, at: number): number {
  const sign = text[at];
  if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : Number.NaN;
  const hours = pair(text, at + 1);
  const minutes = pair(text, at + 4);
  if (text.length !== at + 6 || text[at + 3] !== ':' || !(hours < 24 && minutes < 60)) return Number.NaN;
  const length = hours * HOUR + minutes * MINUTE;
  return sign === '+' ? length : sign === '-' ? -length : Number.NaN;
}

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
};

const pair = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Days since 1970 of a date of the Gregorian calendar: years that begin in March have their leap day at the end. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const century = Math.floor(shifted / 100);
  const leapDays = Math.floor(shifted / 4) - century + Math.floor(century / 4);
  const beforeMonth = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5);
  return 365 * shifted + leapDays + beforeMonth + day - 719_469;
}
