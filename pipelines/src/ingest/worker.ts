/** Ingest: log to warehouse, every event once. One worker serves the partitions that its group gives it. */
import type { Catalogue, Change } from '@room/contract';
import { INGEST_GROUP, TOPICS } from '@room/contract';
import type { Batch, EventLog, LogRecord } from '@room/log';
import { type Ledger, WarehouseUnavailable } from '@room/warehouse';
import { KeyFilter } from './bloom.ts';
import { type Decided, decide, plan, questions } from './plan.ts';
import { decodePending, encodePending, type Pending, type Range, rangeOf } from './range.ts';

export interface IngestOptions {
  catalogue: Catalogue;
  catalogueHash: string;
  log: Pick<EventLog, 'subscribe' | 'append'>;
  ledger: Pick<Ledger, 'insertRange' | 'seen' | 'allKeys'>;
  /** Records of one insert: larger ones are cheaper an event, smaller ones are visible sooner. */
  maxRange: number;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Something that going on would make wrong: the process must stop. */
  fatal: (error: Error) => void;
}

interface PartitionState {
  pending: Pending | undefined;
  /** Records handed over and not yet counted; they wait for the rest of a pending range. */
  held: LogRecord[];
}

/** Least time between the small inserts of one partition, shared among the partitions. */
const PACE_MS = 120;
const SMALL_BATCH = 1_000;
const DECIDE_AT_ONCE = 500;
const HEARTBEAT_MS = 3_000;
const RETRY_MS = [200, 500, 1_000, 2_000, 5_000];
const FILTER_MIN_KEYS = 2_000_000;

/** A pending range was decided by another catalogue: replaying it could send other rows under its token. */
export class CatalogueChanged extends Error {
  constructor(partition: number, pending: Pending, hash: string) {
    super(
      `partition ${partition} has a range up to offset ${pending.last} whose insert was cut off under catalogue ${pending.catalogue}; ` +
        `this one is ${hash}. Start once with the earlier catalogue so that the range is finished, then change it`,
    );
  }
}

