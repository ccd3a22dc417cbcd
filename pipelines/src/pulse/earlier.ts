/** What today is seen against: days like it, the same five minutes of them, and levels, now and earlier. */
import {
  Baseline,
  type Catalogue,
  comparableDays,
  endedHour,
  FIVE_MINUTES,
  type HourRow,
  observed,
  startOfDay,
  Z_NATION,
} from '@room/contract';
import type { WallQueries } from '@room/warehouse';
import { LAST_MINUTES, type Reading } from './state.ts';

/** Levels are told about once a day, in the slowest case once a month. */
const BACKLOG_REACH_MS = 40 * 86_400_000;
const WEEK = 7;
const MONTH = 28;
/** Levels of a week ago hardly change within it, but where history is coming in. */
const EARLIER_MS = 60_000;

export type Against = Pick<Reading, 'baseline' | 'backlog' | 'fives'>;
/** All, for a day of which anything is simulated, and what was observed. */
export interface AllAndObserved {
  all: Against;
  observed: Against;
}

type Which = 'all' | 'observed';
type Level = Awaited<ReturnType<WallQueries['backlog']>>;
type Earlier = { week: Level; month: Level };

export class EarlierDays {
  readonly #queries: Pick<WallQueries, 'hoursOf' | 'fivesIn' | 'backlog'>;
  readonly #catalogue: Catalogue;
  #before: { readAt: number; ends: readonly number[]; all: Earlier; observed: Earlier } | undefined;

  constructor(queries: Pick<WallQueries, 'hoursOf' | 'fivesIn' | 'backlog'>, catalogue: Catalogue) {
    this.#queries = queries;
    this.#catalogue = catalogue;
  }

  /** `firstDay`: of which anything is known. */
  async read(day: string, now: number, firstDay: string | undefined): Promise<AllAndObserved> {
    const { timeZone, thresholds } = this.#catalogue;
    const enough = thresholds.coverageEnough;
    const candidates = firstDay === undefined ? [] : comparableDays(this.#catalogue, day, firstDay);
    // From the first five minutes that the last hour shows to the end of those that run.
    const passed = (now - startOfDay(day, timeZone)) / 1_000;
    const steps = (second: number): number => Math.floor(second / FIVE_MINUTES) * FIVE_MINUTES;
    const [from, to] = [Math.max(0, steps(passed - LAST_MINUTES * 60)), steps(passed) + FIVE_MINUTES];
    const spans = candidates.map((each) => {
      const midnight = startOfDay(each, timeZone) / 1_000;
      return [midnight + from, midnight + to] as const;
    });
    const [rows, fiveRows, before, all, ofObserved] = await Promise.all([
      this.#queries.hoursOf(candidates),
      this.#queries.fivesIn(spans),
      this.#levelsBefore(now),
      this.#level(now, 'all'),
      this.#level(now, 'observed'),
    ]);
    const midnight = startOfDay(day, timeZone) / 1_000;
    const against = (hours: readonly HourRow[], backlog: Reading['backlog']): Against => {
      const baseline = new Baseline(candidates, hours, timeZone);
      const usual = baseline.usualFives(fiveRows, from, to, timeZone, Z_NATION);
      const fives = Object.fromEntries([...usual].map(([offset, range]) => [midnight + offset, range]));
      return { baseline, backlog, fives };
    };
    const observedRows = observed(rows);
    const whole = against(rows, withEarlier(all, before.all, enough));
    const observedBacklog = withEarlier(ofObserved, before.observed, enough);
    return {
      all: whole,
      // Mostly nothing or everything is simulated.
      observed:
        observedRows.length === rows.length
          ? { ...whole, backlog: observedBacklog }
          : against(observedRows, observedBacklog),
    };
  }

  #level(at: number, which: Which, isEarlier = false): ReturnType<WallQueries['backlog']> {
    return this.#queries.backlog(at - BACKLOG_REACH_MS, which, isEarlier ? at : undefined);
  }

  async #levelsBefore(now: number): Promise<{ all: Earlier; observed: Earlier }> {
    const known = this.#before;
    const readAt = performance.now();
    const ends = [WEEK, MONTH].map((days) => endedHour(now, days, this.#catalogue.timeZone).end);
    const isOfNow = known?.ends.every((end, n) => end === ends[n]) === true;
    // Where nothing is known of a week ago history may just be coming in.
    if (isOfNow && known.all.week !== undefined && readAt - known.readAt < EARLIER_MS) return known;
    const of = async (which: Which): Promise<Earlier> => {
      const [week, month] = await Promise.all(ends.map((end) => this.#level(end, which, true)));
      return { week, month };
    };
    const [all, ofObserved] = await Promise.all([of('all'), of('observed')]);
    this.#before = { readAt, ends, all, observed: ofObserved };
    return this.#before;
  }
}

/** What few had told of then says nothing about all of now: who was silent would count as nobody who waited. */
export function withEarlier(level: Level, { week, month }: Earlier, enough: number): Reading['backlog'] {
  if (level === undefined) return undefined;
  const { series, ...now } = level;
  const overdueOf = (earlier: Level): number | undefined =>
    earlier !== undefined && earlier.series >= enough * series ? earlier.overdue : undefined;
  const [weekBefore, monthBefore] = [overdueOf(week), overdueOf(month)];
  return {
    ...now,
    ...(weekBefore === undefined ? {} : { weekBefore }),
    ...(monthBefore === undefined ? {} : { monthBefore }),
  };
}
