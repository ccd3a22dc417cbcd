/**
 * The log's uncounted tail, as far as the gateway must know it: which events stand in the log and may not be counted yet, whoever
 * appended them. Until it is known, nobody can be told whether an event is a repeat or an original exists.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  asReceived,
  type Catalogue,
  decode,
  faultOfCorrection,
  HEADERS,
  INGEST_GROUP,
  placeMark,
  TOPICS,
} from '@room/contract';
import type { EventLog, Following, LogRecord, NewRecord } from '@room/log';
import { inTurns, poll, within } from '@room/runtime';
import { eventKey } from '@room/warehouse';
import { HttpError } from '../errors.ts';
import { Corrected } from './corrected.ts';
import { type Appended, type RecentEvent, RecentKeys } from './recent.ts';

export interface TailOptions {
  log: Pick<EventLog, 'committed' | 'follow' | 'ends'>;
  catalogue: Catalogue;
  /** Events that may wait to be counted while portals are accepted. */
  maxPending: number;
  /** Others append to the log too, so that it is followed for as long as the process lives. */
  isShared: boolean;
  report: (level: 'info' | 'warn', message: string) => void;
}

/** An event that stands in the log, by its key. */
export interface UncountedEvent extends Appended {
  key: string;
  /** Key of the event that it corrects. */
  original?: string;
}

const LEAST_KEYS = 200_000;
/** Some 300 MB; where more is pending nobody is accepted until less is. */
const MOST_KEYS = 8_000_000;
/** What one look at the pending events lets through before the next one counts it. */
const KEYS_A_PENDING = 2;
const LOOK_MS = 1_000;
/** A tail that is behind the log for so long no longer covers it. */
const BEHIND_MS = 10_000;
/** Without an answer for so long it is the log that is away, not the tail that is behind. */
const SILENT_MS = 5_000;
const PASS_MS = 3_000;
const PASS_LOOK_MS = 10;
const COUNTED_LOOK_MS = 100;
const RETRY_MS = 1_000;
/** Records that are learned without a pause. */
const SLICE = 100;

type Offsets = ReadonlyMap<number, number>;

export class Tail implements AsyncDisposable {
  readonly #options: TailOptions;
  readonly #keys: RecentKeys;
  /** What stands in the tail, or stood there, of each original's corrections. */
  readonly corrected: Corrected;
  #isDisposed = false;
  #following: Following | undefined;
  #hasCaughtUp = false;
  /** When the tail was last seen to have read all that had stood in the log a look earlier. */
  #passedAt = 0;
  /** When the log last answered a look. */
  #answeredAt = performance.now();
  #committed: Offsets = new Map();
  #ends: Offsets = new Map();
  /** Keys that were lost and that the tail has not read again yet. */
  #lost = 0;
  #looks: Disposable | undefined;

  constructor(options: TailOptions) {
    this.#options = options;
    const capacity = Math.min(MOST_KEYS, Math.max(LEAST_KEYS, KEYS_A_PENDING * options.maxPending));
    this.#keys = new RecentKeys({ capacity, isFollowed: options.isShared });
    this.corrected = new Corrected(Math.min(capacity, LEAST_KEYS));
  }

