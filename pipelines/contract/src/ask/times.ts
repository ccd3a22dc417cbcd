/**
 * Times as people write them in both languages, from the running day on. A month or a day without its year is the last that has
 * begun. What has not ended goes up to today. Pure; days are local, `YYYY-MM-DD`.
 */
import { addDays } from '../calendar.ts';
import { isoWeekday } from '../day-types.ts';
import type { Period } from '../wall.ts';

export interface FoundTime {
  /** Words that it took. */
  length: number;
  period: Period;
  /** It has not ended: `period` goes up to today only. */
  isOpen: boolean;
  /** It is the one before the running one of its kind, as last week is: held against it, the running one is meant. */
  running?: Period;
}

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const SPOKEN = ['mot', 'hai', 'ba', 'bon', 'nam', 'sau', 'bay', 'tam', 'chin', 'muoi', 'muoi mot', 'muoi hai'];

const two = (value: number): string => String(value).padStart(2, '0');
const dayIn = (year: number, month: number, day: number): string | undefined => {
  const text = `${year}-${two(month)}-${two(day)}`;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text ? text : undefined;
};
const yearOf = (day: string): number => Number(day.slice(0, 4));
const monthOf = (day: string): number => Number(day.slice(5, 7));

/** Months counted from the first of a year: 13 is January of the next. */
function months(year: number, first: number, count: number): Period {
  const start = new Date(Date.UTC(year, first - 1, 1)).toISOString().slice(0, 10);
  const end = new Date(Date.UTC(year, first - 1 + count, 0)).toISOString().slice(0, 10);
  return { from: start, to: end };
}

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';
const UNITS: Readonly<Record<string, Unit>> = {
  ngay: 'day',
  day: 'day',
  days: 'day',
  tuan: 'week',
  week: 'week',
  weeks: 'week',
  thang: 'month',
  month: 'month',
  months: 'month',
  quy: 'quarter',
  quarter: 'quarter',
  quarters: 'quarter',
  nam: 'year',
  year: 'year',
  years: 'year',
};

/** The `back`th before the running one. */
function unitOf(unit: Unit, back: number, today: string): Period {
  if (unit === 'day') return { from: addDays(today, -back), to: addDays(today, -back) };
  if (unit === 'week') {
    const monday = addDays(today, 1 - isoWeekday(today) - 7 * back);
    return { from: monday, to: addDays(monday, 6) };
  }
  if (unit === 'month') return months(yearOf(today), monthOf(today) - back, 1);
  if (unit === 'quarter') return months(yearOf(today), 3 * Math.floor((monthOf(today) - 1) / 3) + 1 - 3 * back, 3);
  return months(yearOf(today) - back, 1, 12);
}

/** As many days as so many of them, ending with the last day that is over. */
const lastOnes = (unit: Unit, count: number, today: string): Period => {
  const to = addDays(today, -1);
  if (unit === 'day' || unit === 'week') return { from: addDays(to, 1 - count * (unit === 'week' ? 7 : 1)), to };
  const [year, month, date] = [yearOf(to), monthOf(to), Number(to.slice(8))];
  const size = { month: 1, quarter: 3, year: 12 }[unit];
  const start = new Date(Date.UTC(year, month - 1 - count * size, date + 1));
  return { from: start.toISOString().slice(0, 10), to };
};

const YEAR = /^(?:19|20)\d{2}$/;
const COUNT = /^\d{1,3}$/;

/** As it is said, before it is held against today. */
type Said = Omit<FoundTime, 'isOpen'>;

/** The time that begins at a word; undefined where none does, or it has not begun. */
export function timeAt(words: readonly string[], at: number, today: string): FoundTime | undefined {
  const found = dateAt(words, at, today) ?? spokenAt(words, at, today) ?? namedAt(words, at, today);
  if (found === undefined || found.period.from > today) return undefined;
  const { from, to } = found.period;
  return { ...found, period: { from, to: to > today ? today : to }, isOpen: to > today };
}

