/** What the rate of the present is made of: the sums that walls tell it from, and the events of its sixty seconds. */
import { DEFINITIONS, RATE, type RateMade } from '@room/contract';
import type { Reads } from '../access.ts';
import { addedBy, EVENT_LISTED, type EventRow, eventOf, instantOf, isAdding, summedColumns } from './evident.ts';

const RATED = ['submitted'] as const;
const MINUTE = 60;
const LISTED = 50;
/** The longest time that an event of each may be of, milliseconds. */
const SPAN = { second: 1_000, minute: 60_000 } as const;

export class RateEvidence {
  readonly #reads: Pick<Reads, 'read'>;

  constructor(reads: Pick<Reads, 'read'>) {
    this.#reads = reads;
  }

  /** Of the minute that ends `at` (milliseconds). Events are those of everybody. */
  async evidence(at: number, signal?: AbortSignal): Promise<RateMade> {
    const end = Math.floor(at / 1_000);
    const minute = Math.floor(end / MINUTE) * MINUTE - MINUTE;
    const second = (of: number): string => `toDateTime(${of}, 'UTC')`;
    const fine = (from: number): string =>
      `(SELECT sum(submitted) FROM rollup_second WHERE dim = 'all' AND bucket >= ${second(from)} AND bucket < ${second(from + MINUTE)})`;
    const [sums = { now: 0, fine: 0, whole: 0 }] = await this.#reads.read<{ now: number; fine: number; whole: number }>(
      `SELECT ${fine(end - MINUTE)} AS now, ${fine(minute)} AS fine,
         (SELECT sum(submitted) FROM rollup_minute WHERE dim = 'all' AND grain = 0 AND bucket = ${second(minute)}) AS whole`,
      signal,
    );
    const by = sums.whole > sums.fine ? 'minute' : 'second';
    const from = 1_000 * (by === 'minute' ? minute : end - MINUTE);
    const to = from + 1_000 * MINUTE;
    const where = `occurred_at >= ${instantOf(from)} AND occurred_at < ${instantOf(to)} AND span_ms <= ${SPAN[by]}`;
    const [[summed], events] = await Promise.all([
      this.#reads.read<{ sums: number[]; adding: number }>(
        `SELECT ${summedColumns(RATED)} FROM submission WHERE ${where}`,
        signal,
      ),
      this.#reads.read<EventRow>(
        `SELECT ${EVENT_LISTED}, ${addedBy(RATED)} FROM submission WHERE ${where} AND ${isAdding(RATED)}
         ORDER BY submission.received_at DESC, log_partition DESC, log_offset DESC LIMIT ${LISTED}`,
        signal,
      ),
    ]);
    const perMinute = by === 'minute' ? sums.whole : sums.now;
    const sum = summed?.sums[0] ?? 0;
    return {
      definition: DEFINITIONS.submitted,
      what: RATE,
      from,
      to,
      by,
      table: `rollup_${by}`,
      statement: `SELECT sum(submitted) FROM submission WHERE ${where}`,
      perMinute,
      sum,
      matches: sum === perMinute,
      events: events.map((row) => eventOf(RATED, row)),
      more: Math.max(0, (summed?.adding ?? 0) - events.length),
    };
  }
}