export async function startIngest(options: IngestOptions): Promise<AsyncDisposable> {
  const { catalogue, catalogueHash, log, ledger, maxRange, report } = options;
  const states = new Map<number, PartitionState>();
  let filter = new KeyFilter(FILTER_MIN_KEYS);

  async function fillFilter(capacity: number): Promise<void> {
    const pieces: Buffer[] = [];
    let keys = 0;
    for await (const piece of ledger.allKeys()) {
      pieces.push(piece);
      keys += piece.length / 16;
    }
    const next = new KeyFilter(Math.max(capacity, keys * 2));
    for (const piece of pieces) next.addStored(piece);
    filter = next;
  }

  async function count(batch: Batch, records: readonly LogRecord[], range: Range): Promise<void> {
    const decided: Decided[] = [];
    for (let at = 0; at < records.length; at += DECIDE_AT_ONCE) {
      decided.push(...decide(records.slice(at, at + DECIDE_AT_ONCE), catalogue));
      // A large range must not keep sockets and portals waiting.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const seen = await ledger.seen(
      questions(decided, (key) => !filter.has(key)),
      range.id,
    );
    const planned = plan(decided, seen, TOPICS.submissions, range.id);
    if (batch.isStale()) throw new Error(`partition ${batch.partition} was taken away before the insert`);
    const started = performance.now();
    await ledger.insertRange(range.token, planned.rows);
    for (const key of planned.keys) filter.add(key);
    report('debug', 'range counted', {
      range: range.token,
      records: records.length,
      counted: planned.keys.length,
      duplicates: planned.duplicates,
      quarantined: planned.quarantined,
      insertMs: Math.round(performance.now() - started),
    });
    if (filter.size > filter.capacity) await fillFilter(filter.capacity * 4);
    const change: Change = { days: planned.days };
    await log.append(TOPICS.changes, [{ key: 'changes', value: JSON.stringify(change) }]);
  }

  /** The warehouse being away is not the range's fault: try until it is back or the partition is gone. */
  async function countUntilDone(batch: Batch, records: readonly LogRecord[], range: Range): Promise<void> {
    const beat = setInterval(() => void batch.heartbeat().catch(() => undefined), HEARTBEAT_MS);
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          await count(batch, records, range);
          return;
        } catch (error) {
          if (!(error instanceof WarehouseUnavailable) || batch.isStale()) throw error;
          report('warn', `range ${range.token} waits: ${error.message}`);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
        }
      }
    } finally {
      clearInterval(beat);
    }
  }

  async function stateOf(batch: Batch): Promise<PartitionState> {
    let state = states.get(batch.partition);
    if (state === undefined) {
      state = { pending: decodePending((await batch.committed())?.metadata ?? ''), held: [] };
      states.set(batch.partition, state);
      if (state.pending !== undefined)
        report('info', `replaying the range ${state.pending.token}, whose insert was cut off`);
    }
    return state;
  }

  /** The next records to count, or undefined while those of a pending range are still to come. */
  function cut(state: PartitionState): LogRecord[] | undefined {
    const { pending, held } = state;
    if (pending === undefined) return held.slice(0, maxRange);
    const last = held.at(-1);
    if (last === undefined || last.offset < pending.last) return undefined;
    return held.filter((record) => record.offset <= pending.last);
  }

  /** A small batch is followed by a short pause, in which the next one grows: every insert leaves parts to merge. */
  async function handle(batch: Batch): Promise<void> {
    const began = performance.now();
    await countBatch(batch);
    const pause = PACE_MS / Math.max(1, states.size) - (performance.now() - began);
    if (batch.records.length < SMALL_BATCH && pause > 0 && !batch.isStale())
      await new Promise((resolve) => setTimeout(resolve, pause));
  }

  async function countBatch(batch: Batch): Promise<void> {
    const state = await stateOf(batch);
    for (const record of batch.records) state.held.push(record);
    let counted: number | undefined;
    while (state.held.length > 0 && !batch.isStale()) {
      const records = cut(state);
      if (records === undefined) return;
      if (records.length === 0) {
        report('warn', `the pending range ${state.pending?.token} is no longer in the log`);
        state.pending = undefined;
        continue;
      }
      const range = rangeOf(TOPICS.submissions, records);
      if (state.pending !== undefined && state.pending.token !== range.token) {
        report(
          'warn',
          `the log holds other records than the pending range ${state.pending.token}; counting what stands there`,
        );
        state.pending = undefined;
        continue;
      }
      if (state.pending !== undefined && state.pending.catalogue !== catalogueHash)
        return options.fatal(new CatalogueChanged(batch.partition, state.pending, catalogueHash));
      if (state.pending === undefined) {
        const pending = { last: range.last, token: range.token, catalogue: catalogueHash };
        await batch.commit({ offset: range.first, metadata: encodePending(pending) });
        state.pending = pending;
      }
      await countUntilDone(batch, records, range);
      state.pending = undefined;
      state.held = state.held.slice(records.length);
      counted = range.last;
    }
    if (counted !== undefined && !batch.isStale()) await batch.commit({ offset: counted + 1, metadata: '' });
  }

  return log.subscribe({
    topic: TOPICS.submissions,
    group: INGEST_GROUP,
    maxRecords: maxRange,
    // Another member may have counted events of these partitions meanwhile: what this one knew is void.
    assigned: async (partitions) => {
      states.clear();
      for (let attempt = 0; ; attempt++) {
        try {
          await fillFilter(FILTER_MIN_KEYS);
          break;
        } catch (error) {
          report('warn', `cannot read the counted events yet: ${(error as Error).message}`);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
        }
      }
      report('info', 'partitions assigned', { partitions: [...partitions], keys: filter.size });
    },
    revoked: () => states.clear(),
    handle,
  });
}