  /** Resolves when everything is known that stood in the log when it was called; tries until it is, or until disposed. */
  async start(): Promise<void> {
    const { log, isShared, report } = this.#options;
    while (!this.#isDisposed && this.#following === undefined) {
      try {
        const committed = await log.committed(TOPICS.submissions, INGEST_GROUP);
        this.#committed = offsetsOf(committed);
        const following = await log.follow(TOPICS.submissions, this.#committed, (records) => this.#read(records));
        if (this.#isDisposed) return await following[Symbol.asyncDispose]();
        this.#following = following;
      } catch (error) {
        report('warn', `cannot read what is not counted yet: ${(error as Error).message}`);
        await this.#sleep(RETRY_MS);
      }
    }
    while (!this.#isDisposed && !(await this.#passed(Number.POSITIVE_INFINITY))) await this.#sleep(RETRY_MS);
    if (this.#isDisposed) return;
    this.#passedAt = performance.now();
    this.#answeredAt = this.#passedAt;
    this.#hasCaughtUp = true;
    // Nobody else appends: what comes from now on is told by those who append it.
    if (isShared) this.#looks = poll(LOOK_MS, () => this.#look());
    else await this.#following?.[Symbol.asyncDispose]();
  }

  /** Throws 503 while the tail is not known whole. */
  check(): void {
    if (this.isCovered) return;
    throw performance.now() - this.#answeredAt > SILENT_MS ? logSilent() : catchingUp();
  }

  get isCovered(): boolean {
    if (!this.#hasCaughtUp) return false;
    if (!this.#options.isShared) return true;
    if (this.#lost < this.#keys.lost || performance.now() - this.#passedAt > BEHIND_MS) return false;
    for (const [partition, floor] of this.#keys.floors) if (floor > (this.#committed.get(partition) ?? 0)) return false;
    return true;
  }

  get(key: string): RecentEvent | undefined {
    return this.#keys.get(key);
  }

  /** An event that this process has appended durably, by its key. */
  add(event: UncountedEvent): void {
    this.#keys.add(event.key, event);
    if (event.original !== undefined) this.corrected.add(event.original, event.key, event);
  }

  /** A correction that stands in the log and that ingest refused. */
  forget(original: string, key: string): void {
    this.#keys.forget(key);
    this.corrected.forget(original, key);
  }

  /** Records that this process has appended durably otherwise than by the gateway, or is about to. */
  appended(records: readonly NewRecord[]): void {
    if (this.#options.isShared) return;
    const timestamp = Date.now();
    for (const { value, headers } of records) {
      const bytes = Buffer.from(value);
      const found = this.#counts({ partition: 0, offset: 0, timestamp, value: bytes, headers: textsOf(headers) });
      if (found !== undefined && this.#isSure(found)) this.add(found);
    }
  }

  /** What ingest may refuse again must not be taken for counted: a correction of what is not known here, or of too much. */
  #isSure({ original, count, mark }: UncountedEvent): boolean {
    if (original === undefined) return true;
    const known = this.#keys.get(original);
    if (faultOfCorrection(known, undefined, { id: original, count }) !== undefined) return false;
    const all = [...(known === undefined ? [] : [known]), ...this.corrected.of(original).values()];
    const sum = (some: typeof all): number => some.reduce((total, taken) => total + taken.count, count);
    return count >= 0 || (sum(all) >= 0 && sum(all.filter((taken) => taken.mark === mark)) >= 0);
  }

  /** Whether the tail has read, within some seconds, all that stood in the log when this was called. */
  passed(): Promise<boolean> {
    return this.#options.isShared ? this.#passed(performance.now() + PASS_MS) : Promise.resolve(this.#hasCaughtUp);
  }

  /** Whether ingest has, within `patience` milliseconds, decided about all that stood in the log when this was called. */
  async counted(patience = PASS_MS): Promise<boolean> {
    const { log } = this.#options;
    const until = performance.now() + patience;
    try {
      const ends = await log.ends(TOPICS.submissions);
      do {
        const committed = offsetsOf(await log.committed(TOPICS.submissions, INGEST_GROUP));
        if ([...ends].every(([partition, end]) => (committed.get(partition) ?? 0) >= end)) return true;
        await this.#sleep(COUNTED_LOOK_MS);
      } while (performance.now() < until && !this.#isDisposed);
    } catch {
      // A log that does not answer does not say it.
    }
    return false;
  }

  async #passed(until: number): Promise<boolean> {
    try {
      const patience = Math.min(PASS_MS, until - performance.now());
      const ends = await within(this.#options.log.ends(TOPICS.submissions), patience);
      if (ends === undefined) return false;
      while (!this.#isPast(ends)) {
        if (performance.now() > until || this.#isDisposed) return false;
        await this.#sleep(PASS_LOOK_MS);
      }
      return true;
    } catch {
      return false;
    }
  }

  #isPast(ends: Offsets): boolean {
    for (const [partition, end] of ends) if ((this.#following?.position(partition) ?? 0) < end) return false;
    return true;
  }

  async #look(): Promise<void> {
    try {
      const { log } = this.#options;
      const { lost } = this.#keys;
      const before = this.#ends;
      const [committed, ends] = await Promise.all([
        log.committed(TOPICS.submissions, INGEST_GROUP),
        log.ends(TOPICS.submissions),
      ]);
      this.#answeredAt = performance.now();
      this.#committed = offsetsOf(committed);
      if (this.#isPast(before)) this.#passedAt = performance.now();
      if (this.#isPast(ends)) this.#lost = lost;
      this.#ends = ends;
    } catch {
      // How long there was no answer says it.
    }
  }

  async #read(records: readonly LogRecord[]): Promise<void> {
    for await (const slice of inTurns(records, SLICE))
      for (const record of slice) {
        const found = this.#counts(record);
        if (found === undefined) continue;
        this.#keys.learn(found.key, found, record);
        if (found.original !== undefined) this.corrected.add(found.original, found.key, found);
      }
  }

  /** The event that ingest will count, if it will: an id that is refused is not taken. */
  #counts(record: LogRecord): UncountedEvent | undefined {
    const portal = record.headers[HEADERS.portal];
    if (record.unreadable !== undefined || record.headers[HEADERS.verdict] !== undefined) return undefined;
    const outcome = decode(asReceived(record), this.#options.catalogue);
    if (!outcome.ok) return undefined;
    const { event } = outcome;
    const key = eventKey(event.source, event.id);
    const isJudged = portal !== undefined;
    if (event.kind !== 'submission') return { key, kind: event.kind, count: 0, isJudged, mark: 0 };
    const { count } = event;
    const mark = placeMark(event);
    if (event.corrects === undefined) return { key, kind: 'submission', count, isJudged, mark };
    const original = eventKey(event.source, event.corrects);
    const standing: UncountedEvent = { key, kind: 'correction', count, original, isJudged, mark };
    if (isJudged) return standing;
    // Of a correction that no gateway has judged, ingest will judge whether its original exists.
    const known = this.#keys.get(original);
    return faultOfCorrection(known, undefined, { id: event.corrects, count }) === undefined ? standing : undefined;
  }

  #sleep(ms: number): Promise<undefined> {
    return sleep(ms, undefined, { ref: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#looks?.[Symbol.dispose]();
    await this.#following?.[Symbol.asyncDispose]();
  }
}

/** What the gateway answers while it cannot know. */
export const catchingUp = (): HttpError =>
  new HttpError(
    503,
    'catching_up',
    'the room is still reading which events wait to be counted; none of this request counts as accepted, send it again',
    1,
  );

const logSilent = (): HttpError =>
  new HttpError(
    503,
    'log_unavailable',
    'the event log does not answer; none of this request counts as accepted, send it again',
    5,
  );

const offsetsOf = (committed: ReadonlyMap<number, { offset: number }>): Offsets =>
  new Map([...committed].map(([partition, { offset }]) => [partition, offset]));

const textsOf = (headers: NewRecord['headers'] = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
