/** How many dossiers to expect and when: the priors bent over the catalogue's calendar. Pure. */
import { addDays, type Catalogue, dayTypeOf, isoWeekday, startOfDay } from '@room/contract';
import { randomOf } from './random.ts';

type Weights = Readonly<Record<string, number>>;

/** Everything is optional: what a deployment has no prior for is spread evenly. */
export interface Priors {
  nationalPerWorkingDay?: { value: number };
  weekendShareOfWorkingDay?: { value: number };
  weekdayProfile?: { Mon: number; Tue: number; Wed: number; Thu: number; Fri: number };
  hourProfile?: { values: readonly number[] };
  monthProfile?: { values: readonly number[] };
  /** Keyed by working days before and after the days off around the lunar new year. */
  tetEffect?: { daysBefore: Weights; during: number; daysAfter: Weights };
  provinceWeights?: { weights: Weights };
  channelShare?: { mid2025: { online: number; inPerson: number; post: number }; perProvinceRange: readonly number[] };
  onTime?: { national: number; byAgency: Readonly<Record<string, unknown>> };
  processingDays?: { all: number };
  serviceMix?: { weights: Weights; otherShare: { value: number }; cap: { value: number } };
  statusPaths?: { paths: readonly { share?: number; codes: readonly number[] }[]; delay: Weights };
  sourceShare?: { province: number; national: number; agency: number };
}

const DEFAULT_PER_DAY = 10_000;
const DAY_NOISE = 0.03;
const HOUR = 3_600_000;
/** Working days on which a day's dossiers end, and how far back the oldest of them is looked for. */
const ENDED_WITHIN = 5;
const OLDEST_DAYS = 30;

export interface Rate {
  /** Expected submissions of the whole country on a local day. */
  ofDay(day: string): number;
  /** Share of the day that falls into a local hour 0-23. */
  ofHour(hour: number): number;
  /** Shares of an hour that fall into its sixty minutes: the profile without its steps. */
  minutesOf(hour: number): readonly number[];
  /** Expected number of dossiers whose processing ends on the day, per dossier that ever ends. */
  finishedOn(day: string): number;
  /** Share of a day's finished dossiers in a local hour: offices only. */
  officeHour(hour: number): number;
  /**
   * Dossiers expected in process so many hours (0-24) after a local day began: what came in less what ended, each ending in equal
   * parts on the working days that follow it.
   */
  openAt(day: string, hours: number): number;
  /** Local hours of a day: the instant each begins at, and its clock hour. */
  hoursOf(day: string): { at: number; hour: number }[];
}

