/**
 * When a small batch is counted. An insert's cost is mostly fixed and each leaves parts to merge, so what changes no number waits for
 * company; what a wall would show goes at once after a quiet moment, which is longer while nobody watches but rules.
 */
import type { Collecting, LogRecord } from '@room/log';
import type { Watch } from '../watch.ts';

/** Least time between the beginnings of two small inserts. */
const PACE_MS = 100;
/** The same where little comes: several inserts a second of an event each would cost more than everything else. */
const LONGEST_PACE_MS = 500;
/** The same while nobody watches: rules do, and whoever is told of an alert is told within seconds. */
const UNWATCHED_PACE_MS = 2_400;
/** Events that change a number and that an insert carries at least, where enough come for that within the longest pace. */
const CARRIED = 5;
/** From so many records on an insert is not small. */
const SMALL_BATCH = 1_000;
/** So many waiting records are company enough. */
const COMPANY = 200;
/** No record waits longer for company than this. */
export const LONGEST_WAIT_MS = 5_000;
/** Over so long the rate is averaged. */
const RATE_MS = 2_000;

export interface PaceOptions {
  watch: Watch;
  /** No record waits longer, in milliseconds. */
  longestWaitMs?: number;
  /** Milliseconds of a monotonic clock. */
  now?: () => number;
}

/** One for each membership; a log that collects has one partition. */
export class Pace implements Collecting {
  readonly #watch: Watch;
  readonly #longestWaitMs: number;
  readonly #now: () => number;
  /** The batch that was looked at last, how much of it, since when it waits, and how many of its events change a number. */
  #batch: { records: readonly LogRecord[]; looked: number; since: number; news: number } | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;
  #newsAt = Number.NEGATIVE_INFINITY;
  /** Events a millisecond that change a number. */
  #rate = 0;
  #collects = false;
  /** Somebody came: what waits is shown, whatever it says. */
  #isHurried = false;

  constructor({ watch, longestWaitMs = LONGEST_WAIT_MS, now = () => performance.now() }: PaceOptions) {
    this.#watch = watch;
    this.#longestWaitMs = Math.min(longestWaitMs, LONGEST_WAIT_MS);
    this.#now = now;
    this.waitMs = this.waitMs.bind(this);
    this.onHurry = this.onHurry.bind(this);
  }

  waitMs(records: readonly LogRecord[]): number {
    this.#collects = true;
    const now = this.#now();
    if (this.#batch?.records !== records) this.#batch = { records, looked: 0, since: now, news: 0 };
    const batch = this.#batch;
    for (; batch.looked < records.length; batch.looked++) if (isNews(records[batch.looked])) batch.news++;
    const wait = Math.ceil(this.#dueAt(records.length, batch.news, batch.since) - now);
    if (wait > 0) return wait;
    this.#begin(now, batch.news);
    return 0;
  }

  onHurry(listener: () => void): () => void {
    return this.#watch.onWatched(() => {
      this.#isHurried = true;
      listener();
    });
  }

  /** How long to wait after a batch whose log does not collect, which makes the next one larger. `tookMs` has passed since it came. */
  pauseMs(records: number, partitions: number, tookMs: number): number {
    if (this.#collects || records >= SMALL_BATCH) return 0;
    return Math.max(0, PACE_MS / Math.max(1, partitions) - tookMs);
  }

  #dueAt(records: number, news: number, since: number): number {
    if (records >= SMALL_BATCH || this.#isHurried) return Number.NEGATIVE_INFINITY;
    const next = this.#begunAt + PACE_MS;
    if (records >= COMPANY) return next;
    const latest = since + this.#longestWaitMs;
    if (news === 0) return latest;
    const pace = this.#watch.isWatched
      ? Math.min(LONGEST_PACE_MS, Math.max(PACE_MS, CARRIED / this.#rate))
      : UNWATCHED_PACE_MS;
    return Math.min(latest, Math.max(next, this.#newsAt + pace));
  }

  #begin(now: number, news: number): void {
    this.#batch = undefined;
    this.#isHurried = false;
    this.#begunAt = now;
    if (news === 0) return;
    const passed = Math.min(now - this.#newsAt, Number.MAX_SAFE_INTEGER);
    this.#rate = (this.#rate * RATE_MS + news) / (RATE_MS + passed);
    this.#newsAt = now;
  }
}

const NOTHING_HAPPENED = ['"count":0', '"count": 0'];

/** Whether it may change a number that a wall shows. Only a hint: what is counted, and how, does not depend on it. */
export const isNews = (record: LogRecord | undefined): boolean =>
  record !== undefined && !NOTHING_HAPPENED.some((text) => record.value.includes(text));
