/** Ingest: log to warehouse, every event once. One worker serves the partitions that its group gives it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Catalogue, type Change, changeRecord, INGEST_GROUP, TOPICS } from '@room/contract';
import type { Batch, EventLog, LogRecord } from '@room/log';
import { inTurns, within } from '@room/runtime';
import { keptSince, type Ledger, type RangeRows, type Retention, WarehouseUnavailable } from '@room/warehouse';
import type { Watch } from '../watch.ts';
import { appendedAgain } from './again.ts';
import { Inserts } from './inserts.ts';
import { KnownKeys } from './known.ts';
import type { IngestObserver } from './observer.ts';
import { LONGEST_WAIT_MS, Pace } from './pace.ts';
import { PauseGate } from './pause-gate.ts';
import { type Decided, decide, Planner, questions } from './plan.ts';
import { decodePending, encodePending, newRangeId, type Pending, type Range, rangeOf } from './range.ts';
import { Watchdog } from './watchdog.ts';

export interface IngestOptions {
  catalogue: Catalogue;
  catalogueHash: string;
  log: Pick<EventLog, 'subscribe' | 'append' | 'committed' | 'lag' | 'ends' | 'partitionOf'>;
  ledger: Pick<Ledger, 'insertRange' | 'isInserting' | 'seen' | 'there' | 'keyCount' | 'keySlices' | 'keysOf'>;
  /** Days that events are kept. */
  keepSubmissions: Retention['submissions'];
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
  /** Records deferred in the batch under way. */
  deferred: number;
}

const DECIDE_AT_ONCE = 500;
/** Deferred records come again as soon as they are appended: a pause bounds how many a second, and how often one. */
const DEFERRED_MS = 250;
const DEFERRED_RECORD_MS = 1;
const DEFERRED_MOST_MS = 10_000;
/** Partitions may be added to a topic. */
const PARTITIONS_MS = 30_000;
const HEARTBEAT_MS = 3_000;
const RETRY_MS = [200, 500, 1_000, 2_000, 5_000];
/** Tries of a range that the engine refuses for what is in it, before others get a turn. */
const REFUSED_TRIES = 3;
const FINISH_MS = 3_000;
/** An insert that the engine is at is no standstill for so many times the watchdog's patience. */
const LONG_INSERTS = 30;

/** A pending range was decided by another catalogue: replaying it could send other rows under its token. */
export class CatalogueChanged extends Error {
  constructor(partition: number, pending: Pending, hash: string) {
    super(
      `partition ${partition} has a range up to offset ${pending.last} whose insert was cut off under catalogue ${pending.catalogue}; ` +
        `this one is ${hash}. Start once with the earlier catalogue so that the range is finished, then change it`,
    );
  }
}

const sizeOf = ({ submission, backlog, link = '', quarantine }: RangeRows): number =>
  submission.length + backlog.length + link.length + quarantine.length;

export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { log, observer, report, fatal, watchdogMs } = options;
  const inserts = new Inserts(options.ledger);
  /** What a worker says that another has followed is no sign of life of its successor. */
  const newWorker = (): Worker => {
    const made = new Worker(options, inserts, (isProgress, partition) => {
      if (made === worker) watchdog.alive(isProgress, partition);
    });
    return made;
  };
  let worker = newWorker();
  const watchdog = new Watchdog({
    patienceMs: watchdogMs,
    start: () => {
      worker.stop();
      worker = newWorker();
      return worker.subscribe();
    },
    waiting: async () => (worker.gate.isClosed ? new Map() : worker.waiting()),
    // A warehouse that does not even say what it does is not seen working.
    isWorking: (partition) => within(inserts.isUnderWay(partition, LONG_INSERTS * watchdogMs), watchdogMs, () => false),
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
      worker.stop();
    },
  };
}

/** Closes the gate behind the range under way, or gives up where it takes too long: it is replayed at the next start. */
const finished = (gate: PauseGate): Promise<Disposable | undefined> =>
  within(
    gate.close(async () => true).catch(() => undefined),
    FINISH_MS,
  );

