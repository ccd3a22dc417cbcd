/** From the records of a range to its rows. Pure: the same records and the same answers give the same rows, byte for byte. */
import { type Backlog, type Catalogue, decode, HEADERS, type QuarantineCode, type Submission } from '@room/contract';
import type { LogRecord } from '@room/log';
import {
  backlogRow,
  eventKey,
  hashed,
  quarantineRow,
  type RangeRows,
  RowBinary,
  type Seen,
  writeSubmission,
} from '@room/warehouse';

export type Decided =
  | { record: LogRecord; ok: true; event: Submission | Backlog; key: string; target?: string }
  | { record: LogRecord; ok: false; code: string; reason: string; source: string; id: string };

export function decide(records: readonly LogRecord[], catalogue: Catalogue): Decided[] {
  return records.map((record) => {
    const outcome = decode(record, catalogue);
    // Refused there is refused here: the portal was told so, even if ingest could count the event by now.
    const verdict = record.headers[HEADERS.verdict];
    if (outcome.ok && verdict === undefined) {
      const { event } = outcome;
      const decided: Decided = { record, ok: true, event, key: eventKey(event.source, event.id) };
      if (event.kind === 'submission' && event.corrects !== undefined)
        decided.target = eventKey(event.source, event.corrects);
      return decided;
    }
    const [code, reason] = outcome.ok
      ? [verdict ?? 'refused', record.headers[HEADERS.reason] ?? 'refused by the gateway']
      : [outcome.code, outcome.reason];
    const { source, id } = outcome.ok ? outcome.event : outcome;
    return { record, ok: false, code, reason, source: source ?? '', id: id ?? '' };
  });
}

/** Keys whose history the plan depends on. `isNew` tells keys that surely nobody counted; targets are always asked for. */
export function questions(decided: readonly Decided[], isNew: (key: string) => boolean): string[] {
  const keys = new Set<string>();
  for (const item of decided) {
    if (!item.ok) continue;
    if (!isNew(item.key)) keys.add(item.key);
    if (item.target !== undefined) keys.add(item.target);
  }
  return [...keys];
}

export interface Plan {
  rows: RangeRows;
  /** Keys counted by this range. */
  keys: string[];
  duplicates: number;
  /** Cases by code. */
  quarantined: Record<string, number>;
  /** Local days whose totals change. */
  days: string[];
  /** Hours whose buckets change, counted from 1970 UTC; undefined where they are many. */
  hours: number[] | undefined;
}

/** More hours than this are not told one by one. */
const MOST_HOURS = 100;
const HOUR_MS = 3_600_000;

/**
 * Takes what was decided of one range, in order and in as many pieces as its caller likes. `seen` holds what other ranges
 * counted; within the range the first of two equal ids counts.
 */
export class Planner {
  readonly #seen: ReadonlyMap<string, Seen>;
  readonly #topic: string;
  readonly #rangeId: string;
  readonly #rangeNumber: bigint;
  readonly #counted = new Map<string, Seen>();
  readonly #submission = new RowBinary();
  readonly #backlog: string[] = [];
  readonly #quarantine: string[] = [];
  readonly #codes: Record<string, number> = {};
  readonly #days = new Set<string>();
  readonly #hours = new Set<number>();
  #duplicates = 0;

  constructor(seen: ReadonlyMap<string, Seen>, topic: string, rangeId: string) {
    this.#seen = seen;
    this.#topic = topic;
    this.#rangeId = rangeId;
    this.#rangeNumber = BigInt(rangeId);
  }

  add(decided: readonly Decided[]): void {
    for (const item of decided) {
      if (item.ok) this.#count(item);
      else this.#refuse(item.record, item.code, item.reason, item.source, item.id);
    }
  }

  #count({ record, event, key, target }: Decided & { ok: true }): void {
    if (this.#seen.has(key) || this.#counted.has(key)) {
      this.#duplicates++;
      return;
    }
    if (target !== undefined && event.kind === 'submission') {
      const original = this.#counted.get(target) ?? this.#seen.get(target);
      if (original === undefined || original.correction) {
        const what = `corrects ${JSON.stringify(event.corrects)}, which`;
        const [code, reason] =
          original === undefined
            ? ['corrects_unknown', `${what} was never counted`]
            : ['corrects_correction', `${what} is a correction itself; name the original event`];
        this.#refuse(record, code, reason, event.source, event.id);
        return;
      }
    }
    this.#counted.set(key, { correction: target !== undefined });
    if (event.kind === 'submission') {
      writeSubmission(this.#submission, key, event, record, this.#rangeNumber);
      this.#days.add(event.day);
      if (this.#hours.size <= MOST_HOURS) this.#hours.add(Math.floor(event.occurredAt / HOUR_MS));
    } else this.#backlog.push(backlogRow(key, event, record, this.#rangeId));
  }

  #refuse(record: LogRecord, code: QuarantineCode | (string & {}), reason: string, source: string, id: string): void {
    const { value, headers } = record;
    const portal = headers[HEADERS.portal] ?? '';
    const quarantineId = hashed(portal || source, value);
    const entry = { quarantineId, portal, source, id, topic: this.#topic, code, reason, value, headers };
    this.#quarantine.push(quarantineRow(entry, record));
    this.#codes[code] = (this.#codes[code] ?? 0) + 1;
  }

  plan(): Plan {
    return {
      rows: {
        submission: this.#submission.bytes,
        backlog: this.#backlog.join('\n'),
        quarantine: this.#quarantine.join('\n'),
      },
      keys: [...this.#counted.keys()],
      duplicates: this.#duplicates,
      quarantined: this.#codes,
      days: [...this.#days].sort(),
      hours: this.#hours.size > MOST_HOURS ? undefined : [...this.#hours].sort((a, b) => a - b),
    };
  }
}
