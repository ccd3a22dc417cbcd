/** Ingest: log to warehouse, every event once. One worker serves the partitions that its group gives it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalogue, Change } from '@room/contract';
import { INGEST_GROUP, TOPICS } from '@room/contract';
import type { Batch, EventLog, LogRecord } from '@room/log';
import { type Ledger, type RangeRows, WarehouseUnavailable } from '@room/warehouse';
import type { Watch } from '../watch.ts';
import { KeyFilter } from './bloom.ts';
import { Gate } from './gate.ts';
import type { IngestObserver } from './observer.ts';
import { LONGEST_WAIT_MS, Pace } from './pace.ts';
import { type Decided, decide, Planner, questions } from './plan.ts';
import { decodePending, encodePending, newRangeId, type Pending, type Range, rangeOf } from './range.ts';
import { Watchdog } from './watchdog.ts';

export interface IngestOptions {
  catalogue: Catalogue;
  catalogueHash: string;
  log: Pick<EventLog, 'subscribe' | 'append' | 'committed' | 'lag'>;
  ledger: Pick<Ledger, 'insertRange' | 'seen' | 'keyCount' | 'allKeys'>;
  /** Records of one insert: larger ones are cheaper an event, smaller ones are visible sooner. */
  maxRange: number;
  /** Longest time without progress while events wait, in milliseconds; then the consumer is started again. */
  watchdogMs: number;
  /** While nobody watches, events wait some seconds for company. */
  watch: Watch;
  observer: IngestObserver;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Something that going on would make wrong: the process must stop. */
  fatal: (error: Error) => void;
}

export interface Ingest extends AsyncDisposable {
  /** Resolves when counting stands between two ranges, none of them half done; disposing the result goes on. */
  pause(): Promise<Disposable>;
}

interface PartitionState {
  /** Records before this offset are counted; a log that goes back further than the commit hands them over again. */
  from: number;
  pending: Pending | undefined;
  /** Records handed over and not yet counted; they wait for the rest of a pending range. */
  held: LogRecord[];
}

const DECIDE_AT_ONCE = 500;
const HEARTBEAT_MS = 3_000;
const RETRY_MS = [200, 500, 1_000, 2_000, 5_000];
const FINISH_MS = 3_000;
const FILTER_MIN_KEYS = 2_000_000;
/** Bytes of stored keys that are added in one turn of the event loop. */
const FILTER_SLICE = 512 * 1024;

/** A pending range was decided by another catalogue: replaying it could send other rows under its token. */
export class CatalogueChanged extends Error {
  constructor(partition: number, pending: Pending, hash: string) {
    super(
      `partition ${partition} has a range up to offset ${pending.last} whose insert was cut off under catalogue ${pending.catalogue}; ` +
        `this one is ${hash}. Start once with the earlier catalogue so that the range is finished, then change it`,
    );
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const sizeOf = (rows: RangeRows): number => rows.submission.length + rows.backlog.length + rows.quarantine.length;

export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { log, observer, report, fatal, watchdogMs } = options;
  const alive = (isProgress: boolean): void => watchdog.alive(isProgress);
  let worker = new Worker(options, alive);
  const watchdog = new Watchdog({
    patienceMs: watchdogMs,
    start: () => {
      worker = new Worker(options, alive);
      return worker.subscribe();
    },
    waiting: async () => (worker.gate.isClosed ? 0 : worker.waiting()),
    report,
    restarted: () => observer.restarted(),
    fatal,
  });
  await watchdog.start();

  async function isSettled(): Promise<boolean> {
    const committed = await log.committed(TOPICS.submissions, INGEST_GROUP);
    return [...committed.values()].every(({ metadata }) => decodePending(metadata) === undefined);
  }

  return {
    pause: () => worker.gate.close(isSettled),
    [Symbol.asyncDispose]: async () => {
      const standing = await finished(worker.gate);
      const left = watchdog[Symbol.asyncDispose]();
      // What waited at the gate finds its batch stale now and leaves too.
      standing?.[Symbol.dispose]();
      await left;
    },
  };
}

/** Closes the gate behind the range under way, or gives up where it takes too long: it is replayed at the next start. */
async function finished(gate: Gate): Promise<Disposable | undefined> {
  const patience = new AbortController();
  const closed = gate.close(async () => true).catch(() => undefined);
  const standing = await Promise.race([closed, sleep(FINISH_MS, undefined, { signal: patience.signal })]);
  patience.abort();
  return standing;
}

/** One membership of the group. What it knows of partitions ends with their assignment. */
class Worker {
  readonly #options: IngestOptions;
  readonly gate = new Gate();
  readonly #alive: (isProgress: boolean) => void;
  readonly #states = new Map<number, PartitionState>();
  /** Undefined until the group gave an assignment. */
  #assigned: readonly number[] | undefined;
  #filter = new KeyFilter(FILTER_MIN_KEYS);
  readonly #pace: Pace;

