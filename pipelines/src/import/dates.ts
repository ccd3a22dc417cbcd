/** Dates and times as people and databases write them, to instants. Pure. */
import { DateTime, IANAZone } from 'luxon';

/** A text that is no date, or no time that a clock showed; the message says which, and why. */
export class BadDate extends Error {}

export interface DateOptions {
  timeZone: string;
  /** Luxon tokens, or `iso`, `epoch`, `epochMs`; tried in turn. */
  formats: readonly string[];
  /** Languages of names of months and of halves of the day. */
  languages: readonly string[];
}

export type DateReader = (text: string) => DateTime;

const QUARTER_HOUR = 900_000;

/** A zone that remembers its offsets: asking for one dominated an import. Clocks change at whole quarters of an hour. */
class RememberingZone extends IANAZone {
  private readonly offsets = new Map<number, number>();

  override offset(at: number): number {
    const quarter = Math.floor(at / QUARTER_HOUR);
    let offset = this.offsets.get(quarter);
    if (offset === undefined) {
      if (this.offsets.size >= 100_000) this.offsets.clear();
      offset = super.offset(at);
      this.offsets.set(quarter, offset);
    }
    return offset;
  }
}

/** A format that could give a wrong date without a word; the message says what it lacks. Undefined where it is complete. */
export function formatTrouble(format: string): string | undefined {
  if (isNamed(format)) return undefined;
  const tokens = tokensOf(format);
  // Single letters and `f` to `FFFF` stand for a whole date.
  if (/[DF]/.test(tokens) || /f/.test(tokens)) return undefined;
  const has = (token: RegExp): boolean => token.test(tokens);
  if (has(/[hK]/) && !has(/a/)) return 'has h without a: write H for hours from 0 to 23, or a for the half of the day';
  const isDay = has(/y/) && ((has(/[ML]/) && has(/d/)) || has(/o/));
  const isWeekday = has(/k/) && has(/W/) && has(/[Ec]/);
  if (isDay || isWeekday) return undefined;
  return 'names no day: it takes a year, a month and a day (or several columns: "time": {"columns": ["date", "time"]})';
}

const tokensOf = (format: string): string => format.replaceAll(/'[^']*'/g, '');
const isNamed = (format: string): boolean => /^(iso|epoch|epochMs|X|x)$/.test(format);

export function dateReader({ timeZone, formats, languages }: DateOptions): DateReader {
  const zone = new RememberingZone(timeZone);
  const readers = formats.flatMap((format) => readersOf(format, zone, languages));
  return (text) => {
    for (const read of readers) {
      const at = read(text);
      if (at?.isValid && isNone(at)) throw new BadDate(`"${text}" is what programs write for no date: ${NO_DATE_HELP}`);
      if (at?.isValid) return at;
    }
    throw new BadDate(`"${text}" is not a date in the format ${formats.join(' or ')}`);
  };
}

const NO_DATE_HELP = 'name it in "empty" in the mapping, or mend the cell';

/** True for the first and last days of programs' calendars, which stand in databases where no date is known. */
function isNone(at: DateTime): boolean {
  if (at.year < 1900 || at.year >= 2200 || at.toMillis() === 0) return true;
  return /^(?:1900-01-0[01]|1970-01-01)T00:00:00/.test(at.toISO({ includeOffset: false }) ?? '');
}

/** Undefined where the text is none of its dates. */
type FormatReader = (text: string) => DateTime | undefined;

function readersOf(format: string, zone: IANAZone, languages: readonly string[]): FormatReader[] {
  if (format === 'iso') return [isoReader(zone)];
  if (format === 'epoch' || format === 'X') return [epochReader(zone, 1_000)];
  if (format === 'epochMs' || format === 'x') return [epochReader(zone, 1)];
  const isWorded = /[aDfFGEc]|MMM|LLL/.test(tokensOf(format));
  return (isWorded ? languages : languages.slice(0, 1)).map((language) => tokenReader(format, zone, language));
}

/**
 * What a clock of `zone` showed, given as UTC, to the instant. A date without a time is the day's first instant: where the
 * clock is put forward at midnight a day begins later.
 */
function inZone(local: DateTime, zone: IANAZone, isDay: boolean): DateTime {
  const at = local.setZone(zone, { keepLocalTime: true });
  if (isDay) return at.startOf('day');
  // Luxon moves a time that a change of the clock left out; nothing can have happened then.
  if (at.hour !== local.hour || at.minute !== local.minute)
    throw new BadDate(`${local.toFormat('yyyy-MM-dd HH:mm')} does not exist in ${zone.name} (clock put forward)`);
  return at;
}

