import { EVERYTHING, placeAt, type Submission } from '@room/contract';
import {
  type Access,
  applyRetention,
  backlogRow,
  eventKey,
  Ledger,
  migrate,
  openAccess,
  Quarantine,
  WallQueries,
} from '@room/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { FOR_EVER, rows, submission } from './rows.ts';

const DIALECT = { timeZone: 'Asia/Ho_Chi_Minh' };
const MEETINGS = ['units_day', 'units_month', 'meetings_day', 'meetings_month'];
const ROLLUPS = ['second', 'minute', 'hour', 'day', 'month', ...MEETINGS];

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let ledger: Ledger;
let queries: WallQueries;

// The engine allows one data directory a process, so the file shares one.
beforeAll(async () => {
  folder = await tempDir('warehouse');
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  await migrate(access, DIALECT);
  // The tests count past days.
  await applyRetention(access, DIALECT, FOR_EVER);
  ledger = new Ledger(access);
  queries = new WallQueries(access, DIALECT.timeZone);
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const total = async (table: string, where = '1'): Promise<number> => {
  const column = table === 'submission' ? 'count' : 'reached';
  const dim = ['submission', ...MEETINGS.map((name) => `rollup_${name}`)].includes(table) ? '1' : "dim = 'all'";
  const [row] = await access.read<{ n: number }>(`SELECT sum(${column}) AS n FROM ${table} WHERE ${dim} AND ${where}`);
  return row?.n ?? 0;
};

it('migrations run once, can run again, and refuse another time zone', async () => {
  expect(await migrate(access, DIALECT)).toEqual([]);
  await expect(migrate(access, { ...DIALECT, timeZone: 'Europe/Paris' })).rejects.toThrow('Europe/Paris');
});

it('a range replayed under its token counts once, in the base table and in every rollup', async () => {
  const range = rows(
    [submission('r1', '2026-11-19T03:00:00Z'), submission('r2', '2026-10-19T03:00:00Z', { count: 5, submitted: 5 })],
    '11',
  );
  for (let time = 0; time < 3; time++) await ledger.insertRange('t:0:0-1:aa', range);
  for (const table of ['submission', ...ROLLUPS.map((grain) => `rollup_${grain}`)])
    expect([table, await total(table)]).toEqual([table, 6]);
});

it.each([
  ['block_minute', 'submission', ['minute', 'hour', 'day', 'month']],
  ['rollup_minute', 'block_minute', ['minute']],
  ['rollup_hour', 'block_minute', ['hour', 'day', 'month']],
  ['rollup_day', 'hour', ['day', 'month']],
  ['rollup_month', 'day', ['month']],
  ['rollup_units_day', 'submission', ['units_day', 'units_month']],
  ['rollup_units_month', 'units_day', ['units_month']],
  ['rollup_meetings_day', 'submission', ['meetings_day', 'meetings_month']],
  ['rollup_meetings_month', 'meetings_day', ['meetings_month']],
])(
  'what a crash left out from %s on is healed by the replay, and what stood stays single',
  async (target, from, missing) => {
    const totals = async () => Promise.all(ROLLUPS.map(async (name) => [name, await total(`rollup_${name}`)] as const));
    const before = await totals();
    const plus = (names: readonly string[]) => before.map(([name, n]) => [name, n + (names.includes(name) ? 7 : 0)]);
    // A view that is away while the block goes in stands for the crash between its source and its target.
    await access.command(`DETACH TABLE ${target}_from_${from}`);
    const range = rows([submission(`heal-${target}`, '2026-11-19T04:00:00Z', { count: 7 })], '12');
    await ledger.insertRange(`t:0:2-2:${target}`, range);
    await access.command(`ATTACH TABLE ${target}_from_${from}`);
    expect(await totals()).toEqual(plus(ROLLUPS.filter((name) => !missing.includes(name))));
    await ledger.insertRange(`t:0:2-2:${target}`, range);
    expect(await totals()).toEqual(plus(ROLLUPS));
  },
);

it('a look-up finds what other ranges counted and is blind to its own', async () => {
  const [own, foreign] = [eventKey('urn:s', 'r1'), eventKey('urn:s', 'never')];
  expect(await ledger.seen([own, foreign], '999')).toEqual(
    new Map([[own, { correction: false, kind: 'submission', count: 1 }]]),
  );
  expect(await ledger.seen([own], '11')).toEqual(new Map());
  const counted = await ledger.keyCount();
  // However many pieces they come in, each key comes once.
  for (const piece of [1, 3, 1_000]) {
    const keys: string[] = [];
    for (const slice of await ledger.keySlices(piece)) {
      const bytes = await ledger.keysOf(slice);
      for (let at = 0; at < bytes.length; at += 16) keys.push(bytes.toString('hex', at, at + 16));
    }
    expect([keys.length, new Set(keys).size]).toEqual([counted, counted]);
  }
});

it('knows what was corrected of an original by other ranges, and nothing of what was no target', async () => {
  const by = (id: string, count: number) => submission(id, '2026-11-19T03:00:00Z', { corrects: 'o1', count });
  await ledger.insertRange('t:0:o1', rows([submission('o1', '2026-11-19T03:00:00Z', { count: 9 })], '41'));
  await ledger.insertRange('t:0:o2', rows([by('o2', -2), by('o3', -3)], '42'));
  for (let time = 0; time < 2; time++) await ledger.insertRange('t:0:o4', rows([by('o4', 1)], '43'));
  const [o1, o2] = [eventKey('urn:s', 'o1'), eventKey('urn:s', 'o2')];
  const asked = async (range: string, targets: string[]) => (await ledger.seen([o1], range, targets)).get(o1);
  expect(await asked('999', [o1])).toEqual({ correction: false, kind: 'submission', count: 9, corrected: -4 });
  expect(await asked('43', [o1])).toMatchObject({ corrected: -5 });
  expect(await asked('999', [])).toEqual({ correction: false, kind: 'submission', count: 9 });
  expect(await ledger.seen([o2], '999', [o2])).toEqual(
    new Map([[o2, { correction: true, kind: 'correction', count: -2 }]]),
  );
});

it('knows what other ranges counted of an original in each place, as far back as events are kept', async () => {
  const at = (id: string, change: Partial<Submission> = {}): Submission =>
    submission(id, '2026-11-19T03:00:00Z', { day: '2026-11-19', source: "it's", ...change });
  const by = (id: string, change: Partial<Submission>): Submission => at(id, { corrects: 'p1', ...change });
  const elsewhere = { agency: `A\\'2`, onTime: false };
  const taken = Date.parse('2026-11-19T05:00:00Z');
  await ledger.insertRange('t:0:p1', rows([at('p1', { count: 9 }), at('p2', { count: 50 })], '51', taken));
  // Two instants of one local day, and the day before in the room's time zone.
  const early = Date.parse('2026-11-18T17:00:00Z');
  const range = [by('p3', { count: -2, occurredAt: early }), by('p4', { count: 1, ...elsewhere })];
  await ledger.insertRange('t:0:p3', rows(range, '52', taken));
  const before = { day: '2026-11-18', occurredAt: early - 1 };
  await ledger.insertRange('t:0:p5', rows([by('p5', { count: 4, ...before })], '53', taken));
  const target = eventKey("it's", 'p1');
  const places: Partial<Submission>[] = [{}, { occurredAt: early }, elsewhere, before, { agency: 'A3' }, { status: 2 }];
  const asked = async (rangeId: string, change: { since?: number; without?: string[] } = {}) => {
    // More than one look-up takes.
    const many = Array.from({ length: 250 }, (_, n) => ({
      target: eventKey('x', `${n}`),
      event: by('q', { province: `${n}` }),
    }));
    const takings = [...many, ...places.map((place) => ({ target, event: by('q', place) }))];
    const found = await ledger.there(takings, rangeId, { timeZone: DIALECT.timeZone, since: 0, ...change });
    expect(found.size).toBe(250 + 5);
    return places.map((place) => found.get(placeAt(target, by('q', place))));
  };
  const counts = async (...of: Parameters<typeof asked>) => (await asked(...of)).map((standing) => standing?.count);
  expect(await counts('999')).toEqual([7, 7, 1, 4, 0, 0]);
  expect(await counts('52')).toEqual([9, 9, 0, 4, 0, 0]);
  expect(await counts('999', { without: [target, eventKey("it's", 'p4')] })).toEqual([-2, -2, 0, 4, 0, 0]);
  expect(await asked('999', { since: taken })).toContainEqual({ count: 7, isWhole: false });
  expect(await counts('999', { since: taken + 1 })).toEqual([0, 0, 0, 0, 0, 0]);
  expect((await asked('999', { since: early - 3_600_001 })).map((standing) => standing?.isWhole)).toEqual(
    Array(6).fill(true),
  );
});

it('tells an insert under way from one that is done', async () => {
  await access.command('CREATE TABLE slow (nothing UInt8) ENGINE = Null');
  await access.command(
    'CREATE MATERIALIZED VIEW slow_from_submission TO slow AS SELECT sleep(1) AS nothing FROM submission',
  );
  const inserted = ledger.insertRange('t:0:slow', rows([submission('slow', '2026-11-19T03:00:00Z')], '44'));
  await expect.poll(() => ledger.isInserting('t:0:slow')).toBe(true);
  expect(await ledger.isInserting('t:0:other')).toBe(false);
  await inserted;
  expect(await ledger.isInserting('t:0:slow')).toBe(false);
  await access.command('DROP VIEW slow_from_submission');
});

it('of two levels for one instant the one that is later in the log is meant', async () => {
  const at = Date.parse('2026-11-19T02:00:00Z');
  const level = (id: string, offset: number, open: number, of: object = {}): string =>
    backlogRow(
      eventKey('urn:s', id),
      {
        kind: 'backlog',
        source: 'urn:s',
        id,
        simulated: false,
        at,
        service: 'S1',
        agency: 'A1',
        open,
        overdue: 0,
        ...of,
      },
      { partition: 0, offset, timestamp: at + 1_000 },
      `${50 + offset}`,
    );
  const insert = (token: string, backlog: string): Promise<void> =>
    ledger.insertRange(token, { submission: Buffer.alloc(0), backlog, quarantine: '' });
  const open = async (): Promise<number | undefined> => (await queries.backlog(at - 1_000))?.open;
  await insert('t:0:b1', level('b1', 1, 700));
  await insert('t:0:b2', level('b2', 2, 40));
  expect(await open()).toBe(40);
  // In one insert, in whatever order the engine keeps them.
  await insert('t:0:b3', [level('b4', 4, 9), level('b3', 3, 900)].join('\n'));
  expect(await open()).toBe(9);
  // Another source, agency or service is another series; an earlier instant that comes later changes nothing.
  await insert('t:0:b5', [level('b5', 5, 1, { service: 'S2' }), level('b6', 6, 50, { at: at - 500 })].join('\n'));
  expect(await open()).toBe(10);
});

it('cuts days where the catalogue says, not where the engine is', async () => {
  await ledger.insertRange(
    't:0:3-3:cc',
    rows([submission('z1', '2026-09-10T17:30:00Z'), submission('z2', '2026-09-10T16:30:00Z')], '13'),
  );
  const { days } = await queries.days('2026-09-10', '2026-09-11');
  expect(days.map(({ day, submitted }) => [day, submitted]).sort()).toEqual([
    ['2026-09-10', 1],
    ['2026-09-11', 1],
  ]);
});

it('a correction changes the bucket of its own time, and the late rollup says which day', async () => {
  const original = [submission('c0', '2026-08-01T03:00:00Z', { count: 5, submitted: 5, submittedOnline: 5 })];
  await ledger.insertRange('t:0:4-4:d0', rows(original, '14', Date.parse('2026-08-01T03:00:01Z')));
  const events = [
    submission('c1', '2026-08-01T03:00:00Z', { corrects: 'c0', count: -2, submitted: -2, submittedOnline: -2 }),
  ];
  await ledger.insertRange('t:0:5-5:d1', rows(events, '15'));
  expect((await queries.days('2026-08-01', '2026-08-01')).days).toMatchObject([{ submitted: 3 }]);
  expect(await queries.late('2026-11-19')).toContainEqual({ day: '2026-08-01', submitted: -2 });
});

it('a day that arrived whole later was loaded, not changed', async () => {
  await ledger.insertRange(
    't:0:6-6:d2',
    rows([submission('l1', '2026-05-05T03:00:00Z')], '16', Date.parse('2026-06-01T03:00:00Z')),
  );
  expect(await queries.late('2026-06-01')).toEqual([]);
});

it('what was reported by the hour is in the totals and not in the curve by minute', async () => {
  const midnight = Date.parse('2026-07-01T17:00:00Z');
  await ledger.insertRange(
    't:0:5-6:ee',
    rows(
      [
        submission('g1', '2026-07-02T02:00:00Z', { span: 3_600_000, count: 40, submitted: 40 }),
        submission('g2', '2026-07-02T02:05:00Z'),
      ],
      '15',
      Date.parse('2026-07-02T03:10:00Z'),
    ),
  );
  const { totals, minutes } = await queries.running(midnight, midnight + 86_400_000);
  expect(totals.find(({ dim }) => dim === 'province')).toMatchObject({ submitted: 41 });
  expect(minutes.filter(({ grain }) => grain === 0).map(({ submitted }) => submitted)).toEqual([1]);
  expect(await queries.seconds(Date.parse('2026-07-02T01:59:00Z'), Date.parse('2026-07-02T02:06:00Z'))).toHaveLength(1);
});

it('events of eleven years go in together, however many monthly partitions they touch', async () => {
  const events = Array.from({ length: 132 }, (_, n) =>
    submission(`y${n}`, new Date(Date.UTC(2015, n, 15)).toISOString()),
  );
  await ledger.insertRange('t:0:7-138:ff', rows(events, '16'));
  expect((await queries.days('2015-01-01', '2015-12-31')).days.reduce((sum, row) => sum + row.submitted, 0)).toBe(12);
});

it('a quarantined event keeps its bytes, is found by code, and leaves the list once resolved', async () => {
  const quarantine = new Quarantine(access);
  const { quarantineRow, hashed } = await import('@room/warehouse');
  const value = Buffer.from([0x7b, 0xff, 0x00]);
  const id = hashed('p', value);
  const row = quarantineRow(
    {
      quarantineId: id,
      portal: 'p',
      source: 'half \ud800',
      id: 'e',
      topic: 'submissions',
      code: 'not_json',
      reason: 'why',
      value,
      headers: { portal: 'p' },
    },
    { partition: 2, offset: 9, timestamp: Date.now() - 1_000 },
  );
  await ledger.insertRange('t:2:9-9:aa', { submission: Buffer.alloc(0), backlog: '', quarantine: row });
  expect(await quarantine.list({ code: 'not_json' }, 10, EVERYTHING)).toMatchObject([
    { quarantineId: id, partition: 2, offset: 9, reason: 'why' },
  ]);
  expect(await quarantine.list({ code: "x' OR 1=1 --" }, 10, EVERYTHING)).toEqual([]);
  expect((await quarantine.contents({ quarantineId: id }, 1, EVERYTHING))[0]?.value).toEqual(value);
  for (const filter of [{}, { all: true }])
    await expect(quarantine.contents(filter, 10, EVERYTHING)).rejects.toThrow('name cases');
  // Before the record's own time, as where the log's clock is ahead.
  await quarantine.resolve([id], Date.now() - 60_000, { state: 'replayed', by: 'operator' });
  expect([await quarantine.waiting(EVERYTHING), (await quarantine.list({ all: true }, 10, EVERYTHING)).length]).toEqual(
    [0, 1],
  );
});

it('a case is closed with its reason and opened again; deleted, nothing of what came is left in any version', async () => {
  const quarantine = new Quarantine(access);
  const { quarantineRow, hashed } = await import('@room/warehouse');
  const id = hashed('personal');
  const row = quarantineRow(
    {
      quarantineId: id,
      portal: 'p',
      source: 'p',
      id: 'e-7',
      topic: 'submissions',
      code: 'unknown_code',
      reason: 'procedure "Nguyễn Văn A" is not in the catalogue',
      value: Buffer.from('{"procedure":"Nguyễn Văn A"}'),
      headers: { portal: 'p', 'ce-subject': 'Nguyễn Văn A' },
    },
    { partition: 2, offset: 10, timestamp: Date.now() - 1_000 },
  );
  await ledger.insertRange('t:2:10-10:aa', { submission: Buffer.alloc(0), backlog: '', quarantine: row });
  const found = async () => (await quarantine.list({ quarantineId: id, all: true }, 1, EVERYTHING))[0];
  expect(await found()).toMatchObject({ state: 'open', resolvedAt: null, resolvedBy: null, resolvedWhy: null });

  const why = "sent twice'); DROP TABLE quarantine --";
  await quarantine.resolve([id], Date.now(), { state: 'closed', by: 'person:an', why });
  expect(await found()).toMatchObject({ state: 'closed', resolvedBy: 'person:an', resolvedWhy: why });
  expect(await quarantine.waiting(EVERYTHING)).toBe(0);
  await quarantine.reopen([id], Date.now());
  expect(await found()).toMatchObject({ state: 'open', resolvedAt: null, resolvedWhy: null });
  expect(await quarantine.waiting(EVERYTHING)).toBe(1);

  await quarantine.delete([id], Date.now(), { by: 'operator', why: 'names of applicants' });
  expect(await found()).toMatchObject({
    state: 'deleted',
    id: 'e-7',
    code: 'unknown_code',
    reason: 'procedure "…" is not in the catalogue',
    resolvedBy: 'operator',
    resolvedWhy: 'names of applicants',
  });
  expect(await quarantine.waiting(EVERYTHING)).toBe(0);
  expect(
    await access.read(
      `SELECT bytes_base64, headers, reason FROM quarantine WHERE quarantine_id = '${id}' AND (bytes_base64 != '' OR headers != '{}' OR position(reason, 'Nguyễn') > 0)`,
    ),
  ).toEqual([]);
  // It can be neither replayed nor opened.
  expect(await quarantine.contents({ quarantineId: id, all: true, hasContent: true }, 1, EVERYTHING)).toEqual([]);
  await quarantine.reopen([id], Date.now());
  expect(await found()).toMatchObject({ state: 'deleted' });
});
