/**
 * How many events of each local day were counted, and which sources reported for it: read once for all questions of a moment. A count
 * of events only grows, so that days whose counts are the same hold the same events.
 */
import type { Period } from '@room/contract';
import type { Reads } from '../access.ts';
import { daysIn } from './per.ts';

/** Of which events come in are not kept: they would be read anew for each of them. */
export const QUIET_MS = 5_000;

/** The counts of one moment. */
export interface CountedDays {
  /** Of a local day. */
  events(day: string): number;
  /** Of all days of some runs. */
  eventsIn(runs: readonly Period[]): number;
  /** Days whose count was another one a moment ago, in their order. */
  moving: readonly string[];
}

interface Reported {
  events: number;
  sources: readonly string[];
}

export class DaysCounter {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #freshMs: number;
  readonly #quietMs: number;
  #last: { at: number; days: Promise<CountedDays> } | undefined;
  #counts = new Map<string, number>();
  /** Of days whose count was seen to change: when, by the monotonic clock. */
  readonly #changed = new Map<string, number>();
  readonly #reported = new Map<string, Reported>();

  /** Counts are told for `freshMs` after they were asked for. */
  constructor(reads: Pick<Reads, 'read'>, freshMs: number, quietMs: number) {
    this.#reads = reads;
    this.#freshMs = freshMs;
    this.#quietMs = quietMs;
  }

  get(): Promise<CountedDays> {
    const now = performance.now();
    if (this.#last !== undefined && now - this.#last.at < this.#freshMs) return this.#last.days;
    const last = { at: now, days: this.#read() };
    this.#last = last;
    // Whoever asks next asks the engine.
    last.days.catch(() => {
      if (this.#last === last) this.#last = undefined;
    });
    return last.days;
  }

  /** Of days the sources that reported anything for each, with what was counted up to `counted` at least. */
  async reported(days: readonly string[], counted: CountedDays): Promise<(day: string) => readonly string[]> {
    const isKnown = (day: string): boolean => (this.#reported.get(day)?.events ?? 0) === counted.events(day);
    const unknown = days.filter((day) => !isKnown(day)).sort();
    const found = new Map<string, readonly string[]>();
    if (unknown.length > 0) {
      const [from, to] = [unknown[0], unknown.at(-1)];
      const rows = await this.#reads.read<{ day: string; sources: string[] }>(
        `SELECT toString(bucket) AS day, groupUniqArray(toString(code)) AS sources FROM rollup_day
         WHERE dim = 'source' AND bucket BETWEEN toDate32('${from}') AND toDate32('${to}') GROUP BY bucket`,
      );
      for (const { day, sources } of rows) {
        found.set(day, sources);
        this.#reported.set(day, { events: counted.events(day), sources });
      }
    }
    return (day) => found.get(day) ?? this.#reported.get(day)?.sources ?? [];
  }

  async #read(): Promise<CountedDays> {
    const [row] = await this.#reads.read<{ days: string[]; counts: number[] }>(
      `SELECT groupArray(toString(bucket)) AS days, groupArray(counted) AS counts FROM (
         SELECT bucket, sum(events) AS counted FROM rollup_day WHERE dim = 'all' GROUP BY bucket ORDER BY bucket)`,
    );
    const { days = [], counts = [] } = row ?? {};
    const found = new Map(days.map((day, n) => [day, counts[n] ?? 0]));
    const now = performance.now();
    const isFirst = this.#counts.size === 0;
    for (const [day, count] of found) if (this.#counts.get(day) !== count && !isFirst) this.#changed.set(day, now);
    for (const [day, at] of this.#changed) if (now - at >= this.#quietMs) this.#changed.delete(day);
    this.#counts = found;
    const events = (day: string): number => found.get(day) ?? 0;
    return {
      events,
      eventsIn: (runs) => runs.reduce((sum, run) => daysIn(run).reduce((all, day) => all + events(day), sum), 0),
      moving: [...this.#changed.keys()].sort(),
    };
  }
}
