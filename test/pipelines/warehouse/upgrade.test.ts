/** From the schema before drill-downs to the present one: nothing that was counted is missing or double, whatever was cut off. */
import { type Catalogue, EVERYTHING, querySchema, type Submission } from '@room/contract';
import {
  type Access,
  applyRetention,
  eventKey,
  Ledger,
  migrate,
  migrations,
  openAccess,
  QueryStore,
} from '@room/warehouse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { FOR_EVER, rows, submission } from './rows.ts';

const DIALECT = { timeZone: 'Asia/Ho_Chi_Minh' };
const UNITS = '0003_units.sql';
const LATER = [
  '0004_foresight.sql',
  '0005_units_by_month.sql',
  '0006_units_by_year.sql',
  '0007_partition_a_year.sql',
  '0008_partition_a_year_done.sql',
  '0009_backlog_by_province.sql',
  '0010_meetings.sql',
  '0011_quarantine_resolution.sql',
  '0012_shown.sql',
  '0013_links.sql',
  '0014_shown_answer.sql',
];
/** Seen by none of the rollups: the process died between the base table and its views. */
const HALF = '23';
/** Inserted everywhere, and its commit was lost. */
const WHOLE = '24';

const EVENTS: Record<string, Submission[]> = {
  '21': [
    submission('a', '2026-11-19T16:59:59Z'),
    submission('b', '2026-11-19T17:00:00Z', { province: 'P2', count: 4, submitted: 4 }),
    submission('c', '2025-02-01T03:00:00Z', {
      service: 'S2',
      agency: 'A2',
      span: 7_200_000,
      count: 9,
      status: 9,
      submitted: 0,
      onTime: true,
    }),
  ],
  '22': [submission('d', '2026-11-19T03:00:00Z', { corrects: 'c', count: -2, submitted: 0, onTime: true, status: 9 })],
  [HALF]: [
    submission('e', '2026-11-19T04:00:00Z', { count: 5 }),
    submission('f', '2026-11-20T04:00:00Z', { count: 6 }),
  ],
  [WHOLE]: [submission('g', '2024-11-20T04:00:00Z', { count: 7 })],
};
const insert = (range: string): Promise<void> => ledger.insertRange(`t:0:${range}`, rows(EVENTS[range] ?? [], range));

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let ledger: Ledger;

