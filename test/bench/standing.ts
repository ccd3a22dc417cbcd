/** What the two counting processes of the ingest benchmarks share: their orders, their warehouse, and how they tell how far they are. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Access, migrate, openAccess } from '@room/warehouse';
import { clock } from './clock.ts';

export interface Place {
  brokers: string;
  /** Before the names of topics and groups. */
  prefix: string;
}

export interface CounterOrders extends Place {
  /** A folder for the warehouse. */
  dir: string;
}

/** One look at how far a process is. */
export interface Look {
  /** Milliseconds since 1970 UTC. */
  at: number;
  rows: number;
  /** CPU seconds of the whole process so far. */
  cpu: number;
}

/** What stands in the warehouse, counted from the base table and from each rollup. */
export interface Standing {
  base: number;
  rollups: Record<string, number>;
  quarantined: number;
  /** The most memory that the process ever held, in MiB. */
  memoryMb: number;
}

/** What either process answers. */
export interface Counting {
  open(orders: CounterOrders): Promise<void>;
  /** Starts counting; answers once the group gave partitions. */
  begin(given: null): Promise<Look>;
  /** The first look at `rows` rows or more. */
  reached(rows: number): Promise<Look>;
  finish(given: null): Promise<Standing>;
  /** May be asked instead of `begin`. */
  stock(given: null): Promise<Stock>;
  /** Looks at the rollup by minute over and over, from now on until `seen`. */
  look(given: null): Promise<void>;
  seen(given: null): Promise<Sight[]>;
}

/** A case in quarantine as an operator would find it. */
export interface Case {
  id: string;
  portal: string;
  topic: string;
  code: string;
  reason: string;
  bytes: string;
  /** Headers of the record, as JSON. */
  headers: string;
}

/** What a stopped room left. */
export interface Stock {
  cases: Case[];
  /** Places in the log: of a partition, how many were counted or quarantined, how many of them are different, and the last. */
  places: { partition: number; records: number; different: number; last: number }[];
}

/** So many events stood in the rollup by minute, as a reader was told at this instant (`clock`). */
export type Sight = [at: number, events: number];

const LOOK_MS = 5;
const ROLLUPS = ['minute', 'hour', 'day', 'month'];

export async function openWarehouse(dir: string, timeZone: string): Promise<Access> {
  const access = await openAccess({
    kind: 'embedded',
    directory: join(dir, 'warehouse'),
    readers: 3,
    maxMemoryBytes: 3 * 2 ** 30,
  });
  // What a bench keeps was drained.
  await migrate(access, { timeZone }, { unsettled: async () => [] });
  return access;
}

export async function standing(access: Access): Promise<Standing> {
  const number = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;
  const rollups: Record<string, number> = {};
  for (const grain of ROLLUPS)
    rollups[grain] = await number(`SELECT sum(events) AS n FROM rollup_${grain} WHERE dim = 'all'`);
  return {
    base: await number('SELECT count() AS n FROM submission'),
    rollups,
    quarantined: await number('SELECT count() AS n FROM quarantine FINAL'),
    memoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

export async function stock(access: Access): Promise<Stock> {
  return {
    cases: await access.read<Case>(
      'SELECT toString(quarantine_id) AS id, portal, topic, code, reason, bytes_base64 AS bytes, headers FROM quarantine FINAL WHERE isNull(resolved_at)',
    ),
    places: await access.read(
      `SELECT log_partition AS partition, count() AS records, uniqExact(log_offset) AS different, max(log_offset) AS last
       FROM (SELECT log_partition, log_offset FROM submission UNION ALL SELECT log_partition, log_offset FROM quarantine FINAL)
       GROUP BY partition ORDER BY partition`,
    ),
  };
}

/** A reader of its own who wants to know how many events the rollup by minute holds. */
export class Watcher {
  readonly #access: Pick<Access, 'read'>;
  readonly #sights: Sight[] = [];
  #looking: Promise<void> | undefined;
  #isOver = false;

  constructor(access: Pick<Access, 'read'>) {
    this.#access = access;
  }

  look(): void {
    this.#looking ??= this.#look();
  }

  async #look(): Promise<void> {
    for (; !this.#isOver; await sleep(LOOK_MS)) {
      const [row] = await this.#access.read<{ n: number }>(
        `SELECT sum(events) AS n FROM rollup_minute WHERE dim = 'all'`,
      );
      const events = row?.n ?? 0;
      if (events !== (this.#sights.at(-1)?.[1] ?? 0)) this.#sights.push([clock(), events]);
    }
  }

  async seen(): Promise<Sight[]> {
    this.#isOver = true;
    await this.#looking;
    return this.#sights;
  }
}

/** Who waits for how many rows. */
export class Progress {
  #waiting: { rows: number; tell: (look: Look) => void; fail: (error: Error) => void }[] = [];
  #last = Progress.look(0);

  static look(rows: number): Look {
    const { user, system } = process.cpuUsage();
    return { at: Date.now(), rows, cpu: (user + system) / 1e6 };
  }

  get rows(): number {
    return this.#last.rows;
  }

  reached(rows: number): Promise<Look> {
    if (this.#last.rows >= rows) return Promise.resolve(this.#last);
    return new Promise((tell, fail) => void this.#waiting.push({ rows, tell, fail }));
  }

  at(rows: number): void {
    this.#last = Progress.look(rows);
    for (const { rows: wanted, tell } of this.#waiting) if (rows >= wanted) tell(this.#last);
    this.#waiting = this.#waiting.filter(({ rows: wanted }) => rows < wanted);
  }

  fail(error: Error): void {
    for (const { fail } of this.#waiting) fail(error);
    this.#waiting = [];
  }
}
