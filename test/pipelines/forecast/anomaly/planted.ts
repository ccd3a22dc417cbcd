/** A year of a public service's hours with events planted at known times, and the score of what was found. */
import { addDays, type WorkingCalendar } from '@room/contract';
import type { CountedSeries, Deviation } from '@room/forecast';
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