/** A whole day, by month, by week or by its number in the year; after a `T` or a blank a time, as SQL writes it. */
const ISO =
  /^(\d{4}-\d\d-\d\d|\d{8}|\d{4}-\d{3}|\d{4}-?W\d\d-?\d)(?:[T ](\d\d?(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?)(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?)?$/i;

const isoReader =
  (zone: IANAZone): FormatReader =>
  (text) => {
    const [, day, written, offset] = ISO.exec(text) ?? [];
    if (day === undefined) return undefined;
    const time = written?.replace(/^\d(?=:|$)/, '0$&');
    if (time === undefined) return dated(DateTime.fromISO(day, { zone: 'utc' }), zone, true);
    if (offset === undefined) return dated(DateTime.fromISO(`${day}T${time}`, { zone: 'utc' }), zone, false);
    return DateTime.fromISO(`${day}T${time}${offset.replace(/utc/i, 'Z')}`, { zone });
  };

const dated = (local: DateTime, zone: IANAZone, isDay: boolean): DateTime | undefined =>
  local.isValid ? inZone(local, zone, isDay) : undefined;

/** Seconds or milliseconds since 1970; ten digits are no milliseconds, and thirteen no seconds, of this age. */
const epochReader =
  (zone: IANAZone, unit: number): FormatReader =>
  (text) => {
    const digits = unit === 1 ? /^\d{12,13}(\.0+)?$/ : /^\d{9,10}(\.\d+)?$/;
    return digits.test(text) ? DateTime.fromMillis(Math.trunc(Number(text) * unit), { zone }) : undefined;
  };

function tokenReader(format: string, zone: IANAZone, language: string): FormatReader {
  const locale = language === 'en' ? 'en-US' : language;
  const parser = DateTime.buildFormatParser(format, { locale });
  const tokens = tokensOf(format);
  const hasOffset = /z/i.test(tokens);
  const isDay = !/[hHmsSuTtfFK]/.test(tokens);
  const spell = SPELLINGS[language]?.(tokens) ?? ((text) => text);
  return (text) => {
    const spelled = spell(text);
    if (hasOffset) return DateTime.fromFormatParser(spelled, parser, { zone, locale });
    return dated(DateTime.fromFormatParser(spelled, parser, { zone: 'utc', locale }), zone, isDay);
  };
}

const MONTHS_VI = [
  'mot|gieng',
  'hai',
  'ba',
  'tu|bon',
  'nam',
  'sau',
  'bay',
  'tam',
  'chin',
  'muoi',
  'muoi mot',
  'muoi hai|chap',
];
const bare = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase();

/** The half of a day after the time, apart from it as the format has it. */
function halves(tokens: string, written: RegExp, ending: string): (text: string) => string {
  const gap = /\sa/.test(tokens) ? ' ' : '';
  return /a/.test(tokens) ? (text) => text.replace(written, `${gap}$1${ending}`) : (text) => text;
}

/** What people of a language write, to what its formats have; `tokens` says which of a month's names. */
const SPELLINGS: Readonly<Record<string, (tokens: string) => (text: string) => string>> = {
  en: (tokens) => {
    const halved = halves(tokens, /(?<=\d)\s*([ap])\.?\s?m\b\.?/i, 'm');
    if (!/MMM|LLL/.test(tokens)) return halved;
    // A full stop belongs to the format where it has one.
    const stop = /[ML]\./.test(tokens) ? '.' : '';
    return (text) =>
      halved(text).replace(/\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)t?(?:\.|\b)/i, `$1${stop}`);
  },
  vi: (tokens) => {
    const spaced = halves(tokens, /(?<=\d)\s*(SA|CH)\b/i, '');
    const month = /MMMM|LLLL/.test(tokens) ? 'tháng ' : /MMM|LLL/.test(tokens) ? 'thg ' : undefined;
    const named = /(?<!\p{L})th(?:áng|ang|g|\.)?[ .]*(\d{1,2}|[\p{L}]+(?: m[ộo]t| hai)?)/iu;
    const numberOf = (name: string): string | undefined => {
      const at = MONTHS_VI.findIndex((names) => names.split('|').includes(bare(name)));
      return at < 0 ? undefined : String(at + 1);
    };
    return (text) => {
      const halved = text
        .replace(/(?<!\p{L})s(?:áng|ang)(?!\p{L})/iu, 'SA')
        // Twelve in the evening is no time that all read alike.
        .replace(/(?<!\b12(?::\d\d){0,2}\s*)(?<!\p{L})(?:chiều|chieu|tối|toi)(?!\p{L})/iu, 'CH');
      if (month === undefined) return spaced(halved);
      return spaced(halved).replace(named, (all, name: string) => {
        const number = /^\d/.test(name) ? String(Number(name)) : numberOf(name);
        return number === undefined ? all : `${month}${number}`;
      });
    };
  },
};
