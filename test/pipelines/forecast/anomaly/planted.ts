/** A year of a public service's hours with events planted at known times, and the score of what was found. */
import { addDays, type WorkingCalendar } from '@room/contract';
import type { CountedSeries, Deviation, Told } from '@room/forecast';
import { type Random, randomOf } from '../../../portal/random.ts';
import { service } from '../series.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface Planted {
  what: 'surge' | 'fall' | 'shift' | 'silence';
  /** First and past the last hour, ms. */
  from: number;
  to: number;
}

export interface PlantedYear {
  series: CountedSeries;
  planted: Planted[];
  /** Local dates by bucket. */
  dates: string[];
}

/** A year of history, then a year with a surge, a fall, a lasting shift and a silence on ordinary weeks, placed by the seed. */
export function plantedYear(calendar: WorkingCalendar, seed: number, perHour = 40 * 2 ** (seed % 4)): PlantedYear {
  const all = service(calendar, { from: '2025-01-01', days: 730, perHour, seed, step: 'hour' });
  const random = randomOf(`planted ${seed}`);
  const start = Date.parse('2025-01-01T00:00:00Z');
  const values = [...all.values];
  const planted: Planted[] = [];
  const plant = (what: Planted['what'], date: string, hour: number, hours: number, factor: number): void => {
    const first = all.dates.indexOf(date) + hour;
    for (let t = first; t < Math.min(values.length, first + hours); t++) {
      values[t] = what === 'silence' ? Number.NaN : random.poisson((values[t] ?? 0) * factor);
    }
    planted.push({ what, from: start + first * HOUR, to: start + (first + hours) * HOUR });
  };
  const workday = (from: string): string => {
    for (let date = addDays(from, Math.floor(40 * random.next())); ; date = addDays(date, 1)) {
      const at = all.dates.indexOf(date);
      if (all.dayTypes[at] === 'working' && all.dayTypes[at + 24] === 'working') return date;
    }
  };
  plant('surge', workday('2026-03-10'), 8, 30, 1.6 + 0.6 * random.next());
  plant('fall', workday('2026-05-10'), 9, 8, 0.2 + 0.3 * random.next());
  plant('silence', workday('2026-07-01'), 7, 20, 0);
  // To the end of the year, as things that change do.
  plant('shift', workday('2026-09-20'), 0, 9_999, 1.5 + 0.4 * random.next());
  return { series: { start, step: HOUR, values, dayTypes: all.dayTypes }, planted, dates: all.dates };
}

/** What may happen to an office in its first two weeks: nothing comes, a third, what a night brings, or three times as much. */
export const EARLY = ['nothing', 'a third', 'night level', 'three times as much'] as const;
export type Early = (typeof EARLY)[number];

/** The first two weeks of a unit's hours from the local day `from` on. */
export function beginning(calendar: WorkingCalendar, from: string, perHour: number, seed: number): CountedSeries {
  const { values, dayTypes } = service(calendar, { from, days: 14, perHour, seed, step: 'hour' });
  return { start: Date.parse(from), step: HOUR, values, dayTypes };
}

/** The same up to the end of eight hours from nine of its `day` (from 0) on, in which `what` happened. */
export function happened(series: CountedSeries, what: Early, day: number, seed: number): CountedSeries {
  const random = randomOf(`${what} ${day} ${seed}`);
  const first = 24 * day + 9;
  const made: Record<Early, (value: number) => number> = {
    nothing: () => 0,
    'a third': (value) => random.poisson(value / 3),
    'night level': () => series.values[24 * day + 3] ?? 0,
    'three times as much': (value) => 3 * value,
  };
  const values = Array.from({ length: first + 8 }, (_, t) => {
    const value = series.values[t] ?? 0;
    return t < first ? value : made[what](value);
  });
  return { ...series, values, dayTypes: Array.from(series.dayTypes ?? []).slice(0, values.length) };
}

/** Whether an episode of the right side covers some of those eight hours, and none of the hours long before. */
export const isSeen = (episodes: readonly Deviation[], { start, values }: CountedSeries, what: Early): boolean =>
  episodes.some(
    ({ kind, onset }) =>
      kind === (what === 'three times as much' ? 'above' : 'below') && onset >= start + (values.length - 11) * HOUR,
  );

