/**
 * The log in one directory, on LMDB: for a room of one process. A put resolves once its transaction is synced;
 * puts of one turn of the event loop share a transaction, so durable appends stay cheap under load.
 */
import { EventEmitter, once } from 'node:events';
import { chmodSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { turn, within } from '@room/runtime';
import { type Database, open, type RootDatabase } from 'lmdb';
import type {
  Batch,
  Collecting,
  Committed,
  EventLog,
  Following,
  LogRecord,
  NewRecord,
  Subscription,
  TopicSpec,
} from './port.ts';
import { LogUnavailable } from './port.ts';
import { textAndOther } from './record.ts';

interface Stored {
  t: number;
  v: Uint8Array;
  h?: Readonly<Record<string, string>>;
  /** Headers that are no UTF-8, in base64. */
  o?: Readonly<Record<string, string>>;
}
type RecordKey = [topic: string, offset: number];
type CommitKey = [group: string, topic: string];

/**
 * Without the library's own batch a failed commit leaves no promise of its that nobody can catch; writes of one turn of the
 * event loop share a transaction all the same. The second option of that pair is missing in the library's types.
 */
const OWN_PROMISES: object = { eventTurnBatching: false, txnStartThreshold: 1_000_000 };
/** What portals sent is for the room's user alone. This option, too, is missing in the library's types. */
const OWNERS_ONLY: object = { permissionsMode: 0o600 };
const ENVIRONMENT = {
  overlappingSync: false,
  maxDbs: 4,
  encoding: 'msgpack',
  ...OWN_PROMISES,
  ...OWNERS_ONLY,
} as const;

function openEnvironment(directory: string): RootDatabase {
  const root = open({ path: directory, ...ENVIRONMENT });
  // Copies, and logs of earlier versions, came with other modes.
  for (const file of ['data.mdb', 'lock.mdb']) chmodSync(join(directory, file), 0o600);
  return root;
}

/** The embedded room is one process, so one partition is all the parallelism it can use. */
const PARTITION = 0;
const SWEEP_MS = 60_000;
const SWEPT_AT_ONCE = 5_000;
const READ_AT_ONCE = 500;
const REDELIVERY_PAUSE_MS = 250;
const LEAVE_MS = 3_000;

/** Resolves when all writes are durable; rejects with what the system said, which the library keeps in a promise beside. */
async function stored(writes: readonly Promise<boolean>[]): Promise<void> {
  // Each refusal brings a promise of its cause, and each such promise would end the process if nobody looked at it.
  const causes = writes.map((write) =>
    write.then(
      () => undefined,
      (error: { commitError?: Promise<never> }) => error.commitError?.catch((cause: unknown) => cause) ?? error,
    ),
  );
  const cause = (await Promise.all(causes)).find((it) => it !== undefined);
  if (cause !== undefined) throw cause;
}

/** As a log on Kafka would hand them over. */
function storedHeaders(headers: NewRecord['headers']): Pick<Stored, 'h' | 'o'> {
  if (headers === undefined) return {};
  if (!Object.values(headers).some((value) => typeof value !== 'string')) return { h: headers as Stored['h'] & {} };
  const { headers: h, opaque: o } = textAndOther({ headers });
  return { h, ...(o === undefined ? {} : { o }) };
}

export class EmbeddedLog implements EventLog {
  readonly #root: RootDatabase;
  readonly #records: Database<Stored, RecordKey>;
  readonly #commits: Database<Committed, CommitKey>;
  readonly #next = new Map<string, number>();
  readonly #appending = new Map<string, number>();
  readonly #torn = new Set<string>();
  readonly #kept: TopicSpec[] = [];
  readonly #signal = new EventEmitter().setMaxListeners(0);
  readonly #sweeper: NodeJS.Timeout;
  readonly #readers = new Set<AsyncDisposable>();
  /** The group of each subscription: the directory belongs to one process, so there are no others. */
  readonly #members: string[] = [];

  readonly #report: (message: string) => void;
  #isClosed = false;

  constructor(directory: string, report: (message: string) => void) {
    this.#report = report;
    this.#root = openEnvironment(directory);
    this.#records = this.#root.openDB<Stored, RecordKey>({ name: 'records' });
    this.#commits = this.#root.openDB<Committed, CommitKey>({ name: 'commits' });
    this.#sweeper = setInterval(() => void this.#sweepInTime(), SWEEP_MS).unref();
  }

  async prepare(topics: readonly TopicSpec[]): Promise<void> {
    this.#kept.push(...topics);
    await this.#sweep();
  }

  async append(topic: string, records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return;
    if (this.#isClosed) throw new LogUnavailable(new Error('it is closed'));
    const timestamp = Date.now();
    let offset = this.#end(topic);
    this.#appending.set(topic, (this.#appending.get(topic) ?? 0) + 1);
    try {
      const puts = records.map(({ value, headers }) =>
        this.#records.put([topic, offset++], {
          t: timestamp,
          v: typeof value === 'string' ? Buffer.from(value) : value,
          ...storedHeaders(headers),
        }),
      );
      this.#next.set(topic, offset);
      await stored(puts);
    } catch (cause) {
      this.#torn.add(topic);
      throw new LogUnavailable(cause);
    } finally {
      this.#appended(topic);
    }
    this.#signal.emit(topic);
  }

  /**
   * After a failed append the end is looked up anew, or records that were never stored would count as pending for ever.
   * Only once no other append is under way: those have taken their offsets already.
   */
  #appended(topic: string): void {
    const left = (this.#appending.get(topic) ?? 1) - 1;
    this.#appending.set(topic, left);
    if (left === 0 && this.#torn.delete(topic)) this.#next.delete(topic);
  }

  #end(topic: string): number {
    let next = this.#next.get(topic);
    if (next === undefined) {
      const [last] = this.#records.getKeys({
        start: [topic, Number.MAX_SAFE_INTEGER],
        end: [topic, -1],
        reverse: true,
        limit: 1,
      });
      next = last === undefined ? 0 : last[1] + 1;
      this.#next.set(topic, next);
    }
    return next;
  }

  /** In slices, as a large read at once would keep everything else in the process waiting. */
  async #read(topic: string, from: number, limit: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (let asked = READ_AT_ONCE, got = asked; got === asked && records.length < limit; ) {
      if (records.length > 0) await turn();
      asked = Math.min(READ_AT_ONCE, limit - records.length);
      got = this.#readSlice(topic, (records.at(-1)?.offset ?? from - 1) + 1, asked, records);
    }
    return records;
  }

  #readSlice(topic: string, from: number, limit: number, records: LogRecord[]): number {
    const found = this.#records.getRange({ start: [topic, from], end: [topic, Number.MAX_SAFE_INTEGER], limit });
    let count = 0;
    for (const { key, value } of found) {
      count++;
      records.push({
        partition: PARTITION,
        offset: key[1],
        timestamp: value.t,
        value: Buffer.from(value.v.buffer, value.v.byteOffset, value.v.byteLength),
        headers: value.h ?? {},
        ...(value.o === undefined ? {} : { opaque: value.o }),
      });
    }
    return count;
  }

  /** Reads on from `position` until stopped, waiting for the signal of `append` at the end. */
  #follow(
    topic: string,
    position: () => number,
    limit: number,
    handle: (records: LogRecord[]) => Promise<void>,
    collecting?: Collecting,
  ): AsyncDisposable {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        let records = await this.#read(topic, position(), limit);
        if (records.length === 0) {
          const arrived = once(this.#signal, topic, { signal: stop.signal }).catch(() => undefined);
          // What was appended between the look and the wait has given its signal already.
          records = await this.#read(topic, position(), limit);
          if (records.length === 0) await arrived;
        }
        if (collecting !== undefined && records.length > 0)
          await this.#collect(topic, records, limit, collecting, stop.signal);
        if (records.length > 0 && !stop.signal.aborted) await handle(records);
      }
    };
    const running = run();
    const reader: AsyncDisposable = {
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        this.#readers.delete(reader);
        // A handler that hangs must not keep its successor from starting.
        await within(running, LEAVE_MS);
      },
    };
    this.#readers.add(reader);
    return reader;
  }

  /** Adds to `records` what comes behind them while they may wait for it. */
  async #collect(
    topic: string,
    records: LogRecord[],
    limit: number,
    { waitMs, onHurry }: Collecting,
    stopped: AbortSignal,
  ): Promise<void> {
    for (let wait = waitMs(records); wait > 0 && records.length < limit && !stopped.aborted; wait = waitMs(records)) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => go(), wait);
        const callOff = onHurry(() => go());
        const go = (): void => {
          clearTimeout(timer);
          callOff();
          this.#signal.off(topic, go);
          stopped.removeEventListener('abort', go);
          resolve();
        };
        this.#signal.on(topic, go);
        stopped.addEventListener('abort', go);
      });
      const next = (records.at(-1)?.offset ?? 0) + 1;
      if (!stopped.aborted) records.push(...(await this.#read(topic, next, limit - records.length)));
    }
  }

  async subscribe(subscription: Subscription): Promise<AsyncDisposable> {
    const { topic, group } = subscription;
    const key: CommitKey = [group, topic];
    await subscription.assigned([PARTITION]);
    this.#members.push(group);
    let position = this.#commits.get(key)?.offset ?? 0;
    let stale = false;
    const reader = this.#follow(
      topic,
      () => position,
      subscription.maxRecords,
      async (records) => {
        const batch: Batch = {
          partition: PARTITION,
          records,
          next: (records.at(-1)?.offset ?? position - 1) + 1,
          committed: async () => this.#commits.get(key),
          commit: async (to) => {
            if (stale) throw new Error(`${topic} was taken away from this subscription`);
            await stored([this.#commits.put(key, to)]);
          },
          heartbeat: async () => undefined,
          isStale: () => stale,
        };
        try {
          await subscription.handle(batch);
          position = (records.at(-1)?.offset ?? position) + 1;
        } catch (error) {
          if (stale) return;
          // Same rule as a broker's: what was not committed comes again, to members that forgot it.
          subscription.redelivering(PARTITION);
          position = this.#commits.get(key)?.offset ?? 0;
          this.#report(`redelivering ${topic} from ${position}: ${(error as Error).message}`);
          await sleep(REDELIVERY_PAUSE_MS);
        }
      },
      subscription.collecting,
    );
    return {
      [Symbol.asyncDispose]: async () => {
        if (!stale) this.#members.splice(this.#members.indexOf(group), 1);
        stale = true;
        subscription.revoked();
        await reader[Symbol.asyncDispose]();
      },
    };
  }

  async tail(topic: string, back: number, handle: (record: LogRecord) => void): Promise<AsyncDisposable> {
    let position = Math.max(0, this.#end(topic) - back);
    return this.#follow(
      topic,
      () => position,
      1_000,
      async (records) => {
        for (const record of records) handle(record);
        position = (records.at(-1)?.offset ?? position) + 1;
      },
    );
  }

  async follow(
    topic: string,
    from: ReadonlyMap<number, number>,
    handle: (records: readonly LogRecord[]) => Promise<void>,
  ): Promise<Following> {
    let position = from.get(PARTITION) ?? 0;
    const reader = this.#follow(
      topic,
      () => position,
      READ_AT_ONCE,
      async (records) => {
        try {
          await handle(records);
        } catch (error) {
          this.#report(`passed over ${topic} from ${position}: ${(error as Error).message}`);
        }
        position = (records.at(-1)?.offset ?? position) + 1;
      },
    );
    return { position: () => position, [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]() };
  }

  async ends(topic: string): Promise<ReadonlyMap<number, number>> {
    return new Map([[PARTITION, this.#end(topic)]]);
  }

  partitionOf(): number {
    return PARTITION;
  }

  async committed(topic: string, group: string): Promise<ReadonlyMap<number, Committed>> {
    const found = this.#commits.get([group, topic]);
    return new Map(found === undefined ? [] : [[PARTITION, found]]);
  }

  async lag(topic: string, group: string): Promise<ReadonlyMap<number, number>> {
    return new Map([[PARTITION, await this.pending(topic, group)]]);
  }

  async members(group: string): Promise<number> {
    return this.#members.filter((name) => name === group).length;
  }

  async pending(topic: string, group: string): Promise<number> {
    const committed = this.#commits.get([group, topic])?.offset ?? 0;
    return Math.max(0, this.#end(topic) - committed);
  }

  /**
   * A copy readable by another `EmbeddedLog`, without what removed records left behind. Its commits are those of the moment of
   * the call, whatever is committed while it is being written; of the records that come meanwhile it has some.
   */
  async backup(directory: string): Promise<void> {
    const commits = [...this.#commits.getRange()];
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await this.#root.backup(directory, true);
    const copy = openEnvironment(directory);
    try {
      const kept = copy.openDB<Committed, CommitKey>({ name: 'commits' });
      await Promise.all(commits.map(({ key, value }) => kept.put(key, value)));
    } finally {
      await copy.close();
    }
  }

  async #sweepInTime(): Promise<void> {
    try {
      await this.#sweep();
    } catch (error) {
      this.#report(`old records could not be removed: ${(error as Error).message}`);
    }
  }

  async #sweep(): Promise<void> {
    for (const { name, retention, group } of this.#kept) {
      if (retention === undefined) continue;
      // The last record stays: its offset is what the next one counts on from.
      const last = this.#end(name) - 1;
      const uncounted = group === undefined ? last : (this.#commits.get([group, name])?.offset ?? 0);
      const end = Math.min(last, uncounted);
      const limit = Date.now() - retention;
      for (let swept = SWEPT_AT_ONCE; swept === SWEPT_AT_ONCE; ) {
        const old: RecordKey[] = [];
        for (const { key, value } of this.#records.getRange({
          start: [name, 0],
          end: [name, end],
          limit: SWEPT_AT_ONCE,
        })) {
          if (value.t >= limit) break;
          old.push(key);
        }
        await stored(old.map((key) => this.#records.remove(key)));
        swept = old.length;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#readers].map((reader) => reader[Symbol.asyncDispose]()));
    // A handler that outlived its reader's patience must not write into a closed environment, which throws out of turn.
    this.#isClosed = true;
    await this.#root.close();
  }
}
