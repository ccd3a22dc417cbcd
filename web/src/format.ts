/** Numbers, days and times as the two languages write them. Long forms only: short ones differ by a thousand between the two. */
import { decimalsApart, type Language, localDay } from '@room/contract';

const LOCALES: { readonly [language in Language]: string } = { vi: 'vi-VN', en: 'en-US' };

export interface Estimate {
  digits: string;
  unit: string;
  /** In that unit, which stands beside the digits. */
  range: string;
}

export interface Format {
  /** 57.802; with decimals where it would else read as the limit that it stands `beside`. */
  count: (value: number, beside?: number) => string;
  /** 15,0 nghìn; counts under ten thousand in full. */
  rough: (value: number) => string;
  /** 125–135 nghìn: two bounds, as rough as the larger one. */
  range: (low: number, high: number) => string;
  /** 130, nghìn, and 125–135 nghìn: a number and its bounds in one unit and precision, three digits of the largest; no unit under ten thousand. */
  estimate: (mean: number, bounds: readonly [low: number, high: number]) => Estimate;
  /** 20 nghìn: a round number of an axis. */
  axis: (value: number) => string;
  /** 10, of 10 nghìn: under a line that names its unit above. */
  axisBare: (value: number) => string;
  /** 95% */
  percent: (value: number) => string;
  /** 50%, and 37,5%: a share that somebody has set. */
  limit: (value: number) => string;
  /** 99,6%; with more decimals where it would else read as the limit that it stands `beside`. */
  share: (value: number, beside?: number) => string;
  /** +3,2%, −24%: one decimal under ten per cent. */
  change: (value: number) => string;
  /** +0,4: percentage points of a difference of shares, without their unit. */
  points: (difference: number, digits?: number) => string;
  /** The size of a change without its sign. */
  size: (value: number) => string;
  /** 7,2 */
  tenths: (value: number) => string;
  /** 3,21: three digits of a count per something, more where it has them before the comma. */
  rate: (value: number) => string;
  /** Signed count. */
  signed: (value: number) => string;
  /** 19/11/2026 of a calendar day `YYYY-MM-DD`. */
  day: (day: string) => string;
  /** 19/11 */
  dayOfYear: (day: string) => string;
  /** 11/2026 of a day. */
  monthOf: (day: string) => string;
  weekday: (day: string) => string;
  weekdayShort: (day: string) => string;
  /** 27/12/2017–31/12/2017, or the one day. */
  period: (from: string, to: string) => string;
  /** 10:42:07 of an instant. */
  clock: (at: number) => string;
  /** 10:42 */
  minute: (at: number) => string;
  /** An axis label of an hour of the day. */
  hour: (hour: number) => string;
  /** 50 giây, 4 phút, 3 giờ, 2 ngày */
  span: (milliseconds: number) => string;
  /** 18:10, or 18:10 18/11 where the instant is not of the last twenty hours. */
  /** The local day of an instant. */
  dayOf: (at: number) => string;
  since: (at: number, now: number) => string;
  list: (names: readonly string[]) => string;
}

const minus = (text: string): string => text.replace('-', '−');

/** The running middle of a month's name is fixed by the house style ("19 Nov 2026"), whatever the locale prefers. */
const month = new Intl.DateTimeFormat('en-US', { month: 'short', timeZone: 'UTC' });

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

function days(language: Language): Pick<Format, 'day' | 'dayOfYear' | 'monthOf'> {
  const parts = (day: string): [string, string, string] => [day.slice(8, 10), day.slice(5, 7), day.slice(0, 4)];
  if (language === 'vi')
    return {
      day: (day) => parts(day).join('/'),
      dayOfYear: (day) => parts(day).slice(0, 2).join('/'),
      monthOf: (day) => parts(day).slice(1).join('/'),
    };
  const monthName = (day: string) => month.format(new Date(`${day}T00:00:00Z`));
  const dayOfYear = (day: string) => `${Number(day.slice(8, 10))} ${monthName(day)}`;
  return {
    day: (day) => `${dayOfYear(day)} ${day.slice(0, 4)}`,
    dayOfYear,
    monthOf: (day) => `${monthName(day)} ${day.slice(0, 4)}`,
  };
}

/** Formats of so many decimals, each made once: making one takes longer than many numbers. */
function byDigits(locale: string, options: Intl.NumberFormatOptions): (digits: number) => Intl.NumberFormat {
  const made = new Map<number, Intl.NumberFormat>();
  return (digits) => {
    const format =
      made.get(digits) ??
      new Intl.NumberFormat(locale, { ...options, minimumFractionDigits: digits, maximumFractionDigits: digits });
    made.set(digits, format);
    return format;
  };
}