/** `19/11`, `19/11/2026`, `11/2026`, `2026-11-19`, `19 november 2026`, `november 19`. */
function dateAt(words: readonly string[], at: number, today: string): Said | undefined {
  const lead = words[at] === 'ngay' ? 1 : 0;
  const word = words[at + lead] ?? '';
  const parts = word.split(/[-/.]/).map(Number);
  const one = (day: string | undefined, length: number): Said | undefined =>
    day === undefined ? undefined : { length, period: { from: day, to: day } };
  const [a = 0, b = 0, c = 0] = parts;
  if (/^\d{4}-/.test(word)) return one(dayIn(a, b, c), lead + 1);
  if (parts.length === 3) return one(dayIn(c, b, a), lead + 1);
  if (parts.length === 2 && b > 1_000)
    return a >= 1 && a <= 12 ? { length: lead + 1, period: months(b, a, 1) } : undefined;
  if (parts.length === 2)
    return one(
      latest((year) => dayIn(year, b, a), today),
      lead + 1,
    );
  const [day, name] = COUNT.test(word) ? [word, words[at + lead + 1]] : [words[at + lead + 1], word];
  const month = monthNamed(name);
  if (month === undefined || day === undefined || !COUNT.test(day)) return undefined;
  const year = words[at + lead + 2] ?? '';
  return YEAR.test(year)
    ? one(dayIn(Number(year), month, Number(day)), lead + 3)
    : one(
        latest((of) => dayIn(of, month, Number(day)), today),
        lead + 2,
      );
}

/** Of this year, or of the one before where it has not begun. */
function latest(of: (year: number) => string | undefined, today: string): string | undefined {
  const now = of(yearOf(today));
  return now !== undefined && now <= today ? now : of(yearOf(today) - 1);
}

function monthNamed(word: string | undefined): number | undefined {
  if (word === undefined || word.length < 3) return undefined;
  const found = MONTHS.findIndex(
    (name) => name === word || name.slice(0, 3) === word || (word === 'sept' && name === 'september'),
  );
  return found === -1 ? undefined : found + 1;
}

const monthOfLatest = (month: number, today: string): Period =>
  months(yearOf(today) - (month > monthOf(today) ? 1 : 0), month, 1);

/** `hom nay`, `this week`, `tuan truoc`, `last 7 days`, `7 ngay qua`. */
function spokenAt(words: readonly string[], at: number, today: string): Said | undefined {
  const [one = '', other = '', third = ''] = words.slice(at, at + 3);
  const day = (back: number, length: number): Said => ({ length, period: unitOf('day', back, today) });
  if (one === 'today') return day(0, 1);
  if (one === 'yesterday') return { ...day(1, 1), running: unitOf('day', 0, today) };
  if (one === 'hom' && other === 'nay') return day(0, 2);
  if (one === 'hom' && other === 'qua') return { ...day(1, 2), running: unitOf('day', 0, today) };
  const of = (unit: Unit, back: number, length = 2): Said => ({
    length,
    period: unitOf(unit, back, today),
    ...(back === 1 ? { running: unitOf(unit, 0, today) } : {}),
  });
  const [after, before] = [UNITS[other], UNITS[one]];
  // `week before last`, `tuần trước nữa`.
  const [fourth = ''] = words.slice(at + 3, at + 4);
  if (before !== undefined && other === 'before' && third === 'last') return of(before, 2, 3);
  if (one === 'the' && after !== undefined && third === 'before' && fourth === 'last') return of(after, 2, 4);
  if (before !== undefined && (other === 'truoc' || other === 'kia') && third === 'nua') return of(before, 2, 3);
  if (after !== undefined && one === 'this') return of(after, 0);
  if (after !== undefined && (one === 'last' || one === 'previous')) return of(after, 1);
  if (before !== undefined && (other === 'nay' || other === 'hien')) return of(before, 0);
  if (before !== undefined && (other === 'truoc' || other === 'qua' || other === 'ngoai')) return of(before, 1);
  const many = (count: string, unit: string, length: number): Said | undefined => {
    const kind = UNITS[unit];
    return COUNT.test(count) && Number(count) > 0 && kind !== undefined
      ? { length, period: lastOnes(kind, Number(count), today) }
      : undefined;
  };
  if (one === 'last' || one === 'past') return many(other, third, 3);
  if (third === 'qua' || third === 'truoc') return many(one, other, 3);
  return undefined;
}