/** One membership of the group. What it knows of partitions ends with their assignment. */
class Worker {
  readonly #options: IngestOptions;
  readonly gate = new PauseGate();
  readonly #inserts: Inserts;
  readonly #alive: (isProgress: boolean, partition?: number) => void;
  readonly #states = new Map<number, PartitionState>();
  /** Undefined until the group gave an assignment. */
  #assigned: readonly number[] | undefined;
  readonly #known: KnownKeys;
  readonly #pace: Pace;
  /** Of the topic, and when they were counted. */
  #partitions = 0;
  #partitionsAt = Number.NEGATIVE_INFINITY;

  /** `alive` gives the watchdog a sign of life: progress, or a known cause to wait. */
  constructor(options: IngestOptions, inserts: Inserts, alive: (isProgress: boolean, partition?: number) => void) {
    this.#options = options;
    this.#inserts = inserts;
    this.#alive = alive;
    this.#known = new KnownKeys(options);
    const { watch, watchdogMs } = options;
    const lateAfterMs = Math.min(...options.catalogue.sources.map(({ lateAfter }) => lateAfter * 1_000));
    // Waiting must look neither like standing still nor like a source that is late.
    const longestWaitMs = Math.min(LONGEST_WAIT_MS, watchdogMs / 4, lateAfterMs / 8);
    this.#pace = new Pace({ watch, longestWaitMs });
  }

  /** To be called when it counts no longer. */
  stop(): void {
    this.#known.stop();
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

  /** Records that this worker should be counting, by partition. */
  async waiting(): Promise<ReadonlyMap<number, number>> {
    const { log } = this.#options;
    const lag = await log.lag(TOPICS.submissions, INGEST_GROUP);
    return new Map([...lag].filter(([partition]) => this.#assigned?.includes(partition) !== false));
  }

  async #take(partitions: readonly number[]): Promise<void> {
    const { report, observer } = this.#options;
    this.#states.clear();
    // Another member may have counted events of these partitions meanwhile: what this one knew is void.
    this.#partitionsAt = Number.NEGATIVE_INFINITY;
    if (partitions.length > 0) this.#known.begin();
    else this.#known.stop();
    this.#assigned = partitions;
    this.#alive(false);
    observer.assigned(partitions);
    report('info', 'partitions assigned', { partitions: [...partitions] });
  }

  async #partitionCount(): Promise<number> {
    if (performance.now() - this.#partitionsAt > PARTITIONS_MS) {
      this.#partitions = (await this.#options.log.ends(TOPICS.submissions)).size;
      this.#partitionsAt = performance.now();
    }
    return this.#partitions;
  }

  async #handle(batch: Batch): Promise<void> {
    const began = performance.now();
    const beat = setInterval(() => void batch.heartbeat().catch(() => undefined), HEARTBEAT_MS);
    let deferred = 0;
    try {
      const state = await this.#stateOf(batch);
      state.deferred = 0;
      await this.gate.enter(state.pending !== undefined);
      try {
        await this.#countBatch(batch, state);
        deferred = state.deferred;
      } finally {
        this.gate.leave();
      }
    } finally {
      clearInterval(beat);
    }
    const pause = this.#pace.pauseMs(batch.records.length, this.#states.size, performance.now() - began);
    if (pause > 0 && !batch.isStale()) await sleep(pause);
    if (deferred > 0 && !batch.isStale())
      await sleep(Math.min(DEFERRED_MOST_MS, DEFERRED_MS + deferred * DEFERRED_RECORD_MS));
  }

  async #stateOf(batch: Batch): Promise<PartitionState> {
    const { report } = this.#options;
    const { partition } = batch;
    let state = this.#states.get(partition);
    if (state !== undefined) return state;
    const committed = await batch.committed();
    const pending = decodePending(committed?.metadata ?? '');
    const lag = pending === undefined ? undefined : await this.#options.log.lag(TOPICS.submissions, INGEST_GROUP);
    // Whoever joined meanwhile reads it anew: what is known here is of the assignment before.
    if (batch.isStale()) throw new Error(`partition ${partition} was taken away while its position was read`);
    state = { from: committed?.offset ?? 0, pending, held: [], deferred: 0 };
    this.#states.set(partition, state);
    if (pending === undefined || committed === undefined || lag === undefined) return state;
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
    if (batch.isStale()) return;
    for (const record of batch.records) if (record.offset >= state.from) state.held.push(record);
    while (!batch.isStale()) {
      // Records of a pending range are still to come.
      if (state.pending !== undefined && batch.next <= state.pending.last) return;
      const records = this.#cut(state);
      if (records.length === 0) {
        if (state.pending === undefined) break;
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
        const { last, token, id } = range;
        const pending = {
          last,
          token,
          id,
          catalogue: catalogueHash,
          partitions: await this.#partitionCount(),
          since: keptSince(this.#options.keepSubmissions, Date.now()),
        };
        await batch.commit({ offset: range.first, metadata: encodePending(pending) });
        state.pending = pending;
      }
      observer.pending(batch.partition, true);
      state.deferred += await this.#countUntilDone(batch, records, range, state.pending);
      state.pending = undefined;
      state.held = state.held.slice(records.length);
    }
    // The position read past, not the last record: what the log passes over is no lag. Never back to what was counted before.
    if (batch.isStale() || batch.next <= state.from) return;
    await batch.commit({ offset: batch.next, metadata: '' });
    observer.pending(batch.partition, false);
  }

