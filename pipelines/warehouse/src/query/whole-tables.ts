/**
 * Whether tables hold all that was counted. An insert reaches one table after the other, so that what is read from a rollup may be
 * short of events that `rollup_day` has already: it is kept only where the rollup itself was found to have as many of each day.
 */

import { addDays } from '@room/contract';
import type { Reads } from '../access.ts';
import type { CountedDays } from './counted-days.ts';
import { daysIn } from './per.ts';
import type { Reading } from './plan.ts';
import { firstOf, firstOfNext, type TableDays } from './tables.ts';

/** Its months are as many rows as there are meetings of all dimensions: looking is as much as the question itself. */
const TOO_LARGE: ReadonlySet<string> = new Set(['rollup_meetings_month']);
/** Of the table of meetings by day, which is looked through by whole months. */
const MOST_DAYS: Readonly<Record<string, number>> = { rollup_meetings_day: 130 };

export class WholeTables {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #timeZone: string;
  /** By table and dimension, of each bucket how many events it was found with. */
  readonly #found = new Map<string, Map<string, number>>();
  readonly #looking = new Map<string, Promise<void>>();

  constructor(reads: Pick<Reads, 'read'>, timeZone: string) {
    this.#reads = reads;
    this.#timeZone = timeZone;
  }

  /** What is read of them from now on holds at least all that `counted` has. */
  async areWhole({ from, dim }: Reading, counted: CountedDays): Promise<boolean> {
    for (const of of from) if (!(await this.#isWhole(of, dim, counted))) return false;
    return true;
  }

  async #isWhole(
    { table, by, days: runs }: TableDays,
    dim: string | undefined,
    counted: CountedDays,
  ): Promise<boolean> {
    const days = runs.flatMap(daysIn);
    if (by === undefined || TOO_LARGE.has(table) || days.length > (MOST_DAYS[table] ?? days.length)) return false;
    const name = dim === undefined ? table : `${table} ${dim}`;
    const found = this.#found.get(name) ?? new Map<string, number>();
    this.#found.set(name, found);
    const expected = new Map<string, number>();
    for (const bucket of by === 'month' ? new Set(days.map(firstOf)) : days)
      expected.set(
        bucket,
        by === 'month'
          ? counted.eventsIn([{ from: bucket, to: addDays(firstOfNext(bucket), -1) }])
          : counted.events(bucket),
      );
    const lacking = (): string[] =>
      [...expected].filter(([bucket, events]) => (found.get(bucket) ?? 0) !== events).map(([bucket]) => bucket);
    const others = this.#looking.get(name);
    // Whoever asked first may find what is looked for here.
    if (others !== undefined) await others.catch(() => undefined);
    const unknown = lacking().sort();
    if (unknown.length === 0) return true;
    const looking = this.#look(table, by, dim, unknown, found);
    this.#looking.set(name, looking);
    try {
      await looking;
    } finally {
      if (this.#looking.get(name) === looking) this.#looking.delete(name);
    }
    return lacking().length === 0;
  }

  async #look(
    table: string,
    by: 'hour' | 'day' | 'month',
    dim: string | undefined,
    buckets: readonly string[],
    found: Map<string, number>,
  ): Promise<void> {
    const day = by === 'hour' ? `toDate32(bucket, '${this.#timeZone}')` : 'bucket';
    const [from = '', to = ''] = [buckets[0], buckets.at(-1)];
    const near =
      by === 'hour'
        ? ` AND bucket BETWEEN toDateTime('${addDays(from, -1)} 00:00:00', 'UTC') AND toDateTime('${addDays(to, 2)} 00:00:00', 'UTC')`
        : '';
    const rows = await this.#reads.read<{ day: string; counted: number }>(
      `SELECT toString(${day}) AS day, sum(events) AS counted FROM ${table}
       WHERE ${dim === undefined ? '' : `dim = '${dim}' AND `}${day} BETWEEN toDate32('${from}') AND toDate32('${to}')${near} GROUP BY day`,
    );
    for (const { day, counted } of rows) found.set(day, counted);
  }
}
