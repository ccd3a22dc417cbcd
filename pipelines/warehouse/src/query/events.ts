/** All events of a number, to be taken along: in the order of their time, as many at once as are held in memory. */
import {
  type Catalogue,
  type CountedMeasure,
  type EvidenceQuery,
  type EvidentEvent,
  localDay,
  type Position,
  type Scope,
  type SumMeasure,
  sumsIn,
} from '@room/contract';
import type { Reads } from '../access.ts';
import { addedBy, EVENT_LISTED, type EventRow, eventOf, instantOf, isAdding, placed, upTo } from './evident.ts';

/** Held at once; a read of as many takes some tenths of a second of one core. */
const PAGE = 4_000;
const HOUR_MS = 3_600_000;

/** A number of an evidence: what the log took after `asOf` is not of it. */
export type Proven = EvidenceQuery & { measure: CountedMeasure; asOf: Position };

/** Some hours in a row, milliseconds since 1970 UTC, the last excluded. */
export interface Stretch {
  from: number;
  to: number;
}

export interface Page {
  /** Each is made when it is asked for: of some thousands at once nobody else would have a turn meanwhile. */
  events: Iterable<EvidentEvent>;
  /** Where the next one of the stretch begins; undefined where this is its last. */
  next: string | undefined;
}

export class EventStore {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #catalogue: Catalogue;
  readonly #page: number;

  constructor(reads: Pick<Reads, 'read'>, catalogue: Catalogue, page = PAGE) {
    this.#reads = reads;
    this.#catalogue = catalogue;
    this.#page = page;
  }

  /** Of about a page each. Throws `BadQuery` where there is no such number. */
  async stretches(asked: Proven, scope: Scope, signal?: AbortSignal): Promise<Stretch[]> {
    const hours = await this.#reads.read<{ hour: number; events: number }>(
      `SELECT intDiv(toUnixTimestamp64Milli(occurred_at), ${HOUR_MS}) AS hour, count() AS events
       FROM submission WHERE ${this.#of(asked, scope)} GROUP BY hour ORDER BY hour`,
      signal,
    );
    const stretches: (Stretch & { events: number })[] = [];
    for (const { hour, events } of hours) {
      const last = stretches.at(-1);
      const to = (hour + 1) * HOUR_MS;
      if (last === undefined || last.events + events > this.#page) stretches.push({ from: hour * HOUR_MS, to, events });
      else {
        last.to = to;
        last.events += events;
      }
    }
    return stretches.map(({ from, to }) => ({ from, to }));
  }

  /** Ids in full. */
  async page(asked: Proven, scope: Scope, { from, to }: Stretch, after?: string, signal?: AbortSignal): Promise<Page> {
    const rows = await this.#reads.read<EventRow>(
      `SELECT ${EVENT_LISTED}, ${addedBy(this.#sums(asked))} FROM submission
       WHERE ${this.#of(asked, scope)} AND occurred_at >= ${instantOf(from)} AND occurred_at < ${instantOf(to)}
         ${after === undefined ? '' : `AND ${after}`}
       ORDER BY submission.occurred_at, log_partition, log_offset LIMIT ${this.#page}`,
      signal,
    );
    const last = rows.length < this.#page ? undefined : rows.at(-1);
    const sums = this.#sums(asked);
    const events = function* (): Generator<EvidentEvent> {
      for (const row of rows) yield eventOf(sums, row);
    };
    return { events: { [Symbol.iterator]: events }, next: last && later(last) };
  }

  #sums({ measure }: Proven): SumMeasure[] {
    return sumsIn(measure, this.#catalogue.scoring);
  }

  #of(asked: Proven, scope: Scope): string {
    const { timeZone } = this.#catalogue;
    const ground = { catalogue: this.#catalogue, timeZone, today: localDay(Date.now(), timeZone) };
    const { where } = placed(asked, ground, scope);
    return `${where} AND ${isAdding(this.#sums(asked))} AND ${upTo(asked.asOf)}`;
  }
}

/** That an event stands after another in the order of a page. */
const later = ({ occurredAt, partition, offset }: EventRow): string =>
  `(submission.occurred_at, log_partition, log_offset) > (${instantOf(occurredAt)}, ${partition}, ${offset})`;