  /** The next records to count; none where a pending range's are no longer there. */
  #cut({ pending, held }: PartitionState): LogRecord[] {
    if (pending === undefined) return held.slice(0, this.#options.maxRange);
    return held.filter((record) => record.offset <= pending.last);
  }

  /**
   * The warehouse being away is not the range's fault: try until it is back or the partition is gone. What the engine refuses
   * for what is in it comes again after others had their turn, and is told each time: nothing of it may be left out. Returns
   * how many records were deferred.
   */
  async #countUntilDone(batch: Batch, records: readonly LogRecord[], range: Range, pending: Pending): Promise<number> {
    const { observer, report } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#count(batch, records, range, pending);
      } catch (error) {
        if (!(error instanceof WarehouseUnavailable) || batch.isStale()) throw error;
        this.#alive(false, batch.partition);
        observer.refused(error);
        report('warn', `range ${range.token} waits: ${error.message}`);
        // The log hands it over again after a while, and other partitions have their turn meanwhile.
        if (attempt === RETRY_MS.length || (error.isRefusal && attempt + 1 >= REFUSED_TRIES)) throw error;
        await retryPause(attempt);
      }
    }
  }

  async #count(batch: Batch, records: readonly LogRecord[], range: Range, pending: Pending): Promise<number> {
    const { catalogue, ledger, log, observer, report } = this.#options;
    const { partition } = batch;
    const { partitions, since } = pending;
    const placement =
      partitions === undefined
        ? undefined
        : { partitions, partitionOf: (key: string, of: number) => log.partitionOf(key, of) };
    const decided: Decided[] = [];
    // A large range must not keep sockets and portals waiting.
    for await (const slice of inTurns(records, DECIDE_AT_ONCE)) decided.push(...decide(slice, catalogue, placement));
    const { keys, targets, takings } = questions(decided, (key) => this.#known.isNew(key));
    const seen = await ledger.seen(keys, range.id, targets);
    const { timeZone } = catalogue;
    const standings = since === undefined ? undefined : await ledger.there(takings, range.id, { timeZone, since });
    const planner = new Planner(seen, TOPICS.submissions, range.id, standings);
    for await (const slice of inTurns(decided, DECIDE_AT_ONCE)) planner.add(slice);
    const planned = planner.plan();
    if (batch.isStale()) throw new Error(`partition ${partition} was taken away before the insert`);
    // Before the range is done: who ends in between appends them once more, and they count once by their ids.
    await log.append(TOPICS.submissions, await appendedAgain(planned.again, log));
    const began = performance.now();
    await this.#inserts.insert(partition, range.token, planned.rows);
    const insertMs = performance.now() - began;
    this.#known.add(planned.keys);
    this.#alive(true, partition);
    const { again, duplicates, quarantined } = planned;
    const moved = again.filter(({ why }) => why === 'moved').length;
    const deferred = again.length - moved;
    const facts = { records: records.length, counted: planned.keys.length, duplicates, quarantined, moved, deferred };
    observer.counted({ partition, token: range.token, ...facts, bytes: sizeOf(planned.rows), insertMs });
    report('debug', 'range counted', { range: range.token, ...facts, insertMs: Math.round(insertMs) });
    const { days, hours, rows } = planned;
    const levels = rows.backlog.length > 0;
    const change: Change = { days, ...(hours === undefined ? {} : { hours }), ...(levels ? { levels } : {}) };
    await log.append(TOPICS.changes, [changeRecord(change)]);
    return deferred;
  }
}

const retryPause = (attempt: number): Promise<void> => sleep(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0);
