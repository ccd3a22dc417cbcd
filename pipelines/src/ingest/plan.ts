/** From the records of a range to its rows. Pure: the same records and the same answers give the same rows, byte for byte. */
import {
  asReceived,
  bounded,
  type Catalogue,
  type CountableEvent,
  Counting,
  decode,
  HEADERS,
  MAX_CODE_LENGTH,
  MAX_REASON_LENGTH,
  partitionKey,
  placeAt,
  type QuarantineCode,
} from '@room/contract';
import type { LogRecord } from '@room/log';
import {
  backlogRow,
  eventKey,
  hashed,
  linkRow,
  quarantineRow,
  type RangeRows,
  RowBinary,
  type Seen,
  type Standings,
  type Taking,
  writeSubmission,
} from '@room/warehouse';
import { type Again, mayWait, type Placement, wrongPlace } from './again.ts';

export type Decided =
  | { record: LogRecord; ok: true; event: CountableEvent; key: string; target?: string; again?: Again }
  | { record: LogRecord; ok: false; code: string; reason: string; source: string; id: string };

/** `placement` is of the time when the range was decided first; an earlier version decided without one. */
export function decide(records: readonly LogRecord[], catalogue: Catalogue, placement?: Placement): Decided[] {
  return records.map((stored) => {
    const record = asReceived(stored);
    const outcome = decode(record, catalogue);
    // Refused there is refused here: the portal was told so, even if ingest could count the event by now.
    const verdict = record.headers[HEADERS.verdict];
    if (record.unreadable !== undefined) {
      const { source = '', id = '' } = outcome.ok ? outcome.event : outcome;
      return { record, ok: false, code: 'unreadable', reason: record.unreadable, source, id };
    }
    if (outcome.ok && verdict === undefined) {
      const { event } = outcome;
      const decided: Decided = { record, ok: true, event, key: eventKey(event.source, event.id) };
      if (event.kind === 'submission' && event.corrects !== undefined)
        decided.target = eventKey(event.source, event.corrects);
      const again = placement === undefined ? undefined : againOf(stored, event, placement);
      return again === undefined ? decided : { ...decided, again };
    }
    const [code, reason] =
      outcome.ok || verdict !== undefined
        ? [bounded(verdict ?? 'refused', MAX_CODE_LENGTH), told(record)]
        : [outcome.code, outcome.reason];
    const { source, id } = outcome.ok ? outcome.event : outcome;
    return { record, ok: false, code, reason, source: source ?? '', id: id ?? '' };
  });
}

/** Why the gateway refused it, in its own words. */
const told = ({ headers }: LogRecord): string =>
  bounded(headers[HEADERS.reason] ?? 'refused by the gateway', MAX_REASON_LENGTH);

/** What is to be appended again in any case, or may be where its original is missing. */
function againOf(stored: LogRecord, event: CountableEvent, placement: Placement): Again | undefined {
  const corrects = event.kind === 'submission' ? event.corrects : undefined;
  const key = partitionKey(event.source, corrects ?? event.id);
  const partition = wrongPlace(stored, key, placement);
  if (partition !== undefined) return { stored, key, partition, why: 'moved' };
  if (corrects === undefined || !mayWait(stored, placement)) return undefined;
  return { stored, key, partition: stored.partition, why: 'deferred' };
}

export interface LookupKeys {
  keys: string[];
  /** Those among them that are originals of corrections. */
  targets: string[];
  /** Corrections that take away, one of each place. */
  takings: Taking[];
}

/** Keys whose history the plan depends on. `isNew` tells keys that surely nobody counted; targets are always asked for. */
export function questions(decided: readonly Decided[], isNew: (key: string) => boolean): LookupKeys {
  const keys = new Set<string>();
  const targets = new Set<string>();
  const takings = new Map<string, Taking>();
  for (const item of decided) {
    if (!item.ok || item.again?.why === 'moved') continue;
    if (!isNew(item.key)) keys.add(item.key);
    if (item.target !== undefined) {
      keys.add(item.target);
      targets.add(item.target);
      const { event, target } = item;
      if (event.kind === 'submission' && event.count < 0) takings.set(placeAt(target, event), { target, event });
    }
  }
  return { keys: [...keys], targets: [...targets], takings: [...takings.values()] };
}