export function formatIn(language: Language, timeZone: string): Format {
  const locale = LOCALES[language];
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, {
    notation: 'compact',
    compactDisplay: 'long',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const round = new Intl.NumberFormat(locale, { notation: 'compact', compactDisplay: 'long' });
  const bounds = new Intl.NumberFormat(locale, {
    notation: 'compact',
    compactDisplay: 'long',
    maximumSignificantDigits: 3,
  });
  const percent = byDigits(locale, { style: 'percent' });
  const decimals = byDigits(locale, {});
  const tenths = percent(1);
  const units = percent(0);
  const threeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero', maximumFractionDigits: 0 });
  const signedTo = (digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, {
      signDisplay: 'exceptZero',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  const tenthsSigned = signedTo(1);
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const weekdays = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  const weekdaysShort = new Intl.DateTimeFormat(locale, {
    weekday: language === 'vi' ? 'narrow' : 'short',
    timeZone: 'UTC',
  });
  const unitDisplay = language === 'vi' ? 'long' : 'short';
  const spans = new Map(
    UNITS.map(([unit]) => [unit, new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay })]),
  );
  const { day, dayOfYear, monthOf } = days(language);
  const size = (value: number): string => (Math.abs(value) < 0.1 ? tenths : units).format(Math.abs(value));
  const at = (weekday: string): Date => new Date(`${weekday}T00:00:00Z`);
  return {
    count: (value, beside = value) => minus(decimals(decimalsApart(value, beside, 0)).format(value)),
    rough: (value) => minus(Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value)),
    estimate: (mean, [low, high]) => {
      const most = Math.max(mean, high);
      const scale = most < 10_000 ? 1 : 10 ** (3 * Math.floor(Math.log10(most) / 3));
      const digits = scale === 1 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(most / scale)));
      const exact = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      const write = (value: number): string => minus(exact.format(value / scale));
      const unit = scale === 1 ? '' : (round.formatToParts(scale).find(({ type }) => type === 'compact')?.value ?? '');
      return { digits: write(mean), unit, range: `${write(low)}–${write(high)}` };
    },
    range: (low, high) =>
      (high < 10_000 ? whole : bounds).formatRange(Math.round(low), Math.round(high)).replace(/ ?- ?/, '–'),
    axis: (value) => (value < 10_000 ? (Number.isInteger(value) ? whole : threeDigits) : round).format(value),
    axisBare: (value) =>
      (value < 10_000 ? whole : round)
        .formatToParts(value)
        .filter(({ type }) => type !== 'compact' && type !== 'literal')
        .map(({ value: part }) => part)
        .join(''),
    percent: (value) => units.format(value),
    limit: (value) => (Math.round(1_000 * value) % 10 === 0 ? units : tenths).format(value),
    share: (value, beside = value) => percent(decimalsApart(100 * value, 100 * beside, 1)).format(value),
    // What rounds to nothing has no side.
    change: (value) => (size(value) === size(0) ? '' : value < 0 ? '−' : '+') + size(value),
    points: (difference, digits = 1) =>
      minus((digits === 1 ? tenthsSigned : signedTo(digits)).format(difference * 100)),
    size,
    tenths: (value) => decimal.format(value),
    rate: (value) => minus((Math.abs(value) < 100 ? threeDigits : whole).format(value)),
    signed: (value) => minus(signed.format(value)),
    day,
    dayOfYear,
    monthOf,
    weekday: (of) => weekdays.format(at(of)),
    weekdayShort: (of) => weekdaysShort.format(at(of)),
    period: (from, to) => (from === to ? day(from) : `${day(from)}–${day(to)}`),
    clock: (instant) => clock.format(instant),
    minute: (instant) => clock.format(instant).slice(0, 5),
    hour: (hour) => (language === 'vi' ? `${hour} giờ` : `${hour}:00`),
    span: (milliseconds) => {
      const [unit, length] = UNITS.find(([, length]) => milliseconds >= length) ?? UNITS[3];
      return spans.get(unit)?.format(Math.max(0, Math.floor(milliseconds / length))) ?? '';
    },
    dayOf: (instant) => day(localDay(instant, timeZone)),
    since: (instant, now) => {
      const time = clock.format(instant).slice(0, 5);
      const on = localDay(instant, timeZone);
      if (on === localDay(now, timeZone)) return time;
      return `${time} ${on.slice(0, 4) === localDay(now, timeZone).slice(0, 4) ? dayOfYear(on) : day(on)}`;
    },
    list: (names) => names.join(names.some((name) => name.includes(',')) ? '; ' : ', '),
  };
}