export function rateOf(catalogue: Catalogue, priors: Priors, seed: number): Rate {
  const { calendar, timeZone } = catalogue;
  const perDay = priors.nationalPerWorkingDay?.value ?? DEFAULT_PER_DAY;
  const profile = normalised(priors.hourProfile?.values ?? Array<number>(24).fill(1));
  const office = normalised(profile.map((value, hour) => (hour >= 7 && hour < 18 ? value : 0)));
  const minutes = profile.map((_, hour) => minuteShares(profile, hour));
  const rest = priors.weekendShareOfWorkingDay?.value ?? 1;
  const weekdays = priors.weekdayProfile;
  const weekdayFactor =
    weekdays === undefined ? [] : [weekdays.Mon, weekdays.Tue, weekdays.Wed, weekdays.Thu, weekdays.Fri];
  const holidays = newYearBreaks(catalogue);
  const isWorking = (day: string): boolean => (dayTypeOf(calendar, day) ?? 'working') === 'working';

  const newYearFactor = (day: string): number | undefined => {
    const effect = priors.tetEffect;
    if (effect === undefined) return undefined;
    for (const { from, to } of holidays) {
      if (day >= from && day <= to) return effect.during;
      if (!isWorking(day)) continue;
      if (day < from && day >= addDays(from, -15)) return effect.daysBefore[`-${workingDays(day, from)}`];
      if (day > to && day <= addDays(to, 15))
        return effect.daysAfter[String(workingDays(addDays(to, 1), addDays(day, 1)))];
    }
    return undefined;
  };
  const workingDays = (from: string, before: string): number => {
    let count = 0;
    for (let day = from; day < before; day = addDays(day, 1)) if (isWorking(day)) count += 1;
    return count;
  };
  const monthFactor = (day: string): number => {
    const months = priors.monthProfile?.values;
    if (months === undefined) return 1;
    const month = Number(day.slice(5, 7)) - 1;
    // February's prior is low because of the new year, which is counted by its own dates here.
    if (month === 1 && priors.tetEffect !== undefined) return ((months[0] ?? 1) + (months[2] ?? 1)) / 2;
    return months[month] ?? 1;
  };
  const days = new Map<string, number>();
  const ofDay = (day: string): number => {
    let expected = days.get(day);
    if (expected === undefined) {
      const special = newYearFactor(day);
      const during = special !== undefined && !isWorking(day);
      const weekday = isWorking(day) ? (weekdayFactor[isoWeekday(day) - 1] ?? 1) : rest;
      const noise = 1 + DAY_NOISE * Math.sqrt(3) * (2 * randomOf(`${seed}|day|${day}`).next() - 1);
      expected = perDay * noise * (during ? (special ?? 1) : weekday * monthFactor(day) * (special ?? 1));
      days.set(day, expected);
    }
    return expected;
  };
  const finished = new Map<string, number>();
  return {
    ofDay,
    ofHour: (hour) => profile[hour] ?? 0,
    minutesOf: (hour) => minutes[hour] ?? [],
    finishedOn(day) {
      if (!isWorking(day)) return 0;
      let expected = finished.get(day);
      if (expected === undefined) {
        let submitted = 0;
        let working = 0;
        for (let back = 0; back < 7; back += 1) {
          submitted += ofDay(addDays(day, -1 - back));
          if (isWorking(addDays(day, -back))) working += 1;
        }
        expected = submitted / working;
        finished.set(day, expected);
      }
      return expected;
    },
    officeHour: (hour) => office[hour] ?? 0,
    openAt(day, hours) {
      let worked = isWorking(day) ? shareBefore(office, hours) : 0;
      let open = ofDay(day) * shareBefore(profile, hours);
      for (let back = 1; worked < ENDED_WITHIN && back <= OLDEST_DAYS; back += 1) {
        const earlier = addDays(day, -back);
        open += ofDay(earlier) * (1 - worked / ENDED_WITHIN);
        if (isWorking(earlier)) worked += 1;
      }
      return open;
    },
    hoursOf(day) {
      const from = startOfDay(day, timeZone);
      const to = startOfDay(addDays(day, 1), timeZone);
      const hours: { at: number; hour: number }[] = [];
      for (let at = from; at < to; at += HOUR) hours.push({ at, hour: Math.min(hours.length, 23) });
      return hours;
    },
  };
}

const normalised = (values: readonly number[]): number[] => {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
};

/** Share of a day's profile before so many hours. */
const shareBefore = (profile: readonly number[], hours: number): number =>
  profile.reduce((sum, share, hour) => sum + share * Math.min(1, Math.max(0, hours - hour)), 0);

/** Straight lines between the middles of neighbouring hours, scaled to a sum of one. */
function minuteShares(profile: readonly number[], hour: number): number[] {
  const here = profile[hour] ?? 0;
  const before = profile[(hour + 23) % 24] ?? 0;
  const after = profile[(hour + 1) % 24] ?? 0;
  return normalised(
    Array.from({ length: 60 }, (_, minute) => {
      const at = (minute + 0.5) / 60;
      return at < 0.5 ? before * (0.5 - at) + here * (0.5 + at) : here * (1.5 - at) + after * (at - 0.5);
    }),
  );
}

/** The days without work around each lunar new year. */
function newYearBreaks({ calendar }: Catalogue): { from: string; to: string }[] {
  return Object.values(calendar.newYear ?? {}).map((newYear) => {
    let from = newYear;
    let to = newYear;
    while (dayTypeOf(calendar, addDays(from, -1)) !== 'working' && from > calendar.from) from = addDays(from, -1);
    while (dayTypeOf(calendar, addDays(to, 1)) !== 'working' && to < calendar.to) to = addDays(to, 1);
    return { from, to };
  });
}