/** What earlier ranges left of an original, where its count is known. */
const leftOf = (original: Seen | undefined): number | undefined =>
  original?.count === undefined ? undefined : original.count + (original.corrected ?? 0);

export interface Plan {
  rows: RangeRows;
  /** Keys counted by this range. */
  keys: string[];
  duplicates: number;
  /** Cases by code. */
  quarantined: Record<string, number>;
  /** Local days whose totals change. */
  days: string[];
  /** Not decided here: to be appended again before the range is done. */
  again: Again[];

  /** Hours whose buckets change, counted from 1970 UTC; undefined where they are many. */
  hours: number[] | undefined;
}

/** More hours than this are not told one by one. */
const MOST_HOURS = 100;
const HOUR_MS = 3_600_000;

/**
 * Takes what was decided of one range, in order and in as many pieces as its caller likes. `seen` holds what other ranges
 * counted, `standings` where; within the range the first of two equal ids counts.
 */
export class Planner {
  readonly #topic: string;
  readonly #rangeId: string;
  readonly #rangeNumber: bigint;
  readonly #counting: Counting;
  readonly #submission = new RowBinary();
  readonly #backlog: string[] = [];
  readonly #link: string[] = [];
  readonly #quarantine: string[] = [];
  readonly #codes: Record<string, number> = {};
  readonly #days = new Set<string>();
  readonly #again: Again[] = [];

  readonly #hours = new Set<number>();
  #duplicates = 0;

  /** Without `standings` corrections are not held against places. */
  constructor(seen: ReadonlyMap<string, Seen>, topic: string, rangeId: string, standings?: Standings) {
    this.#counting = new Counting({
      counted: (key) => seen.get(key),
      left: (key) => leftOf(seen.get(key)),
      there: (target, event) => standings?.get(placeAt(target, event)),
    });
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

  #count({ record, event, key, target, again }: Decided & { ok: true }): void {
    if (again?.why === 'moved') {
      this.#again.push(again);
      return;
    }
    const fault = this.#counting.decide(event, key, target);
    if (fault === 'duplicate') {
      this.#duplicates++;
      return;
    }
    if (fault?.code === 'corrects_unknown' && again !== undefined) {
      this.#again.push(again);
      return;
    }
    if (fault !== undefined) {
      this.#refuse(record, fault.code, fault.reason, event.source, event.id);
      return;
    }
    if (event.kind === 'submission') {
      writeSubmission(this.#submission, key, event, record, this.#rangeNumber);
      this.#days.add(event.day);
      if (this.#hours.size <= MOST_HOURS) this.#hours.add(Math.floor(event.occurredAt / HOUR_MS));
    } else if (event.kind === 'backlog') this.#backlog.push(backlogRow(key, event, record, this.#rangeId));
    else this.#link.push(linkRow(key, event, record, this.#rangeId));
  }

  #refuse(record: LogRecord, code: QuarantineCode | (string & {}), reason: string, source: string, id: string): void {
    const { value, headers, opaque } = record;
    const portal = headers[HEADERS.portal] ?? '';
    // A place in the log, and when the log took it: a topic that is made anew has other records at the same places.
    const quarantineId = hashed(this.#topic, `${record.partition}`, `${record.offset}`, `${record.timestamp}`);
    const entry = {
      quarantineId,
      portal,
      source,
      id,
      topic: this.#topic,
      code,
      reason,
      value,
      headers,
      opaque,
    };
    this.#quarantine.push(quarantineRow(entry, record));
    this.#codes[code] = (this.#codes[code] ?? 0) + 1;
  }

  plan(): Plan {
    return {
      rows: {
        submission: this.#submission.bytes,
        backlog: this.#backlog.join('\n'),
        link: this.#link.join('\n'),
        quarantine: this.#quarantine.join('\n'),
      },
      keys: this.#counting.keys,
      duplicates: this.#duplicates,
      quarantined: this.#codes,
      days: [...this.#days].sort(),
      again: this.#again,

      hours: this.#hours.size > MOST_HOURS ? undefined : [...this.#hours].sort((a, b) => a - b),
    };
  }
}
