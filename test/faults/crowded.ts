/**
 * A warehouse on a disk that is nearly full: counts ranges, tries each until it is taken, merges at last, and reads every table after
 * each step. Prints what it found as JSON.
 */
import { applyRetention, Ledger, migrate, openAccess } from '@room/warehouse';
import { leaveFree } from '../harness/disk.ts';
import { FOR_EVER, rows, submission } from '../pipelines/warehouse/rows.ts';
import { randomOf } from '../portal/random.ts';

export interface Orders {
  /** Where the small disk is mounted, and the warehouse's folder on it. */
  disk: string;
  directory: string;
  minFreeBytes: number;
  /** Space left before each try, from and to, in bytes; `enough` at last. */
  left: readonly [least: number, most: number];
  enough: number;
  ranges: number;
  /** Events of the largest range. */
  mostEvents: number;
  /** Space left, in bytes, from the moment that a merge of the base table has begun. */
  merging: number;
  /** So often at most. */
  merges: number;
  seed: string;
}

export interface Found {
  ranges: number;
  /** Times that the engine refused a range. */
  refused: number;
  /** Tables whose sums are not those of the ranges. */
  wrong: string[];
  /** What could not be read, and the engine's reason. */
  unreadable: string;
  /** Sums by table. */
  sums: Record<string, number>;
}

const TRIES = 40;
const DAYS = 20;
const DIALECT = { timeZone: 'Asia/Ho_Chi_Minh' };
const SUM_OF: Readonly<Record<string, string>> = {
  submission: 'sum(count) AS n FROM submission',
  event_seen: 'count() AS n FROM event_seen',
  rollup_units_day: 'sum(reached) AS n FROM rollup_units_day',
  rollup_units_month: 'sum(reached) AS n FROM rollup_units_month',
  rollup_meetings_day: 'sum(reached) AS n FROM rollup_meetings_day',
  rollup_meetings_month: 'sum(reached) AS n FROM rollup_meetings_month',
  ...Object.fromEntries(
    ['second', 'minute', 'hour', 'day', 'month'].map((grain) => [
      `rollup_${grain}`,
      `sum(reached) AS n FROM rollup_${grain} WHERE dim = 'all'`,
    ]),
  ),
};

const orders = JSON.parse(process.argv[2] ?? '') as Orders;
const { disk, directory, minFreeBytes, left, enough, merging, ranges, mostEvents, merges, seed } = orders;
const random = randomOf(seed);
const access = await openAccess({ kind: 'embedded', directory, readers: 2, maxMemoryBytes: 2 ** 31, minFreeBytes });
await migrate(access, DIALECT);
await applyRetention(access, DIALECT, FOR_EVER);
const ledger = new Ledger(access);

const found: Found = { ranges: 0, refused: 0, wrong: [], unreadable: '', sums: {} };

async function look(): Promise<void> {
  for (const [table, sum] of Object.entries(SUM_OF))
    try {
      // Every column, as any of them may be what broke.
      const [row] = await access.read<{ n: number }>(`SELECT sum(cityHash64(*)), ${sum}`);
      found.sums[table] = row?.n ?? 0;
    } catch (error) {
      found.unreadable ||= `${table}: ${(error as Error).message}`;
    }
}

let events = 0;
for (; found.ranges < ranges && found.wrong.length === 0 && found.unreadable === ''; found.ranges++) {
  const size = 1 + Math.floor(random.next() * mostEvents);
  const range = rows(
    Array.from({ length: size }, (_, at) => {
      const day = String(1 + Math.floor(random.next() * DAYS)).padStart(2, '0');
      return submission(`${found.ranges}-${at}`, `2026-11-${day}T0${at % 10}:00:00Z`);
    }),
    String(found.ranges),
  );
  for (let tries = 0; ; tries++) {
    const [least, most] = left;
    await leaveFree(disk, tries < TRIES ? least + random.next() * (most - least) : enough);
    const isTaken = await ledger.insertRange(`t:0:${found.ranges}`, range).then(
      () => true,
      () => false,
    );
    if (isTaken) break;
    found.refused++;
    if (tries > 2 * TRIES) throw new Error(`range ${found.ranges} is refused though ${enough} bytes are free`);
  }
  events += size;
  await look();
  found.wrong = Object.entries(found.sums).flatMap(([table, sum]) =>
    sum === events ? [] : [`${table}: ${sum - events}`],
  );
}
/** Merges the base table anew, and takes the space as soon as it writes. */
async function merge(): Promise<void> {
  await leaveFree(disk, enough);
  let isMerging = true;
  const merged = access
    .command('OPTIMIZE TABLE submission FINAL')
    .catch(() => found.refused++)
    .finally(() => {
      isMerging = false;
    });
  const begun = `SELECT count() AS n FROM system.merges WHERE table = 'submission'`;
  while (isMerging && ((await access.read<{ n: number }>(begun))[0]?.n ?? 0) === 0);
  await leaveFree(disk, merging);
  await merged;
}

for (let times = 0; times < merges && found.unreadable === ''; times++) {
  await merge();
  await look();
}
await look();
await access[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify(found));
