/** Production parts with one thing changed from outside: a guard taken away, or an instant at which the process ends. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS } from '@room/contract';
import type { Batch, EventLog, Subscription } from '@room/log';
import { type Access, WarehouseUnavailable } from '@room/warehouse';
import type { Random } from '../portal/random.ts';
import type { Guard, Instant } from './orders.ts';

/** `real` with some members replaced; the rest goes on working on `real` itself. */
function over<T extends object>(real: T, changed: Partial<T>): T {
  return new Proxy(real, {
    get(_, name) {
      const holder = name in changed ? changed : real;
      const value: unknown = Reflect.get(holder, name, holder);
      return typeof value === 'function' ? value.bind(holder) : value;
    },
  });
}

/** Changes how ingest is served; the pulse reads on as it is. */
const withIngest = (log: EventLog, change: (subscription: Subscription) => Partial<Subscription>): EventLog =>
  over(log, {
    subscribe: (subscription) =>
      log.subscribe(
        subscription.topic === TOPICS.submissions ? { ...subscription, ...change(subscription) } : subscription,
      ),
  });

const withBatch = (log: EventLog, change: (batch: Batch) => Batch): EventLog =>
  withIngest(log, ({ handle }) => ({ handle: (batch) => handle(change(batch)) }));

/** Hands over batches that are cut otherwise than production cuts them. */
export const recut = (log: EventLog, maxRecords: number): EventLog => withIngest(log, () => ({ maxRecords }));

interface Edit {
  /** The statements that hold the guard. */
  of: RegExp;
  from: RegExp;
  to: () => string;
}

const WINDOW = /deduplication_window = [1-9]\d*/;
const LOOK_UP = /FROM event_seen\s+PREWHERE/;

/** How a guard that stands in a statement's text is taken out of it. */
const EDITS: Partial<Record<Guard, Edit>> = {
  'insert token': {
    of: /^INSERT INTO (submission|backlog) /,
    from: /insert_deduplication_token = '[^']+'/,
    to: () => `insert_deduplication_token = '${randomUUID()}'`,
  },
  'deduplication in dependent views': {
    of: /^INSERT INTO (submission|backlog) /,
    from: /deduplicate_blocks_in_dependent_materialized_views = 1/,
    to: () => 'deduplicate_blocks_in_dependent_materialized_views = 0',
  },
  'window on the base table': {
    of: /^CREATE TABLE IF NOT EXISTS submission(_\d+)?\b/,
    from: WINDOW,
    to: () => 'deduplication_window = 0',
  },
  'window on the rollups': {
    of: /^CREATE TABLE IF NOT EXISTS rollup_/,
    from: WINDOW,
    to: () => 'deduplication_window = 0',
  },
  'look-up blind to its own range': { of: LOOK_UP, from: / WHERE range_id != toUInt64\('\d+'\)/, to: () => '' },
  'content hash in the token': {
    of: /^INSERT INTO (submission|backlog) /,
    // And the range's id, which alone would tell two ranges of the same offsets apart.
    from: /(?<=insert_deduplication_token = 'submissions:\d+:\d+-\d+):[0-9a-f]+:\d+(?=')/,
    to: () => '',
  },
};

/** The warehouse with guards off. `told` hears each time one would have worked. */
export function unguardedAccess(access: Access, off: readonly Guard[], told: (guard: Guard) => void): Access {
  const edit = (sql: string): string => {
    let text = sql;
    for (const guard of off) {
      const { of, from, to } = EDITS[guard] ?? {};
      if (of === undefined || from === undefined || to === undefined || !of.test(text)) continue;
      if (!from.test(text)) throw new Error(`cannot switch off ${guard}: the statement holds no ${from}`);
      text = text.replace(from, to());
      told(guard);
    }
    return text;
  };
  return over(access, {
    command: (sql, rows) => access.command(edit(sql), rows),
    read: async <T>(sql: string): Promise<T[]> => {
      if (!LOOK_UP.test(sql) || !off.includes('look-up of counted ids')) return access.read<T>(edit(sql));
      told('look-up of counted ids');
      return [];
    },
  });
}

export function unguardedLog(real: EventLog, off: readonly Guard[], told: (guard: Guard) => void): EventLog {
  const log = off.includes('equal ids in one partition') ? unsorted(real, told) : real;
  if (!off.includes('stored range')) return log;
  return withBatch(log, (batch) =>
    over(batch, {
      commit: ({ offset, metadata }) => {
        if (metadata !== '') told('stored range');
        return batch.commit({ offset, metadata: '' });
      },
    }),
  );
}

/** Ingest sees one partition, in which every record stands right. */
const unsorted = (log: EventLog, told: (guard: Guard) => void): EventLog =>
  over(log, {
    ends: async () => {
      told('equal ids in one partition');
      return new Map([[0, 0]]);
    },
  });

const INSERT = /^INSERT INTO (submission|backlog|quarantine) /;
/** The last column of every row. */
const rangeIdOf = (rows: Uint8Array): string => String(Buffer.from(rows.subarray(-8)).readBigUInt64LE());

