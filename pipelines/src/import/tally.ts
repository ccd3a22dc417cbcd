/** What an import did so far, for the summary at its end. */
import type { SubmissionEvent } from '@room/contract';
import { commonest, type ReasonGroup, Reasons } from './reasons.ts';
import type { Hidden } from './sheet.ts';

const MOST_VALUES = 1_000;

export interface Summary {
  rows: number;
  rejectedRows: number;
  events: number;
  accepted: number;
  duplicate: number;
  /** What the room's totals grow by: counts of the accepted events, by status. */
  counted: readonly { status: number; count: number }[];
  /** Rows by what is alike in their reasons, the commonest first. */
  reasons: ReasonGroup[];
  /** Where rejected rows are, if there are any. */
  rejects: string | undefined;
  /** A file of rejects of an earlier run stands where this run's would. */
  earlierRejects: boolean;
  /** Lines before the header, rows without text, rows that the mapping ignores, and a workbook's other sheets. */
  passed: { preamble: number; blank: number; ignored: number; sheets: readonly string[] };
  /** What the sheet of a workbook does not show. */
  hidden: Hidden | undefined;
  /** Local days of the events, `YYYY-MM-DD`, and how many began at midnight. */
  days: { first: string; last: string; midnight: number; byYear: [string, number][] } | undefined;
  /** Events whose id an earlier row of the file has, with the same content. */
  repeated: number;
  /** Cells that took the code for everything else, by column. */
  elsewhere: { column: string; cells: number; values: [string, number][] }[];
  /** Rows of totals, which are no dossiers: the first of them, and how many there are. */
  totals: { line: number; text: string; rows: number } | undefined;
  /** Numbers of the mapping's events, from 0, that no row gave. */
  unused: readonly number[];
  /** Events that correct what was counted before, and events that the room knew and the memory did not. */
  corrections: number;
  unremembered: number;
  seconds: number;
  stopped: boolean;
  example?: SubmissionEvent;
}

export class Tally {
  rows = 0;
  events = 0;
  accepted = 0;
  duplicate = 0;
  ignored = 0;
  repeated = 0;
  corrections = 0;
  unremembered = 0;
  /** Rows of which nothing more is to be done. */
  settled = 0;
  totals: Summary['totals'];
  example: SubmissionEvent | undefined;
  readonly reasons = new Reasons();
  #first = '';
  #last = '';
  #midnight = 0;
  readonly #counted = new Map<number, number>();
  readonly #years = new Map<string, number>();
  readonly #elsewhere = new Map<string, { cells: number; values: Map<string, number> }>();

  event(event: SubmissionEvent): void {
    this.example ??= event;
    this.events += 1;
    const at = event.data.occurredAt ?? event.data.interval?.start ?? '';
    const day = at.slice(0, 10);
    if (this.#first === '' || day < this.#first) this.#first = day;
    if (day > this.#last) this.#last = day;
    if (event.data.occurredAt?.startsWith('T00:00:00', 10) === true) this.#midnight += 1;
    const year = day.slice(0, 4);
    this.#years.set(year, (this.#years.get(year) ?? 0) + 1);
  }

  total(line: number, text: string): void {
    this.totals ??= { line, text, rows: 0 };
    this.totals.rows += 1;
  }

  /** An event that was accepted. */
  counts(status: number, count: number): void {
    this.accepted += 1;
    this.#counted.set(status, (this.#counted.get(status) ?? 0) + count);
  }

  elsewhere(column: string, value: string): void {
    const known = this.#elsewhere.get(column) ?? { cells: 0, values: new Map<string, number>() };
    this.#elsewhere.set(column, known);
    known.cells += 1;
    if (known.values.has(value) || known.values.size < MOST_VALUES)
      known.values.set(value, (known.values.get(value) ?? 0) + 1);
  }

  summary(): Omit<
    Summary,
    'rejectedRows' | 'rejects' | 'earlierRejects' | 'passed' | 'hidden' | 'unused' | 'seconds' | 'stopped'
  > {
    return {
      rows: this.rows,
      events: this.events,
      accepted: this.accepted,
      duplicate: this.duplicate,
      counted: [...this.#counted]
        .map(([status, count]) => ({ status, count }))
        .toSorted((one, other) => one.status - other.status),
      reasons: this.reasons.groups(),
      days:
        this.#first === ''
          ? undefined
          : {
              first: this.#first,
              last: this.#last,
              midnight: this.#midnight,
              byYear: [...this.#years].toSorted(([one], [other]) => one.localeCompare(other)),
            },
      repeated: this.repeated,
      elsewhere: [...this.#elsewhere].map(([column, { cells, values }]) => ({
        column,
        cells,
        values: commonest(values),
      })),
      totals: this.totals,
      corrections: this.corrections,
      unremembered: this.unremembered,
      ...(this.example === undefined ? {} : { example: this.example }),
    };
  }
}
