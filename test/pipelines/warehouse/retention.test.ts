import { EVERYTHING } from '@room/contract';
import {
  type Access,
  applyRetention,
  hashed,
  keptSince,
  Ledger,
  openAccess,
  Quarantine,
  quarantineRow,
  type Retention,
  retentionFrom,
  startRetention,
} from '@room/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { FOR_EVER, rows, submission } from './rows.ts';

const DIALECT = { timeZone: 'Asia/Ho_Chi_Minh' };
const DAY = 86_400_000;
const REPLAYED = { state: 'replayed', by: 'operator' } as const;
const TABLES = ['submission', 'backlog', 'rollup_second', 'rollup_minute'];
const MEETINGS = ['rollup_units_day', 'rollup_units_month', 'rollup_meetings_day', 'rollup_meetings_month'];
const LASTING = ['rollup_hour', 'rollup_day', 'rollup_month', ...MEETINGS];

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let ledger: Ledger;
let quarantine: Quarantine;

beforeAll(async () => {
  folder = await tempDir('retention');
  await copyWarehouse(folder.path, DIALECT.timeZone);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  ledger = new Ledger(access);
  quarantine = new Quarantine(access);
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const apply = (change: Partial<Retention>): Promise<string[]> =>
  applyRetention(access, DIALECT, { ...FOR_EVER, ...change });
const count = async (table: string, what = 'count()'): Promise<number> =>
  (await access.read<{ n: number }>(`SELECT ${what} AS n FROM ${table}`))[0]?.n ?? 0;
/** What expired goes with the next merge; this is one. */
const merge = (table: string): Promise<void> => access.command(`OPTIMIZE TABLE ${table} FINAL`);

const SHOWN = { pulses: 8, shown: 400 };

describe('settings', () => {
  it('keep what the wall reads and seconds for two days, unless told otherwise', () => {
    expect(retentionFrom({})).toEqual({ ...FOR_EVER, seconds: 2, minutes: 35, forecasts: 35, ...SHOWN });
    expect(retentionFrom({ KEEP_MINUTES_DAYS: 'forever', KEEP_SUBMISSIONS_DAYS: '400' })).toEqual({
      ...FOR_EVER,
      seconds: 2,
      submissions: 400,
      forecasts: 35,
      ...SHOWN,
    });
  });

  it.each([
    ['KEEP_MINUTES_DAYS', '1'],
    ['KEEP_BACKLOG_DAYS', '40'],
    ['KEEP_SECONDS_DAYS', '0'],
    ['KEEP_SUBMISSIONS_DAYS', 'x'],
    ['KEEP_FORECAST_DAYS', '1'],
    ['KEEP_RESOLVED_DAYS', '1.5'],
  ])('refuse %s = %s, naming it', (name, value) => {
    expect(() => retentionFrom({ [name]: value })).toThrow(`${name} is ${value}`);
  });
});

it('what is judged by events is judged alike for 30 days, or half of what is kept', () => {
  expect(keptSince(undefined, 100 * DAY)).toBe(0);
  expect(keptSince(400, 1_000 * DAY)).toBe((1_000 - 370) * DAY);
  expect(keptSince(2, 1_000 * DAY)).toBe((1_000 - 1) * DAY);
});

it('changes a table only where it keeps its rows for another time', async () => {
  const normal = { seconds: 2, minutes: 35, forecasts: 35, ...SHOWN };
  expect(await apply(normal)).toEqual([]);
  expect(await apply({ seconds: 3, submissions: 400, backlog: 50, forecasts: 90, ...SHOWN })).toEqual([
    'rollup_second keeps its rows 3 days',
    'rollup_minute keeps its rows for ever',
    'submission keeps its rows 400 days',
    'backlog keeps its rows 50 days',
    'link keeps its rows 50 days',
    'forecast keeps its rows 90 days',
    'foresight keeps its rows 90 days',
  ]);
  expect(await apply({ seconds: 3, submissions: 400, backlog: 50, forecasts: 90, ...SHOWN })).toEqual([]);
  expect(await apply(normal)).toHaveLength(7);
  expect(await apply(normal)).toEqual([]);
});

it('rows go when their time is over, and the totals of their days stay exact', async () => {
  await apply({});
  const now = Date.now();
  const at = (daysAgo: number): string => new Date(now - daysAgo * DAY).toISOString();
  const old = [1, 3, 50].map((days) => submission(`old-${days}`, at(days), { count: 10 }));
  await ledger.insertRange('t:0:1', rows(old, '1', now - 100 * DAY));
  await ledger.insertRange('t:0:2', rows([submission('new', at(0))], '2', now));
  const backlog = (id: string, receivedAt: number): string =>
    JSON.stringify({
      event_key: hashed(id),
      source: 'urn:s',
      id,
      at: '2026-01-01 00:00:00.000',
      service: 'S1',
      agency: 'A1',
      open: 1,
      overdue: 0,
      received_at: new Date(receivedAt).toISOString().replace('T', ' ').slice(0, 23),
      simulated: false,
      log_partition: 0,
      log_offset: 9,
      range_id: '3',
    });
  await ledger.insertRange('t:0:3', {
    submission: Buffer.alloc(0),
    backlog: [backlog('q1', now - 100 * DAY), backlog('q2', now)].join('\n'),
    quarantine: '',
  });
  const events = async () =>
    Object.fromEntries(await Promise.all(LASTING.map(async (table) => [table, await count(table, 'sum(reached)')])));
  const before = await events();
  const of = (byDimension: number, byUnit: number) => ({
    rollup_hour: byDimension,
    rollup_day: byDimension,
    rollup_month: byDimension,
    ...Object.fromEntries(MEETINGS.map((table) => [table, byUnit])),
  });
  expect(before).toEqual(of(217, 31));

  await apply({ seconds: 2, minutes: 35, submissions: 90, backlog: 90 });
  for (const table of [...TABLES, ...LASTING]) await merge(table);
  expect(await count('rollup_second', 'sum(reached)')).toBe(11);
  expect(await count('rollup_minute', `sumIf(reached, dim = 'all')`)).toBe(21);
  expect(await count('submission')).toBe(1);
  expect(await count('backlog')).toBe(1);
  expect(await events()).toEqual(before);
  // What was counted once is known for ever, also where its row is gone.
  expect(await count('event_seen')).toBe(6);

  // An event older than minutes are kept still reaches every total.
  await ledger.insertRange('t:0:4', rows([submission('late', at(60), { count: 100 })], '4', now));
  for (const table of [...TABLES, ...LASTING]) await merge(table);
  expect(await count('rollup_minute', `sumIf(reached, dim = 'all')`)).toBe(21);
  expect(await events()).toEqual(of(917, 131));
});

/** Parts that an insert wrote, merged since or not, by table. */
async function partsOf(insert: () => Promise<void>): Promise<Record<string, number>> {
  await access.command('SYSTEM STOP MERGES');
  const parts = async (): Promise<Map<string, number>> => {
    const found = await access.read<{ name: string; n: number }>(
      'SELECT table AS name, count() AS n FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table',
    );
    return new Map(found.map(({ name, n }) => [name, n]));
  };
  const before = await parts();
  await insert();
  const after = await parts();
  await access.command('SYSTEM START MERGES');
  return Object.fromEntries(
    [...after].map(([name, n]) => [name, n - (before.get(name) ?? 0)]).filter(([, n]) => n !== 0),
  );
}

it('history costs by its rows: a part a year, and none in tables that would drop it at once', async () => {
  await apply({ seconds: 2, minutes: 35 });
  const now = Date.parse('2026-11-19T05:00:00Z');
  const months = Array.from({ length: 120 }, (_, n) => new Date(Date.UTC(2015, 1 + n, 15, 3)).toISOString());
  const history = months.map((at, n) => submission(`month-${n}`, at));
  const days = Array.from({ length: 1_000 }, (_, n) =>
    submission(`day-${n}`, new Date(now - (n + 40) * DAY).toISOString()),
  );
  const ten = { submission: 11, rollup_hour: 11, rollup_day: 11, rollup_units_day: 11, rollup_meetings_day: 11 };
  const one = { event_seen: 1, rollup_month: 1, rollup_units_month: 1, rollup_meetings_month: 1, rollup_late: 1 };
  expect(await partsOf(() => ledger.insertRange('t:0:h1', rows(history, '61', now)))).toEqual({ ...ten, ...one });
  const three = { submission: 3, rollup_hour: 3, rollup_day: 3, rollup_units_day: 3, rollup_meetings_day: 3 };
  expect(await partsOf(() => ledger.insertRange('t:0:h2', rows(days, '62', now)))).toEqual({ ...three, ...one });
});

it('what seconds and minutes take follows their setting, and a replay decides as before', async () => {
  const now = Date.now();
  const ids = async (): Promise<string[]> =>
    (
      await access.read<{ id: string }>(
        `SELECT toString(uuid) AS id FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView' ORDER BY name`,
      )
    ).map(({ id }) => id);
  const seconds = (): Promise<number> => count('rollup_second', 'sum(events)');
  const minutes = (): Promise<number> => count('rollup_minute', `sumIf(events, dim = 'all')`);
  const before = await ids();
  const old = (id: string, daysAgo: number) =>
    rows([submission(id, new Date(now - daysAgo * DAY).toISOString())], '63', now);
  await apply({ seconds: 30, minutes: 400 });
  const [s, m] = [await seconds(), await minutes()];
  for (let time = 0; time < 2; time++) await ledger.insertRange('t:0:k1', old('kept', 20));
  expect([await seconds(), await minutes()]).toEqual([s + 1, m + 1]);
  await ledger.insertRange('t:0:k2', old('older', 200));
  expect([await seconds(), await minutes()]).toEqual([s + 1, m + 2]);
  await apply({ seconds: 2, minutes: 35 });
  // Now too old for both; and what a crash cut off under the other setting is not counted twice.
  await ledger.insertRange('t:0:k3', old('now-too-old', 200));
  await ledger.insertRange('t:0:k2', old('older', 200));
  const hours = await count('rollup_hour', `sumIf(events, dim = 'all')`);
  expect(await count('rollup_month', `sumIf(events, dim = 'all')`)).toBe(hours);
  await apply({});
  for (let time = 0; time < 2; time++) await ledger.insertRange('t:0:k4', old('for-ever', 4_000));
  expect(await count('rollup_minute', `countIf(bucket < now() - INTERVAL 3000 DAY)`)).toBe(7);
  expect(await ids()).toEqual(before);
});

it('resolved cases leave the quarantine after their time, unresolved ones never', async () => {
  const now = Date.now();
  const caseOf = (name: string, timestamp: number): string =>
    quarantineRow(
      {
        quarantineId: hashed(name),
        portal: 'p',
        source: 's',
        id: name,
        topic: 'submissions',
        code: 'not_json',
        reason: 'why',
        value: Buffer.from(name),
        headers: {},
      },
      { partition: 0, offset: 1, timestamp },
    );
  const insert = (token: string, ...cases: string[]): Promise<void> =>
    ledger.insertRange(token, { submission: Buffer.alloc(0), backlog: '', quarantine: cases.join('\n') });
  await insert('t:0:5', ...['done', 'again', 'open', 'lately'].map((name) => caseOf(name, now - 100 * DAY)));
  // Each version stands in a part of its own: none may come back when a later one goes.
  await quarantine.resolve(
    ['done', 'again'].map((name) => hashed(name)),
    now - 90 * DAY,
    REPLAYED,
  );
  await quarantine.resolve([hashed('lately')], now - 5 * DAY, REPLAYED);
  await insert('t:0:6', caseOf('again', now - 1 * DAY));
  const waiting = async (): Promise<string[]> => (await quarantine.list({}, 10, EVERYTHING)).map(({ id }) => id).sort();
  const ever = async (): Promise<string[]> =>
    (await quarantine.list({ all: true }, 10, EVERYTHING)).map(({ id }) => id).sort();
  expect([await waiting(), await ever()]).toEqual([
    ['again', 'open'],
    ['again', 'done', 'lately', 'open'],
  ]);

  const said: string[] = [];
  const keeping = await startRetention({
    access,
    dialect: DIALECT,
    retention: { ...FOR_EVER, resolved: 30 },
    quarantine,
    report: (_level, message) => said.push(message),
  });
  await keeping[Symbol.asyncDispose]();
  expect(said.at(-1)).toBe('cases removed from quarantine, as resolved over 30 days ago: 1');
  expect([await waiting(), await ever()]).toEqual([
    ['again', 'open'],
    ['again', 'lately', 'open'],
  ]);
  await merge('quarantine');
  expect([await waiting(), await ever()]).toEqual([
    ['again', 'open'],
    ['again', 'lately', 'open'],
  ]);
  expect(await quarantine.forgetResolved(now - 30 * DAY, '')).toBe(0);
});