type Find = (series: CountedSeries) => readonly Deviation[];

/** A surge of six hours that is just told at its end, as the room judges it on that day and the four after it. */
export function* nearThreshold(
  calendar: WorkingCalendar,
  { date, seed }: { date: string; seed: number },
  find: Find,
): Generator<{ series: CountedSeries; from: number; to: number }> {
  const [first, back] = ['2026-01-05', 84];
  const all = service(calendar, { from: first, days: 180, perHour: 10, seed, step: 'hour' });
  const at = all.dates.indexOf(date) + 9;
  const instant = (hour: number): number => Date.parse(first) + hour * HOUR;
  const window = (factor: number, now: number) => {
    const begin = now - (now % 24) - 24 * back;
    const value = (it: number, t: number): number => (t >= at - begin && t < at - begin + 6 ? it * factor : it);
    const series: CountedSeries = {
      start: instant(begin),
      step: HOUR,
      values: all.values.slice(begin, now).map(value),
      dayTypes: all.dayTypes.slice(begin, now),
      from: instant(now) - 4 * DAY,
    };
    return { series, from: instant(at), to: instant(at + 6) };
  };
  let [untold, told] = [1, 4];
  for (let i = 0; i < 16; i++) {
    const factor = (untold + told) / 2;
    const made = window(factor, at + 8);
    if (surgeOf(find(made.series), made) === undefined) untold = factor;
    else told = factor;
  }
  for (let day = 0; day < 5; day++) yield window(told, at + 8 + 24 * day);
}

const surgeOf = (episodes: readonly Deviation[], { from, to }: { from: number; to: number }): Deviation | undefined =>
  episodes.find(({ kind, onset, end }) => kind === 'above' && onset < to && (end ?? Number.POSITIVE_INFINITY) > from);

/** How often a surge was taken back, came back, or was told to have begun at another hour, from one window to the next. */
export function flickers(windows: Iterable<{ series: CountedSeries; from: number; to: number }>, find: Find): number {
  const onsets = [...windows].map((window) => surgeOf(find(window.series), window)?.onset);
  return onsets.filter((onset, n) => n > 0 && onset !== onsets[n - 1]).length;
}

/** What the room does: what is told is kept for less than it took. */
export function remembering(find: Find): Find {
  let told: readonly Deviation[] = [];
  return (series) => {
    const before = told.map(
      ({ kind, onset, end }): Told => ({
        kind: kind === 'silence' ? 'silence' : 'departure',
        onset,
        end,
      }),
    );
    told = find({ ...series, told: before });
    return told;
  };
}

export interface Tally {
  planted: number;
  found: number;
  episodes: number;
  right: number;
  wrong: Deviation[];
}

export const tally = (): Tally => ({ planted: 0, found: 0, episodes: 0, right: 0, wrong: [] });

const KINDS = { surge: ['above'], fall: ['below'], shift: ['above'], silence: ['silence'] } as const;

/** Counts events that some episode of their kind overlaps, and episodes that some event explains, up to a day after it. */
export function addScore(sum: Tally, planted: readonly Planted[], episodes: readonly Deviation[], end: number): void {
  const explains = (event: Planted, it: Deviation, later: number): boolean =>
    (KINDS[event.what] as readonly string[]).includes(it.kind) &&
    it.onset < event.to + later &&
    (it.end ?? end) > event.from;
  sum.planted += planted.length;
  sum.found += planted.filter((event) => episodes.some((it) => explains(event, it, 0))).length;
  sum.episodes += episodes.length;
  const [right, wrong] = [[], []] as [Deviation[], Deviation[]];
  for (const it of episodes) (planted.some((event) => explains(event, it, DAY)) ? right : wrong).push(it);
  sum.right += right.length;
  sum.wrong.push(...wrong);
}

/** What a bucket holds by chance where `share` of its events come in lumps of half to one and a half of `size`. */
export function lumpy(random: Random, mean: number, size: number, share: number): number {
  let held = random.poisson(mean * (1 - share));
  for (let lumps = random.poisson((mean * share) / size); lumps > 0; lumps--) {
    held += Math.max(1, Math.round(size * (0.5 + random.next())));
  }
  return held;
}
