/** How a briefing writes numbers and days, in both languages as pages do. */
import type { Catalogue, Language } from '@room/contract';

export interface Say {
  language: Language;
  count: (value: number) => string;
  /** A level, as points of an index. */
  number: (value: number) => string;
  /** With one digit. */
  share: (value: number) => string;
  percent: (value: number) => string;
  points: (value: number) => string;
  day: (day: string) => string;
  /** A day with its minute, of milliseconds since 1970 UTC. */
  moment: (at: number, of: Pick<Catalogue, 'timeZone'>) => string;
  /** The same without its year. */
  minute: (at: number, of: Pick<Catalogue, 'timeZone'>) => string;
}

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const;
const DATES = {
  vi: { day: '2-digit', month: '2-digit', year: 'numeric' },
  en: { day: 'numeric', month: 'short', year: 'numeric' },
} as const;
const MINUTE = { hour: '2-digit', minute: '2-digit' } as const;

function sayIn(language: Language): Say {
  const locale = LOCALES[language];
  // A blank before the sign where the language has one, a minus that is one.
  const written = (text: string): string => {
    const minus = text.replace(/^-/, '−');
    return language === 'vi' ? minus.replace(/\s*%/, '\u00A0%') : minus;
  };
  const numbers = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value: number): string => written(format.format(value));
  };
  const points = numbers({ signDisplay: 'exceptZero', maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(locale, { ...DATES[language], timeZone: 'UTC' });
  const clock = (at: number, timeZone: string): string =>
    new Intl.DateTimeFormat(locale, { ...MINUTE, timeZone }).format(at);
  const dateOf = (at: number, timeZone: string, isWhole: boolean): string => {
    const { year, ...short } = DATES[language];
    const said = new Intl.DateTimeFormat(locale, { ...short, ...(isWhole ? { year } : {}), timeZone }).format(at);
    return language === 'vi' ? said.replaceAll('-', '/') : said;
  };
  return {
    language,
    count: numbers({ maximumFractionDigits: 0 }),
    number: numbers({ maximumFractionDigits: 1 }),
    share: numbers({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    percent: numbers({ style: 'percent', maximumFractionDigits: 0 }),
    points: (value) => points(100 * value),
    day: (of) => day.format(new Date(`${of}T00:00:00Z`)),
    moment: (at, { timeZone }) => `${clock(at, timeZone)} ${dateOf(at, timeZone, true)}`,
    minute: (at, { timeZone }) => `${clock(at, timeZone)} ${dateOf(at, timeZone, false)}`,
  };
}
export const SAYS = { vi: sayIn('vi'), en: sayIn('en') } as const;
