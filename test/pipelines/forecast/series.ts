/**
 * Seeded series whose truth is known, for what no public set holds: the lunar new year, worked Saturdays, and daily counts in the
 * manner of cash withdrawals. They are drawn from few causes that multiply, with Poisson or log-normal noise; real series have
 * more causes, so scores here compare methods and find breakage, and promise nothing about a real series.
 */
import { addDays, dayTypeOf, isoWeekday, type WorkingCalendar } from '@room/contract';
import { labelOfDay } from '@room/forecast';
import { type Random, randomOf } from '../../portal/random.ts';

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

export interface Generated {
  /** NaN where a report is missing. */
  values: number[];
  /** What the count was expected to be before chance. */
  expected: number[];
  dates: string[];
  /** One label a step. */
  dayTypes: string[];
}

const FEAST = 'new-year';

/** The label of a calendar day: its type, with its offset from the lunar new year where that is near. */
export function labelOfDate(calendar: WorkingCalendar, date: string): string {
  const offset = newYearOffset(calendar, date);
  return labelOfDay(dayTypeOf(calendar, date) ?? 'unknown', offset === undefined ? undefined : { name: FEAST, offset });
}

function newYearOffset(calendar: WorkingCalendar, date: string): number | undefined {
  const offsets = Object.values(calendar.newYear ?? {}).map((day) => (Date.parse(date) - Date.parse(day)) / 86_400_000);
  return offsets.sort((a, b) => Math.abs(a) - Math.abs(b))[0];
}

/** Shares of an office day's counts by hour, Monday to Friday and at rest. */
const OFFICE = [4, 2, 2, 1, 2, 5, 15, 55, 130, 150, 140, 110, 60, 95, 140, 150, 125, 75, 40, 30, 28, 24, 16, 9];
const LEISURE = [5, 3, 2, 2, 2, 4, 9, 16, 28, 36, 38, 34, 27, 26, 30, 32, 30, 27, 25, 26, 26, 22, 15, 9];
const WEEKDAYS = [1, 1.08, 1.04, 1, 0.93];

/**
 * Counts of a public service: office days, quiet weekends, holidays at a tenth, worked Saturdays, a rise before the lunar new year
 * and a slow return after it. Every year's feast differs by a few percent that no history tells.
 */
export function service(
  calendar: WorkingCalendar,
  {
    from,
    days,
    perHour,
    seed,
    step,
  }: { from: string; days: number; perHour: number; seed: number; step: 'hour' | 'day' },
): Generated {
  const random = randomOf(`service ${seed}`);
  const made: Generated = { values: [], expected: [], dates: [], dayTypes: [] };
  const yearly = new Map<string, number>();
  let level = 0;
  for (let i = 0; i < days; i++) {
    const date = addDays(from, i);
    const kind = dayTypeOf(calendar, date) ?? 'working';
    const offset = newYearOffset(calendar, date) ?? 999;
    level = 0.97 * level + 0.015 * normal(random);
    const drift = Math.exp(level) * (1 + (0.1 * i) / 365) * (1 + 0.06 * Math.sin((2 * Math.PI * i) / 365));
    const year = date.slice(0, 4);
    if (!yearly.has(year)) yearly.set(year, Math.exp(0.05 * normal(random)));
    const feast = feastFactor(offset, kind) * (Math.abs(offset) <= 10 ? (yearly.get(year) ?? 1) : 1);
    const working = kind === 'working';
    const shape = working ? OFFICE : LEISURE;
    const weekday = working ? (WEEKDAYS[isoWeekday(date) - 1] ?? 0.85) : 1;
    const off = kind === 'holiday' ? 0.35 : 1;
    const hours = shape.map((share) => (perHour * share * weekday * off * feast * drift) / 100);
    const add = (expected: number): void => {
      made.expected.push(expected);
      // Besides chance among independent citizens, whole hours and days run a little hot or cold.
      made.values.push(random.poisson(expected * Math.exp(0.04 * normal(random))));
      made.dates.push(date);
      made.dayTypes.push(labelOfDate(calendar, date));
    };
    if (step === 'hour') hours.forEach(add);
    else add(hours.reduce((sum, it) => sum + it, 0));
  }
  return made;
}

function feastFactor(offset: number, kind: string): number {
  if (kind === 'holiday' && Math.abs(offset) <= 8) return offset <= 0 ? 0.45 : 0.3 + 0.08 * offset;
  if (offset >= -12 && offset < 0) return 1.15 + 0.25 * Math.exp(-(((offset + 7) / 3) ** 2));
  if (offset > 0 && offset <= 10) return 0.55 + 0.045 * offset;
  return 1;
}

export interface UnlikeHolidays {
  /** Two years of days and the last twelve weeks by hour, up to a holiday that comes next; labels reach to its end. */
  days: number[];
  dayTypes: string[];
  hours: number[];
  hourTypes: string[];
  /** What the holiday is expected to hold. */
  truth: number;
}

/** An office with a holiday each seven weeks, all under one label and each at a level of its own: hours hold one of them. */
export function unlikeHolidays(seed: number): UnlikeHolidays {
  const random = randomOf(`unlike holidays ${seed}`);
  const [known, weeks, every] = [730, 12, 49];
  const made: UnlikeHolidays = { days: [], dayTypes: [], hours: [], hourTypes: [], truth: 0 };
  for (let day = 0; day <= known; day++) {
    const isHoliday = (known - day) % every === 0;
    const isRest = (known - day + 3) % 7 < 2;
    const label = isHoliday ? 'holiday' : isRest ? 'rest' : 'working';
    const level = isHoliday ? Math.exp(-1.2 + 0.5 * normal(random)) : isRest ? 0.3 : 1;
    const expected = OFFICE.map((share) => share * level);
    made.dayTypes.push(label);
    if (day > known - 7 * weeks) made.hourTypes.push(...OFFICE.map(() => label));
    if (day === known) {
      made.truth = expected.reduce((sum, it) => sum + it, 0);
      break;
    }
    const counts = expected.map((it) => random.poisson(it));
    made.days.push(counts.reduce((sum, it) => sum + it, 0));
    if (day > known - 7 * weeks) made.hours.push(...counts);
  }
  return made;
}