/** A view that takes its time: what stands between base and rollups for milliseconds stands there for two seconds. */
const SLOW_VIEW = `CREATE MATERIALIZED VIEW slow_from_submission TO slow AS SELECT sleep(2) AS nothing FROM submission`;
export const withoutSlowView = (access: Access): Promise<void> =>
  access.command('DROP VIEW IF EXISTS slow_from_submission');

async function withSlowView(access: Access): Promise<void> {
  await access.command('CREATE TABLE IF NOT EXISTS slow (nothing UInt8) ENGINE = Null');
  await withoutSlowView(access);
  await access.command(SLOW_VIEW);
}

const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};

export interface Parts {
  access: Access;
  log: EventLog;
}

/** Ends the process, as a power failure would, at one instant in the life of its range number `range`. */
export function mortal({ access, log }: Parts, at: Instant, range: number, lastWords: () => Promise<void>): Parts {
  let inserts = 0;
  const isNow = (): boolean => inserts === range;
  const rows = async (table: string, rangeId: string): Promise<number> => {
    const sql = `SELECT count() AS n FROM ${table} WHERE range_id = toUInt64('${rangeId}')`;
    return (await access.read<{ n: number }>(sql))[0]?.n ?? 0;
  };

  /** The insert goes on in the engine's threads when the process ends. */
  async function inMidInsert(sql: string, inserted: Uint8Array): Promise<void> {
    const rangeId = rangeIdOf(inserted);
    const reached = at === 'between base and look-up' ? 'submission' : 'event_seen';
    await withSlowView(access);
    access.command(sql, inserted).catch(() => undefined);
    while ((await rows(reached, rangeId)) === 0);
    await lastWords();
    await die();
  }

  return {
    access: over(access, {
      command: async (sql, inserted) => {
        const table = INSERT.exec(sql)?.[1];
        if (table === 'submission') inserts++;
        const isIt = table === 'submission' && isNow();
        if (isIt && at === 'before the insert') await die();
        if (isIt && inserted !== undefined && at.startsWith('between base')) await inMidInsert(sql, inserted);
        await access.command(sql, inserted);
        if (isIt && at === 'between two tables') await die();
      },
    }),
    log: withBatch(log, (batch) =>
      over(batch, {
        commit: async (position) => {
          const isIt = isNow() && position.metadata === '';
          if (isIt && at === 'after the insert') await die();
          await batch.commit(position);
          if (isIt && at === 'after the commit') await die();
        },
      }),
    ),
  };
}

/**
 * The first batch stalls before its first commit until `resume` is called, which resolves when that commit has been tried.
 * Unfenced, it then speaks through whoever holds the partition, as if nobody noticed that it was taken away.
 */
export function stalled(log: EventLog, told: (() => void) | undefined): { log: EventLog; resume: () => Promise<void> } {
  let go: () => void = () => undefined;
  const mayGo = new Promise<void>((resolve) => {
    go = resolve;
  });
  let tried: () => void = () => undefined;
  const wasTried = new Promise<void>((resolve) => {
    tried = resolve;
  });
  let first: Batch | undefined;
  let latest: Batch | undefined;
  return {
    log: withBatch(log, (batch) => {
      latest = batch;
      first ??= batch;
      if (first !== batch) return batch;
      return over(batch, {
        isStale: () => told === undefined && batch.isStale(),
        commit: async (position) => {
          await mayGo;
          if (batch.isStale()) told?.();
          const through = told === undefined ? batch : (latest ?? batch);
          await through.commit(position).finally(tried);
        },
      });
    }),
    resume: async () => {
      go();
      await wasTried;
    },
  };
}

/** The engine does what it is asked, but its answer never comes, so many times, and then late, so many times. */
export function slowInserts(
  access: Access,
  hangs: number,
  slow: { inserts: number; ms: number },
  told: () => void,
): Access {
  let hanging = hangs;
  let { inserts } = slow;
  return over(access, {
    command: async (sql, rows) => {
      await access.command(sql, rows);
      if (!INSERT.test(sql)) return;
      if (hanging-- > 0) await new Promise(() => undefined);
      if (inserts-- <= 0) return;
      told();
      await sleep(slow.ms);
    },
  });
}

const FAILS = 0.06;

/** Failures at random: an insert is done or not but its answer lost, a commit too, and each batch comes in other pieces. */
export function shaky({ access, log }: Parts, random: Random): Parts {
  const unsure = async (work: () => Promise<void>, error: () => Error): Promise<void> => {
    const fate = random.next();
    if (fate < FAILS) throw error();
    await work();
    if (fate > 1 - FAILS) throw error();
  };
  const cutOff = (): Error => new Error('the connection was reset');
  return {
    access: over(access, {
      command: (sql, rows) =>
        INSERT.test(sql)
          ? unsure(
              () => access.command(sql, rows),
              () => new WarehouseUnavailable(cutOff()),
            )
          : access.command(sql, rows),
    }),
    log: withIngest(log, ({ handle }) => ({
      handle: async (batch) => {
        for (let rest = batch.records; rest.length > 0; ) {
          const size = 1 + Math.floor(random.next() * rest.length);
          const records = rest.slice(0, size);
          rest = rest.slice(size);
          const next = rest[0]?.offset ?? batch.next;
          await handle(over(batch, { records, next, commit: (to) => unsure(() => batch.commit(to), cutOff) }));
        }
      },
    })),
  };
}