/** A week by its ISO number: of this year, or of the one before where it has not begun. */
function weekNumbered(number: number, year: number | undefined, today: string): Period | undefined {
  if (number < 1 || number > 53) return undefined;
  const of = (year: number): Period | undefined => {
    // The fourth of January is in the first week.
    const fourth = `${year}-01-04`;
    const from = addDays(fourth, 1 - isoWeekday(fourth) + 7 * (number - 1));
    // Its Thursday says of which year it is.
    return yearOf(addDays(from, 3)) === year ? { from, to: addDays(from, 6) } : undefined;
  };
  if (year !== undefined) return of(year);
  const now = of(yearOf(today));
  return now !== undefined && now.from <= today ? now : of(yearOf(today) - 1);
}

/** `november`, `november 2026`, `thang 11`, `thang 11 nam 2026`, `q3 2025`, `quy 3`, `nam 2025`, `2025`. */
function namedAt(words: readonly string[], at: number, today: string): Said | undefined {
  const [one = '', other = ''] = words.slice(at, at + 2);
  /** The year that stands after so many words, where one does. */
  const yearAfter = (length: number): { year: number | undefined; length: number } => {
    const isSaid = words[at + length] === 'nam' ? 1 : 0;
    const word = words[at + length + isSaid] ?? '';
    return YEAR.test(word) ? { year: Number(word), length: length + isSaid + 1 } : { year: undefined, length };
  };
  const month = (number: number, taken: number): Said => {
    const { year, length } = yearAfter(taken);
    return { length, period: year === undefined ? monthOfLatest(number, today) : months(year, number, 1) };
  };
  const quarter = (number: number, taken: number): Said => {
    const { year, length } = yearAfter(taken);
    const first = 3 * number - 2;
    const last = yearOf(today) - (first > monthOf(today) ? 1 : 0);
    return { length, period: months(year ?? last, first, 3) };
  };
  const named = monthNamed(one);
  if (named !== undefined) return month(named, 1);
  if (one === 'thang') {
    if (/^\d{1,2}$/.test(other) && Number(other) >= 1 && Number(other) <= 12) return month(Number(other), 2);
    const [, of = 0, year = 0] = /^(\d{1,2})\/(\d{4})$/.exec(other) ?? [];
    if (Number(of) >= 1 && Number(of) <= 12) return { length: 2, period: months(Number(year), Number(of), 1) };
    const both = SPOKEN.indexOf(`${other} ${words[at + 2] ?? ''}`);
    if (both !== -1) return month(both + 1, 3);
    const spoken = SPOKEN.indexOf(other === 'tu' ? 'bon' : other);
    return spoken === -1 ? undefined : month(spoken + 1, 2);
  }
  if (one === 'tuan' || one === 'week') {
    const [, number = '', year] = /^(\d{1,2})(?:\/(\d{4}))?$/.exec(other) ?? [];
    const said = yearAfter(2);
    const period = weekNumbered(Number(number), year === undefined ? said.year : Number(year), today);
    return period === undefined ? undefined : { length: year === undefined ? said.length : 2, period };
  }
  const [, short] = /^q([1-4])$/.exec(one) ?? [];
  if (short !== undefined) return quarter(Number(short), 1);
  if ((one === 'quy' || one === 'quarter') && /^[1-4]$/.test(other)) return quarter(Number(other), 2);
  const lead = one === 'nam' || one === 'year' ? 1 : 0;
  const year = words[at + lead] ?? '';
  return YEAR.test(year) ? { length: lead + 1, period: months(Number(year), 1, 12) } : undefined;
}