/** Counts of days around 1,000 that differ by chance alone, by `noise` of it. */
export function flat(seed: number, days: number, noise = 0.05): number[] {
  const random = randomOf(`flat ${seed}`);
  return Array.from({ length: days }, () => Math.max(0, 1_000 * (1 + noise * normal(random))));
}

/** Of a year's total made in its first weeks: what was counted by then, the days before and their types, and the truth. */
export interface January {
  history: number[];
  dayTypes: string[];
  counted: number;
  horizon: number;
  rest: number;
}

/** Two years of days of a service, and what the year of `day` was still to hold. */
export function january(calendar: WorkingCalendar, day: string, seed: number): January {
  const year = day.slice(0, 4);
  const from = `${Number(year) - 2}-01-01`;
  const days = (Date.parse(`${year}-12-31`) - Date.parse(from)) / 86_400_000 + 1;
  const all = service(calendar, { from, days, perHour: 40 * 2 ** (seed % 4), seed, step: 'day' });
  const at = all.dates.indexOf(day);
  const start = Math.max(0, at - 730);
  const sum = (first: number, end: number): number => all.values.slice(first, end).reduce((total, it) => total + it, 0);
  return {
    history: all.values.slice(start, at),
    dayTypes: all.dayTypes.slice(start),
    counted: sum(all.dates.indexOf(`${year}-01-01`), at),
    horizon: days - at,
    rest: sum(at, days),
  };
}

/** Three years of days that hold what their name says, and chance; none has a label for it. */
export const COURSES = {
  'a step up in November': courseOf((t) => (t >= 365 + 310 ? 1.4 : 1)),
  'a growing one': courseOf((t) => Math.exp((0.22 * t) / 365)),
  'a low December': courseOf((t) => (t % 365 >= 345 || t % 365 < 4 ? 0.45 : 1)),
  'daily withdrawals': (seed: number) => withdrawals(seed, COURSE_DAYS),
} as const;

const COURSE_DAYS = 3 * 365;

function courseOf(factor: (day: number) => number): (seed: number) => number[] {
  const week = [...WEEKDAYS, 0.3, 0.25];
  return (seed) => {
    const random = randomOf(`course ${seed}`);
    const size = 400 * 2 ** (seed % 4);
    let level = 0;
    return Array.from({ length: COURSE_DAYS }, (_, t) => {
      level = 0.97 * level + 0.01 * normal(random);
      return random.poisson(size * (week[t % 7] ?? 1) * Math.exp(level + 0.05 * normal(random)) * factor(t));
    });
  };
}

/** Of the third year of a course, made so many days into it: what `January` says. Days that are not known count nowhere. */
export function januaryOf(course: readonly number[], day: number): Omit<January, 'dayTypes'> & { truth: number[] } {
  const at = COURSE_DAYS - 365 + day;
  const truth = course.slice(at);
  const sum = (values: readonly number[]): number => values.reduce((total, it) => total + (it || 0), 0);
  return {
    history: course.slice(at - 730, at),
    counted: sum(course.slice(COURSE_DAYS - 365, at)),
    horizon: truth.length,
    rest: sum(truth),
    truth,
  };
}

/** What anybody would do: last year's days, weekday on weekday, times what the last eight weeks grew by since the year before. */
export function lastYearGrown(history: readonly number[], horizon: number): number {
  const [year, recent] = [364, 56];
  const n = history.length;
  const sum = (from: number, to: number): number => history.slice(from, to).reduce((total, it) => total + it, 0);
  const growth = sum(n - recent, n) / sum(n - year - recent, n - year);
  return Array.from({ length: horizon }, (_, j) => history[n - year + (j % year)] ?? 0).reduce(
    (total, it) => total + growth * it,
    0,
  );
}

/** Daily withdrawals of one machine: what the NN5 competition's series look like, without being one of them. */
export function withdrawals(seed: number, days: number): number[] {
  const random = randomOf(`withdrawals ${seed}`);
  const size = 8 + 25 * random.next();
  const week = Array.from({ length: 7 }, (_, day) =>
    Math.exp((day === 4 || day === 5 ? 0.25 : day === 6 ? -0.35 : 0) + 0.2 * normal(random)),
  );
  const noise = 0.1 + 0.1 * random.next();
  const yearly = 0.12 * random.next();
  const phase = 365 * random.next();
  let level = 0;
  let mood = 0;
  return Array.from({ length: days }, (_, t) => {
    level += 0.016 * normal(random);
    if (random.next() < 1 / 500) level += 0.3 * normal(random);
    mood = 0.5 * mood + noise * normal(random);
    const day = t % 365;
    const feast = day >= 352 && day <= 357 ? 0.35 : day >= 358 && day <= 364 ? -0.35 : day % 91 === 40 ? -0.25 : 0;
    const month = 0.06 * Math.cos((2 * Math.PI * (t % 30.4)) / 30.4);
    const value =
      size *
      (week[t % 7] ?? 1) *
      Math.exp(level + mood + feast + month + yearly * Math.sin((2 * Math.PI * (t + phase)) / 365));
    const chance = random.next();
    if (chance < 0.02) return Number.NaN;
    if (chance < 0.03) return value * 0.05;
    if (chance < 0.035) return value * 3;
    return Math.round(value * 100) / 100;
  });
}
