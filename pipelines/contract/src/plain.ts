/**
 * Shortcuts for what nearly every event looks like, where the schemas take most of the time of decoding. Each says yes only
 * to what the schema says yes to as well, and leaves everything else to it.
 */
import {
  MAX_CODE_LENGTH,
  MAX_COUNT,
  MAX_NAME_LENGTH,
  SUBMISSION_COUNTED,
  type SubmissionEvent,
  submissionDataSchema,
} from './submission.ts';

const FIELDS = new Set(Object.keys(submissionDataSchema.shape));
/** Of the months of a year without a leap day. */
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** True for a submission that the schema takes, at one instant and written plainly. */
export function isPlainSubmission(event: Record<string, unknown>): event is Record<string, unknown> & SubmissionEvent {
  const { data, time, subject, dataschema, datacontenttype, simulated } = event;
  return (
    event['type'] === SUBMISSION_COUNTED &&
    event['specversion'] === '1.0' &&
    isName(event['id']) &&
    isName(event['source']) &&
    (time === undefined || isInstant(time)) &&
    (subject === undefined || typeof subject === 'string') &&
    (dataschema === undefined || typeof dataschema === 'string') &&
    (datacontenttype === undefined || datacontenttype === 'application/json') &&
    (simulated === undefined || typeof simulated === 'boolean') &&
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    isPlainData(data as Record<string, unknown>)
  );
}

function isPlainData(data: Record<string, unknown>): boolean {
  for (const field in data) if (!FIELDS.has(field)) return false;
  const { count, onTime, corrects } = data;
  return (
    isCode(data['procedure']) &&
    isCode(data['agency']) &&
    isCode(data['province']) &&
    Number.isSafeInteger(data['channel']) &&
    Number.isSafeInteger(data['status']) &&
    (onTime === undefined || typeof onTime === 'boolean') &&
    Number.isSafeInteger(count) &&
    Math.abs(count as number) <= MAX_COUNT &&
    isInstant(data['occurredAt']) &&
    data['interval'] === undefined &&
    (corrects === undefined || isName(corrects))
  );
}

const isCode = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_CODE_LENGTH;

function isName(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME_LENGTH) return false;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xe000) return false;
  }
  return true;
}

const isInstant = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(plainInstant(value));

/** Milliseconds since 1970 of an instant that the schema took. */
export function instantOf(text: string): number {
  const at = plainInstant(text);
  return Number.isNaN(at) ? Date.parse(text) : at;
}

/**
 * Milliseconds since 1970 of `2026-11-19T10:42:07+07:00` or `2026-11-19T03:42:07.123Z`, in this form and from the year
 * 1000 on; NaN for whatever else, right or wrong, as for a leap day.
 */
export function plainInstant(text: string): number {
  const { length } = text;
  const isUtc = length === 20 || length === 24;
  const zone = isUtc ? length - 1 : length - 6;
  if (zone !== 19 && zone !== 23) return Number.NaN;
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const second = pair(text, 17);
  const isWritten =
    text[4] === '-' &&
    text[7] === '-' &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    year >= 1_000 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= (DAYS[month - 1] ?? 0) &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!isWritten) return Number.NaN;
  let at = dayNumber(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * 1_000;
  if (zone === 23) {
    if (text[19] !== '.') return Number.NaN;
    at += pair(text, 20) * 10 + digit(text, 22);
  }
  return at - (isUtc ? utc(text, zone) : offset(text, zone));
}

const utc = (text: string, at: number): number => (text[at] === 'Z' ? 0 : Number.NaN);

function offset(text: string, at: number): number {
  const hours = pair(text, at + 1);
  const minutes = pair(text, at + 4);
  if (text[at + 3] !== ':' || !(hours < 24 && minutes < 60)) return Number.NaN;
  const length = hours * HOUR + minutes * MINUTE;
  return text[at] === '+' ? length : text[at] === '-' ? -length : Number.NaN;
}

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
};

const pair = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** Days since 1970 of a date of the Gregorian calendar: years that begin in March have their leap day at the end. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const century = Math.floor(shifted / 100);
  const leapDays = Math.floor(shifted / 4) - century + Math.floor(century / 4);
  const beforeMonth = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5);
  return 365 * shifted + leapDays + beforeMonth + day - 719_469;
}
