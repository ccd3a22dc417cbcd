/** What is read of a day piece by piece is what a reading of the whole day says. */
import { join } from 'node:path';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, startOfDay } from '@room/contract';
import type { LogRecord } from '@room/log';
import { type Access, type BucketRow, type DimRow, Ledger, openAccess, WallQueries } from '@room/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide, Planner } from '../../../pipelines/src/ingest/plan.ts';
import { newRangeId, rangeOf } from '../../../pipelines/src/ingest/range.ts';
import { type Changed, RunningDay } from '../../../pipelines/src/pulse/day.ts';
import { submission } from '../../harness/client.ts';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { randomOf } from '../../portal/random.ts';

const HOUR = 3_600_000;
const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const DAY = '2026-11-19';
const MIDNIGHT = startOfDay(DAY, catalogue.timeZone);
const END = startOfDay(addDays(DAY, 1), catalogue.timeZone);

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let ledger: Ledger;
let queries: WallQueries;
let offset = 0;
beforeAll(async () => {
  folder = await tempDir('day');
  await copyWarehouse(join(folder.path, 'w'), catalogue.timeZone);
  access = await openAccess({
    kind: 'embedded',
    directory: join(folder.path, 'w'),
    readers: 2,
    maxMemoryBytes: 2 ** 31,
  });
  // The rollups of minutes and seconds must not let go of the days of this test.
  for (const table of ['rollup_second', 'rollup_minute']) await access.command(`ALTER TABLE ${table} REMOVE TTL`);
  ledger = new Ledger(access);
  queries = new WallQueries(access, catalogue.timeZone);
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

interface Event {
  id: string;
  at: number;
  data?: object;
}

/** Counts a range as ingest does; returns the hours that it tells. */
async function count(events: readonly Event[], now: number): Promise<number[] | undefined> {
  const records: LogRecord[] = events.map(({ id, at, data }) => ({
    partition: 0,
    offset: offset++,
    timestamp: now,
    headers: {},
    value: Buffer.from(JSON.stringify(submission(id, { occurredAt: new Date(at).toISOString(), ...data }))),
  }));
  const range = rangeOf('t', records, newRangeId());
  const planner = new Planner(seen, 't', range.id);
  planner.add(decide(records, catalogue));
  const { rows, hours, keys, quarantined } = planner.plan();
  expect(quarantined).toEqual({});
  await ledger.insertRange(range.token, rows);
  for (const key of keys) seen.set(key, { correction: false });
  return hours;
}
const seen = new Map<string, { correction: boolean }>();

const inOrder = <T extends object>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
const keyOf = (row: object): string => {
  const { dim, code, bucket, grain } = row as Partial<DimRow & BucketRow>;
  return `${dim} ${code} ${bucket} ${grain}`;
};
const plain = ({
  submitted,
  submittedOnline,
  onTime,
  late,
  reached,
  events,
  reportedTo,
  receivedAt,
  simulated,
}: DimRow | BucketRow) => ({
  submitted,
  submittedOnline,
  onTime,
  late,
  reached,
  events,
  reportedTo,
  receivedAt,
  simulated,
});

/** Compares what `day` makes of the changes with one reading of everything. */
async function compare(day: RunningDay, now: number, changed: Changed): Promise<void> {
  const read = await day.read(now, changed);
  const whole = await queries.running(MIDNIGHT, END);
  expect(inOrder(read.totals).map((row) => ({ dim: row.dim, code: row.code, ...plain(row) }))).toEqual(
    inOrder(whole.totals).map((row) => ({ dim: row.dim, code: row.code, ...plain(row) })),
  );
  const ofToday = read.minutes.filter(({ bucket }) => bucket * 1_000 >= MIDNIGHT);
  expect(inOrder(ofToday).map((row) => ({ bucket: row.bucket, grain: row.grain, ...plain(row) }))).toEqual(
    inOrder(whole.minutes).map((row) => ({ bucket: row.bucket, grain: row.grain, ...plain(row) })),
  );
}

describe('a running day', () => {
  it('is the same piece by piece, with late events, corrections, intervals and events of other days', async () => {
    const random = randomOf('day');
    const day = new RunningDay(queries, MIDNIGHT, END);
    await compare(day, MIDNIGHT + 1_000, 'all');
    const sent: Event[] = [];
    let now = MIDNIGHT + 60_000;
    for (let step = 0; step < 25; step++) {
      const events: Event[] = Array.from({ length: 1 + Math.floor(random.next() * 6) }, (_, n) => {
        const kind = random.next();
        const age =
          kind < 0.6
            ? random.next() * 60_000
            : kind < 0.9
              ? random.next() * (now - MIDNIGHT)
              : random.next() * 90 * HOUR;
        const event: Event = {
          id: `e-${step}-${n}`,
          at: now - age,
          data: { count: 1 + Math.floor(random.next() * 9) },
        };
        const target = sent[Math.floor(random.next() * sent.length)];
        if (target !== undefined && random.next() < 0.2)
          return { id: `${event.id}-c`, at: target.at, data: { count: -1, corrects: target.id } };
        if (random.next() < 0.2) {
          const start = new Date(Math.max(event.at - 600_000, now - 95 * HOUR)).toISOString();
          const interval = { start, end: new Date(Date.parse(start) + 60_000).toISOString() };
          return { id: event.id, at: event.at, data: { interval, occurredAt: undefined, count: 0 } };
        }
        sent.push(event);
        return event;
      });
      const hours = await count(events, now);
      await compare(day, now, new Set(hours));
      now += Math.floor(random.next() * 0.7 * HOUR);
    }
  });

  it('is read whole where nobody says what changed, and after a reading that failed', async () => {
    let fails = false;
    const asked: (readonly number[] | undefined)[] = [];
    const flaky = {
      running: queries.running.bind(queries),
      seconds: queries.seconds.bind(queries),
      runningHours: (from: number, to: number, hours?: readonly number[]) => {
        asked.push(hours);
        if (fails) throw new Error('away');
        return queries.runningHours(from, to, hours);
      },
    };
    const day = new RunningDay(flaky, MIDNIGHT, END);
    const now = MIDNIGHT + 12 * HOUR;
    const hour = Math.floor(now / HOUR);
    await compare(day, now, new Set([hour]));
    await compare(day, now, new Set());
    await compare(day, now, new Set([hour, 5]));
    await count([{ id: 'untold', at: now }], now);
    await compare(day, now, 'all');
    fails = true;
    await expect(day.read(now, new Set([hour]))).rejects.toThrow('away');
    fails = false;
    await count([{ id: 'untold-2', at: now - 3 * HOUR }], now);
    await compare(day, now, new Set());
    expect(asked).toEqual([undefined, [hour], undefined, [hour], undefined]);
  });

  it('shortly after midnight the last hour reaches into yesterday, its totals do not', async () => {
    const at = MIDNIGHT - 20 * 60_000;
    const hours = await count([{ id: 'yesterday', at }], MIDNIGHT + 1_000);
    const day = new RunningDay(queries, MIDNIGHT, END);
    await compare(day, MIDNIGHT + 2_000, new Set(hours));
    const { minutes } = await day.read(MIDNIGHT + 2_000, new Set());
    expect(minutes.some(({ bucket }) => bucket === Math.floor(at / 60_000) * 60)).toBe(true);
  });

  it('a range over very many hours tells none of them', async () => {
    const many = Array.from({ length: 150 }, (_, n) => ({ id: `many-${n}`, at: MIDNIGHT - n * 2 * HOUR }));
    expect(await count(many, MIDNIGHT + 1_000)).toBeUndefined();
    expect((await count([{ id: 'one', at: MIDNIGHT }], MIDNIGHT + 1_000))?.length).toBe(1);
  });
});