  /** `alive` gives the watchdog a sign of life: progress, or a known cause to wait. */
  constructor(options: IngestOptions, alive: (isProgress: boolean) => void) {
    this.#options = options;
    this.#alive = alive;
    const { watch, watchdogMs } = options;
    const lateAfterMs = Math.min(...options.catalogue.sources.map(({ lateAfter }) => lateAfter * 1_000));
    // Waiting must look neither like standing still nor like a source that is late.
    const longestWaitMs = Math.min(LONGEST_WAIT_MS, watchdogMs / 4, lateAfterMs / 8);
    this.#pace = new Pace({ watch, longestWaitMs });
  }

  subscribe(): Promise<AsyncDisposable> {
    const { log, maxRange } = this.#options;
    return log.subscribe({
      topic: TOPICS.submissions,
      group: INGEST_GROUP,
      maxRecords: maxRange,
      collecting: this.#pace,
      assigned: (partitions) => this.#take(partitions),
      revoked: () => this.#states.clear(),
      redelivering: (partition) => void this.#states.delete(partition),
      handle: (batch) => this.#handle(batch),
    });
  }

  /** Records that this worker should be counting. */
  async waiting(): Promise<number> {
    const { log } = this.#options;
    let sum = 0;
    for (const [partition, records] of await log.lag(TOPICS.submissions, INGEST_GROUP))
      if (this.#assigned === undefined || this.#assigned.includes(partition)) sum += records;
    return sum;
  }

  async #take(partitions: readonly number[]): Promise<void> {
    const { report, observer } = this.#options;
    this.#states.clear();
    // Another member may have counted events of these partitions meanwhile: what this one knew is void.
    for (let attempt = 0; partitions.length > 0; attempt++) {
      try {
        await this.#fillFilter(FILTER_MIN_KEYS);
        break;
      } catch (error) {
        this.#alive(false);
        report('warn', `cannot read the counted events yet: ${(error as Error).message}`);
        await retryPause(attempt);
      }
    }
    this.#assigned = partitions;
    this.#alive(false);
    observer.assigned(partitions);
    report('info', 'partitions assigned', { partitions: [...partitions], keys: this.#filter.size });
  }

  async #fillFilter(capacity: number): Promise<void> {
    const { ledger } = this.#options;
    const next = new KeyFilter(Math.max(capacity, (await ledger.keyCount()) * 2));
    for await (const piece of ledger.allKeys())
      for (let at = 0; at < piece.length; at += FILTER_SLICE) {
        next.addStored(piece.subarray(at, at + FILTER_SLICE));
        await turn();
      }
    this.#filter = next;
  }

  async #handle(batch: Batch): Promise<void> {
    const began = performance.now();
    const beat = setInterval(() => void batch.heartbeat().catch(() => undefined), HEARTBEAT_MS);
    try {
      const state = await this.#stateOf(batch);
      await this.gate.enter(state.pending !== undefined);
      try {
        await this.#countBatch(batch, state);
      } finally {
        this.gate.leave();
      }
    } finally {
      clearInterval(beat);
    }
    const pause = this.#pace.pauseMs(batch.records.length, this.#states.size, performance.now() - began);
    if (pause > 0 && !batch.isStale()) await sleep(pause);
  }

  async #stateOf(batch: Batch): Promise<PartitionState> {
    const { report } = this.#options;
    const { partition } = batch;
    let state = this.#states.get(partition);
    if (state !== undefined) return state;
    const committed = await batch.committed();
    const pending = decodePending(committed?.metadata ?? '');
    state = { from: committed?.offset ?? 0, pending, held: [] };
    this.#states.set(partition, state);
    if (pending === undefined || committed === undefined) return state;
    const lag = await this.#options.log.lag(TOPICS.submissions, INGEST_GROUP);
    if (committed.offset + (lag.get(partition) ?? 0) <= pending.last) {
      report(
        'warn',
        `the log ends before the pending range ${pending.token} does: it is another log; counting what stands there`,
      );
      state.pending = undefined;
    } else report('info', `replaying the range ${pending.token}, whose insert was cut off`);
    return state;
  }