beforeEach(async () => {
  folder = await tempDir('upgrade');
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  ledger = new Ledger(access);
  const known = await migrations();
  expect(await migrate(access, DIALECT, { known: known.slice(0, 2) })).toEqual([
    '0001_submissions.sql',
    '0002_rollups.sql',
  ]);
  await applyRetention(access, DIALECT, FOR_EVER);
  await insert('21');
  await insert('22');
  await insert(WHOLE);
  const views = ['second', 'minute', 'late'].map((grain) => `rollup_${grain}_from_submission`);
  for (const view of views) await access.command(`DETACH TABLE ${view}`);
  await insert(HALF);
  for (const view of views) await access.command(`ATTACH TABLE ${view}`);
});
afterEach(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function upgrade(unsettled: readonly string[], through: Access = access): Promise<string[]> {
  const applied = await migrate(through, DIALECT, { unsettled: async () => unsettled });
  await applyRetention(access, DIALECT, FOR_EVER);
  return applied;
}

const sum = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;
const reached = async (): Promise<Record<string, number>> => ({
  base: await sum('SELECT sum(count) AS n FROM submission'),
  units: await sum('SELECT sum(reached) AS n FROM rollup_units_day'),
  unitMonths: await sum('SELECT sum(reached) AS n FROM rollup_units_month'),
  meetings: await sum('SELECT sum(reached) AS n FROM rollup_meetings_day'),
  meetingMonths: await sum('SELECT sum(reached) AS n FROM rollup_meetings_month'),
  ...Object.fromEntries(
    await Promise.all(
      ['minute', 'hour', 'day', 'month'].map(async (grain) => [
        grain,
        await sum(`SELECT sum(reached) AS n FROM rollup_${grain} WHERE dim = 'all'`),
      ]),
    ),
  ),
});
const all = (n: number): Record<string, number> => ({
  base: n,
  units: n,
  unitMonths: n,
  meetings: n,
  meetingMonths: n,
  minute: n,
  hour: n,
  day: n,
  month: n,
});

/** Every bucket, unit and measure, summed from the base table and from the rollup of units. */
async function cells(): Promise<[base: unknown[], rollup: unknown[]]> {
  const order = 'GROUP BY day, agency, service, province, g ORDER BY day, agency, service, province, g';
  return Promise.all([
    access.read(
      `SELECT toString(toDate32(occurred_at, '${DIALECT.timeZone}')) AS day, agency, service, province,
         multiIf(span_ms <= 60000, 0, span_ms <= 3600000, 1, 2) AS g, sum(submitted) AS s, sum(submitted_online) AS o,
         sumIf(count, on_time = true) AS t, sumIf(count, on_time = false) AS l, sum(count) AS r, toInt64(count()) AS e,
         toString(max(received_at)) AS at FROM submission ${order}`,
    ),
    access.read(
      `SELECT toString(bucket) AS day, agency, service, province, grain AS g, sum(submitted) AS s, sum(submitted_online) AS o,
         sum(finished_on_time) AS t, sum(finished_late) AS l, sum(reached) AS r, sum(events) AS e,
         toString(max(received_at)) AS at FROM rollup_units_day ${order}`,
    ),
  ]);
}

/** Every hour, dimension and measure, summed from the base table and from the rollup of hours. */
async function dimensions(): Promise<[base: unknown[], rollup: unknown[]]> {
  const order = 'GROUP BY hour, dim, code, g ORDER BY hour, dim, code, g';
  return Promise.all([
    access.read(
      `SELECT toString(toStartOfHour(occurred_at)) AS hour, d.1 AS dim, d.2 AS code,
         multiIf(span_ms <= 60000, 0, span_ms <= 3600000, 1, 2) AS g, sum(submitted) AS s, sum(submitted_online) AS o,
         sumIf(count, on_time = true) AS t, sumIf(count, on_time = false) AS l, sum(count) AS r, toInt64(count()) AS e,
         toString(max(received_at)) AS at FROM submission
       ARRAY JOIN [('all', ''), ('province', toString(province)), ('agency', toString(agency)), ('service', toString(service)),
         ('source', toString(source)), ('channel', toString(channel)), ('status', toString(status))] AS d ${order}`,
    ),
    access.read(
      `SELECT toString(bucket) AS hour, dim, code, grain AS g, sum(submitted) AS s, sum(submitted_online) AS o,
         sum(finished_on_time) AS t, sum(finished_late) AS l, sum(reached) AS r, sum(events) AS e,
         toString(max(received_at)) AS at FROM rollup_hour ${order}`,
    ),
  ]);
}

/** An access that fails, or does something else first, where a statement matches. */
const meddled = (pattern: RegExp, meddle: () => Promise<void>): Access => ({
  ...access,
  read: (sql) => access.read(sql),
  readBound: (sql, values) => access.readBound(sql, values),
  bytes: (sql, format) => access.bytes(sql, format),
  command: async (sql, inserted) => {
    if (pattern.test(sql)) await meddle();
    await access.command(sql, inserted);
  },
  [Symbol.asyncDispose]: () => access[Symbol.asyncDispose](),
});

it('fills the new rollup with what was counted, and the replay of what was cut off with the rest', async () => {
  expect(await upgrade([HALF, WHOLE])).toEqual([UNITS, ...LATER]);
  // 12 settled; 7 whole in the rollups and 5 + 6 in the base table alone are left to the replay.
  expect(await reached()).toEqual(all(12));
  for (const range of [HALF, WHOLE]) await insert(range);
  expect(await reached()).toEqual(all(30));
  const [base, rollup] = await cells();
  expect(base).toHaveLength(5);
  expect(rollup).toEqual(base);
  const [dims, counted] = await dimensions();
  expect(counted).toEqual(dims);
  expect(await sum('SELECT count() AS n FROM event_seen')).toBe(7);
  // The next range goes through the view like any other, and its own replay changes nothing.
  for (let time = 0; time < 2; time++)
    await ledger.insertRange('t:0:25', rows([submission('h', '2026-11-19T05:00:00Z', { count: 8 })], '25'));
  expect(await reached()).toEqual(all(38));
  expect(await upgrade([])).toEqual([]);
});

it('would count twice what was cut off if it were not left out', async () => {
  await upgrade([]);
  for (const range of [HALF, WHOLE]) await insert(range);
  expect(await reached()).toEqual({ ...all(30 + 18), minute: 37, hour: 37, day: 37, month: 37 });
});

it('can be run again after a crash between filling and the view', async () => {
  for (let time = 0; time < 2; time++) {
    const dying = meddled(/CREATE MATERIALIZED VIEW .*rollup_unit_day/s, () => Promise.reject(new Error('killed')));
    await expect(upgrade([HALF, WHOLE], dying)).rejects.toThrow('killed');
    expect(await sum('SELECT sum(reached) AS n FROM rollup_unit_day')).toBe(12);
  }
  expect(await upgrade([HALF, WHOLE])).toEqual([UNITS, ...LATER]);
  for (const range of [HALF, WHOLE]) await insert(range);
  expect(await reached()).toEqual(all(30));
});

it('can be run again after a crash between the view and the note that it is done', async () => {
  const dying = meddled(/INSERT INTO migration/, () => Promise.reject(new Error('killed')));
  await expect(upgrade([HALF, WHOLE], dying)).rejects.toThrow('killed');
  // The earlier version is started once more, finishes what was cut off and counts on.
  for (const range of [HALF, WHOLE]) await insert(range);
  await ledger.insertRange('t:0:25', rows([submission('h', '2026-11-19T05:00:00Z', { count: 8 })], '25'));
  expect(await upgrade([])).toEqual([UNITS, ...LATER]);
  expect(await reached()).toEqual(all(38));
});

it('fails, and says why, when another process counts meanwhile', async () => {
  let others = 0;
  const busy = meddled(/CREATE MATERIALIZED VIEW .*rollup_unit_day/s, async () => {
    others++;
    await ledger.insertRange(`t:1:${others}`, rows([submission(`other-${others}`, '2026-11-19T05:00:00Z')], '31'));
  });
  await expect(upgrade([HALF, WHOLE], busy)).rejects.toThrow(/stop every other process/);
  expect(await upgrade([HALF, WHOLE])).toEqual([UNITS, ...LATER]);
  for (const range of [HALF, WHOLE]) await insert(range);
  expect(await reached()).toEqual(all(31));
});

it('asks which ranges are unsettled, and does nothing without an answer', async () => {
  await expect(migrate(access, DIALECT)).rejects.toThrow('unsettled');
  expect(await sum(`SELECT count() AS n FROM system.tables WHERE name = 'rollup_unit_day'`)).toBe(0);
});

/** Every bucket, unit and measure by month, from the days and from the months. */
async function months(): Promise<[days: unknown[], months: unknown[]]> {
  const select = (table: string) =>
    access.read(
      `SELECT toString(toStartOfMonth(bucket)) AS month, agency, service, province, grain AS g, sum(submitted) AS s,
         sum(submitted_online) AS o, sum(finished_on_time) AS t, sum(finished_late) AS l, sum(reached) AS r, sum(events) AS e,
         toString(max(reported_to)) AS told, toString(max(received_at)) AS at, max(simulated) AS sim FROM ${table}
       GROUP BY month, agency, service, province, g ORDER BY month, agency, service, province, g`,
    );
  return Promise.all([select('rollup_units_day'), select('rollup_units_month')]);
}

describe('months of units', () => {
  const OLD = "occurred_at < '2025-06-01'";
  /** Between the two upgrades: all is whole, then the base table lets go of its oldest rows, then two ranges are cut off. */
  async function cutOff(half: readonly Submission[]): Promise<() => Promise<void>> {
    await migrate(access, DIALECT, { unsettled: async () => [HALF, WHOLE], known: (await migrations()).slice(0, 4) });
    for (const range of [HALF, WHOLE]) await insert(range);
    await access.command(`ALTER TABLE submission DELETE WHERE ${OLD} SETTINGS mutations_sync = 1`);
    const ranges = { '26': half, '27': [submission('i', '2026-11-20T09:00:00Z', { count: 3 })] };
    const replay = async (): Promise<void> => {
      for (const [range, events] of Object.entries(ranges))
        await ledger.insertRange(`t:0:${range}`, rows(events, range));
    };
    const views = ['second', 'minute', 'late', 'unit_day'].map((grain) => `rollup_${grain}_from_submission`);
    await ledger.insertRange('t:0:27', rows(ranges['27'], '27'));
    for (const view of views) await access.command(`DETACH TABLE ${view}`);
    await ledger.insertRange('t:0:26', rows(half, '26'));
    for (const view of views) await access.command(`ATTACH TABLE ${view}`);
    return replay;
  }

  it('hold what the days hold, also what the base table let go of, and the replay brings the rest', async () => {
    const replay = await cutOff([submission('h', '2026-11-20T08:00:00Z', { province: 'P2', count: 2 })]);
    expect(await upgrade(['26', '27'])).toEqual(LATER.slice(1));
    expect(await reached()).toMatchObject({ base: 30 - 16, units: 30, unitMonths: 30, hour: 30, day: 30, month: 30 });
    await replay();
    expect(await reached()).toMatchObject({
      base: 30 - 16 + 5,
      units: 35,
      unitMonths: 35,
      hour: 35,
      day: 35,
      month: 35,
    });
    const [days, found] = await months();
    expect(days.length).toBeGreaterThan(3);
    expect(found).toEqual(days);
  });

  it('ask for the earlier version where a cut-off range reaches back to what the base table let go of', async () => {
    await cutOff([submission('h', '2025-02-01T03:00:00Z', { agency: 'A2', service: 'S2' })]);
    await expect(upgrade(['26', '27'])).rejects.toThrow(/start the earlier version once/);
  });
});

describe('a partition a year', () => {
  /** The version before: six migrations, everything whole but two ranges. */
  async function sixth(): Promise<void> {
    await migrate(access, DIALECT, { unsettled: async () => [HALF, WHOLE], known: (await migrations()).slice(0, 6) });
    for (const range of [HALF, WHOLE]) await insert(range);
    const views = ['second', 'minute', 'late', 'units_day'].map((grain) => `rollup_${grain}_from_submission`);
    for (const view of views) await access.command(`DETACH TABLE ${view}`);
    await insertLate();
    for (const view of views) await access.command(`ATTACH TABLE ${view}`);
  }
  const LATE = [
    submission('x', '2026-11-19T04:30:00Z', { count: 3 }),
    submission('y', '2026-11-19T04:30:00Z', { corrects: 'e', count: -2 }),
  ];
  const insertLate = (): Promise<void> => ledger.insertRange('t:0:31', rows(LATE, '31'));
  const partitions = async (): Promise<string[]> =>
    (
      await access.read<{ partition: string }>(
        `SELECT DISTINCT partition FROM system.parts WHERE active AND database = currentDatabase()
           AND match(table, '^(submission|backlog|event_seen|corrected|rollup_.*)$') ORDER BY partition`,
      )
    ).map(({ partition }) => partition);

  it('can be run again after a crash before any of its steps, and knows originals afterwards', {
    timeout: 60_000,
  }, async () => {
    await sixth();
    const last = (await migrations()).slice(6).map(({ name }) => name);
    let steps = 0;
    for (let die = 1; ; die += die < 3 ? 1 : steps > 40 ? 1 : 4) {
      steps = 0;
      const dying = meddled(/./, async () => {
        if (++steps === die) throw new Error('killed');
      });
      const applied = await upgrade(['31'], dying).catch((error: Error) => error.message);
      if (Array.isArray(applied)) break;
      expect(applied).toContain('killed');
    }
    expect(await sum(`SELECT count() AS n FROM migration WHERE name IN (${last.map((name) => `'${name}'`)})`)).toBe(
      last.length,
    );
    expect(
      await sum(`SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name LIKE '%0007'`),
    ).toBe(0);
    expect(await reached()).toEqual(all(30));
    for (let time = 0; time < 2; time++) await insertLate();
    expect(await reached()).toEqual(all(31));
    const [dims, counted] = await dimensions();
    expect(counted).toEqual(dims);
    expect(await partitions()).toEqual(['2024', '2025', '2026', 'tuple()']);
    const [e, y] = [eventKey('urn:s', 'e'), eventKey('urn:s', 'y')];
    expect(await ledger.seen([e, y], '0', [e])).toEqual(
      new Map([
        [e, { correction: false, kind: 'submission', count: 5, corrected: -2 }],
        [y, { correction: true, kind: 'correction', count: -2 }],
      ]),
    );
  });

  it('knows what the base table let go of, but not what it was', async () => {
    await sixth();
    await insertLate();
    await access.command(`ALTER TABLE submission DELETE WHERE id IN ('a', 'd') SETTINGS mutations_sync = 1`);
    await upgrade([]);
    const [a, d] = [eventKey('urn:s', 'a'), eventKey('urn:s', 'd')];
    expect(await ledger.seen([a, d], '0')).toEqual(
      new Map([
        [a, { correction: false }],
        [d, { correction: true, kind: 'correction', count: 0 }],
      ]),
    );
    expect(await reached()).toEqual({ ...all(31), base: 32, meetings: 32, meetingMonths: 32 });
  });

  it('keeps rows as long as they were kept, whatever a table is made with', async () => {
    await sixth();
    await insertLate();
    // What later versions add comes with the days that it is made with.
    const kept = { ...FOR_EVER, seconds: 400, submissions: 9_000, pulses: 8, shown: 400 };
    await applyRetention(access, DIALECT, kept);
    await migrate(access, DIALECT, { unsettled: async () => [] });
    expect(await applyRetention(access, DIALECT, kept)).toEqual([]);
  });

  it('asks for the earlier version where a day that is summed anew is no longer whole in the base table', async () => {
    await sixth();
    await access.command(`ALTER TABLE submission DELETE WHERE id = 'd' OR id = 'b' SETTINGS mutations_sync = 1`);
    await access.command(`ALTER TABLE submission DELETE WHERE id = 'e' SETTINGS mutations_sync = 1`);
    await expect(upgrade(['31'])).rejects.toThrow(/start the earlier version once/);
  });
});

describe('meetings and levels', () => {
  const label = { vi: 'x', en: 'x' };
  const CATALOGUE = {
    ...DIALECT,
    agencies: ['A1', 'A2'].map((id) => ({ id, code: id, label })),
    provinces: ['P1', 'P2'].map((id) => ({ id, code: id, label })),
    services: ['S1', 'S2'].map((code) => ({ code, label, agency: 'A1', leading: false })),
    sources: [{ id: 'urn:s', label, lateAfter: 60, silentAfter: 120 }],
    channels: [{ code: 2, label, online: true }],
    statuses: [1, 9].map((code) => ({ code, label, entry: code === 1, finishes: code === 9 })),
    calendar: { weeklyRest: [], daysOff: [], worked: [], from: '2020-01-01', to: '2030-12-31' },
  } as unknown as Catalogue;

  /** The version before: everything whole but one range of events and levels, which is half done. */
  async function eighth(): Promise<() => Promise<void>> {
    await migrate(access, DIALECT, { unsettled: async () => [HALF, WHOLE], known: (await migrations()).slice(0, 8) });
    await applyRetention(access, DIALECT, FOR_EVER);
    for (const range of [HALF, WHOLE]) await insert(range);
    const level = (id: string, at: string, open: number, rangeId: string) =>
      JSON.stringify({
        event_key: eventKey('urn:s', id),
        source: 'urn:s',
        id,
        at,
        service: 'S1',
        agency: 'A1',
        open,
        overdue: 1,
        received_at: '2026-11-20 00:00:00.000',
        simulated: false,
        log_partition: 0,
        log_offset: open,
        range_id: rangeId,
      });
    const of = (range: string, events: readonly Submission[], backlog: readonly string[]): Promise<void> =>
      ledger.insertRange(`t:0:${range}`, { ...rows(events, range), backlog: backlog.join('\n') });
    await of(
      '41',
      [],
      [level('q1', '2026-11-18 16:59:59.999', 5, '41'), level('q2', '2026-11-18 17:00:00.000', 8, '41')],
    );
    const cutOff = (): Promise<void> =>
      of(
        '42',
        [submission('z', '2026-11-19T05:00:00Z', { count: 3 })],
        [level('q3', '2026-11-20 03:00:00.000', 9, '42')],
      );
    await cutOff();
    return cutOff;
  }
  const ask = (fields: Record<string, string>) =>
    new QueryStore(access, CATALOGUE).answer(
      querySchema.parse({ from: '2026-11-01', to: '2026-11-20', ...fields }),
      EVERYTHING,
    );
  const known = async (): Promise<unknown[]> =>
    access.read(
      'SELECT toString(bucket) AS day, latest.4 AS open, events, province FROM rollup_backlog_day ORDER BY day',
    );

  it('keep every number, whatever was half done', async () => {
    const replay = await eighth();
    expect(await upgrade(['42'])).toEqual(LATER.slice(LATER.indexOf('0009_backlog_by_province.sql')));
    expect(await reached()).toEqual({ ...all(33), meetings: 30, meetingMonths: 30 });
    const level = { province: '', events: 1 };
    const before = [
      { day: '2026-11-18', open: 5, ...level },
      { day: '2026-11-19', open: 8, ...level },
    ];
    expect(await known()).toEqual(before);
    for (let time = 0; time < 2; time++) await replay();
    expect(await reached()).toEqual(all(33));
    expect(await known()).toEqual([...before, { day: '2026-11-20', open: 9, ...level }]);
    const { total, source } = await ask({ split: 'status,province' });
    expect(source).toBe('rollup_meetings');
    // What was counted of November by hand: a, b, d, e, f and z.
    expect(total.now).toMatchObject({ submitted: 1 + 4 + 1 + 1 + 1 });
    expect((await ask({ grain: 'day', measures: 'backlogOpen' })).total.points?.slice(-3)).toMatchObject([
      { at: '2026-11-18', now: { backlogOpen: 5 } },
      { at: '2026-11-19', now: { backlogOpen: 8 } },
      { at: '2026-11-20', now: { backlogOpen: 9 } },
    ]);
  });

  it('are filled again after a crash before any of their steps', { timeout: 60_000 }, async () => {
    const replay = await eighth();
    for (let die = 1; ; die++) {
      let steps = 0;
      const dying = meddled(/./, async () => {
        if (++steps === die) throw new Error('killed');
      });
      const applied = await upgrade(['42'], dying).catch((error: Error) => error.message);
      if (Array.isArray(applied)) break;
      expect(applied).toContain('killed');
    }
    await replay();
    expect(await reached()).toEqual(all(33));
    expect(await sum('SELECT sum(events) AS n FROM rollup_backlog_day')).toBe(3);
  });

  it('are not asked about days of which the base table let go of an event, and the others are exact', async () => {
    const replay = await eighth();
    await replay();
    // Of 19 November, in part, and of all before.
    await access.command(`ALTER TABLE submission DELETE WHERE id IN ('c', 'g', 'd') SETTINGS mutations_sync = 1`);
    await upgrade([]);
    const [since] = await access.read('SELECT toString(max(day)) AS day FROM meetings_since');
    expect(since).toEqual({ day: '2026-11-20' });
    const days = { split: 'channel,province', from: '2026-11-20' };
    expect(await ask(days)).toMatchObject({ source: 'rollup_meetings', total: { now: { submitted: 4 + 1 } } });
    await expect(ask({ ...days, from: '2026-11-19' })).rejects.toMatchObject({ code: 'too_much', field: 'from' });
    // Compared with them, it would be as wrong.
    await expect(ask({ ...days, compare: 'previous' })).rejects.toMatchObject({ code: 'too_much' });
  });
});