  async #countBatch(batch: Batch, state: PartitionState): Promise<void> {
    const { catalogueHash, observer, report, fatal } = this.#options;
    for (const record of batch.records) if (record.offset >= state.from) state.held.push(record);
    let counted: number | undefined;
    while (state.held.length > 0 && !batch.isStale()) {
      const records = this.#cut(state);
      if (records === undefined) return;
      if (records.length === 0) {
        report('warn', `the pending range ${state.pending?.token} is no longer in the log`);
        state.pending = undefined;
        continue;
      }
      const range = rangeOf(TOPICS.submissions, records, state.pending?.id ?? newRangeId());
      if (state.pending !== undefined && state.pending.token !== range.token) {
        report(
          'warn',
          `the log holds other records than the pending range ${state.pending.token}; counting what stands there`,
        );
        state.pending = undefined;
        continue;
      }
      if (state.pending !== undefined && state.pending.catalogue !== catalogueHash)
        return fatal(new CatalogueChanged(batch.partition, state.pending, catalogueHash));
      if (state.pending === undefined) {
        const pending = { last: range.last, token: range.token, id: range.id, catalogue: catalogueHash };
        await batch.commit({ offset: range.first, metadata: encodePending(pending) });
        state.pending = pending;
      }
      observer.pending(batch.partition, true);
      await this.#countUntilDone(batch, records, range);
      state.pending = undefined;
      state.held = state.held.slice(records.length);
      counted = range.last;
    }
    if (counted === undefined || batch.isStale()) return;
    await batch.commit({ offset: counted + 1, metadata: '' });
    observer.pending(batch.partition, false);
  }

  /** The next records to count, or undefined while those of a pending range are still to come. */
  #cut({ pending, held }: PartitionState): LogRecord[] | undefined {
    if (pending === undefined) return held.slice(0, this.#options.maxRange);
    const last = held.at(-1);
    if (last === undefined || last.offset < pending.last) return undefined;
    return held.filter((record) => record.offset <= pending.last);
  }

  /** The warehouse being away is not the range's fault: try until it is back or the partition is gone. */
  async #countUntilDone(batch: Batch, records: readonly LogRecord[], range: Range): Promise<void> {
    const { observer, report } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#count(batch, records, range);
        return;
      } catch (error) {
        if (!(error instanceof WarehouseUnavailable) || batch.isStale()) throw error;
        this.#alive(false);
        observer.refused(error);
        report('warn', `range ${range.token} waits: ${error.message}`);
        await retryPause(attempt);
      }
    }
  }

  async #count(batch: Batch, records: readonly LogRecord[], range: Range): Promise<void> {
    const { catalogue, ledger, log, observer, report } = this.#options;
    const { partition } = batch;
    const decided: Decided[] = [];
    for (let at = 0; at < records.length; at += DECIDE_AT_ONCE) {
      decided.push(...decide(records.slice(at, at + DECIDE_AT_ONCE), catalogue));
      // A large range must not keep sockets and portals waiting.
      await turn();
    }
    const seen = await ledger.seen(
      questions(decided, (key) => !this.#filter.has(key)),
      range.id,
    );
    const planner = new Planner(seen, TOPICS.submissions, range.id);
    for (let at = 0; at < decided.length; at += DECIDE_AT_ONCE) {
      planner.add(decided.slice(at, at + DECIDE_AT_ONCE));
      await turn();
    }
    const planned = planner.plan();
    if (batch.isStale()) throw new Error(`partition ${partition} was taken away before the insert`);
    const began = performance.now();
    await ledger.insertRange(range.token, planned.rows);
    const insertMs = performance.now() - began;
    for (const key of planned.keys) this.#filter.add(key);
    this.#alive(true);
    const { duplicates, quarantined } = planned;
    const facts = { records: records.length, counted: planned.keys.length, duplicates, quarantined };
    observer.counted({ partition, token: range.token, ...facts, bytes: sizeOf(planned.rows), insertMs });
    report('debug', 'range counted', { range: range.token, ...facts, insertMs: Math.round(insertMs) });
    if (this.#filter.size > this.#filter.capacity) await this.#fillFilter(this.#filter.capacity * 4);
    const { days, hours } = planned;
    const change: Change = { days, ...(hours === undefined ? {} : { hours }) };
    await log.append(TOPICS.changes, [{ key: 'changes', value: JSON.stringify(change) }]);
  }
}

const retryPause = (attempt: number): Promise<void> => sleep(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0);
