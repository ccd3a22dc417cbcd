import { addDays, DRILLED, localDay, type Submission } from '@room/contract';
import {
  type Access,
  comparedPeriods,
  DrillQueries,
  type DrillQuestion,
  type DrillRow,
  Ledger,
  openAccess,
} from '@room/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { rows, submission } from './rows.ts';

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const PROVINCES = ['P1', 'P2', 'P3'];
const AGENCIES = ['A1', 'A2'];
const SERVICES = ['S1', 'S2', 'S3', 'S4'];
const unit = (id: string) => ({ id, code: id, label: { vi: id, en: id } });
const CATALOGUE = {
  sources: [],
  channels: [],
  statuses: [],
  provinces: PROVINCES.map(unit),
  agencies: AGENCIES.map(unit),
  services: SERVICES.map((code) => ({ code, label: { vi: code, en: code }, agency: 'A1', leading: false })),
};

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let drill: DrillQueries;
let events: Submission[];

/** Seeded: events of two years up to 2026-11-19, one in fifty each year at the last second of a local day. */
function made(): Submission[] {
  let state = 11;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (list: readonly string[]): string => list[next(list.length)] ?? '';
  const end = Date.parse('2026-11-19T16:59:59.999Z');
  return Array.from({ length: 4_000 }, (_, n) => {
    const daysAgo = next(760);
    const within = n % 50 === 0 ? 0 : next(86_400_000);
    const status = pick(['1', '9', '3']);
    const finished = status === '9';
    const count = 1 + next(5);
    return submission(`e${n}`, new Date(end - daysAgo * 86_400_000 - within).toISOString(), {
      province: pick(PROVINCES),
      agency: pick(AGENCIES),
      service: pick(SERVICES),
      count,
      status: Number(status),
      submitted: status === '1' ? count : 0,
      submittedOnline: status === '1' && n % 2 === 0 ? count : 0,
      // Not to the second: that rollup has a partition a day.
      span: 60_000,
      ...(finished ? { onTime: n % 3 === 0 } : {}),
    });
  });
}

beforeAll(async () => {
  folder = await tempDir('drill');
  await copyWarehouse(folder.path, TIME_ZONE);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  drill = new DrillQueries(access, CATALOGUE);
  events = made();
  const ledger = new Ledger(access);
  for (let at = 0; at < events.length; at += 2_000)
    await ledger.insertRange(`t:0:${at}`, rows(events.slice(at, at + 2_000), String(at + 1)));
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** What the events themselves add up to. */
function bruteForce({ by, only = {}, from, to, yearBefore }: DrillQuestion): Map<string, Record<string, number[]>> {
  const { current, previous, yearBefore: earlier } = comparedPeriods({ from, to });
  const periods = { current, previous, ...(yearBefore === true ? { yearBefore: earlier } : {}) };
  const found = new Map<string, Record<string, number[]>>();
  for (const event of events) {
    if (DRILLED.some((dimension) => only[dimension]?.includes(event[dimension]) === false)) continue;
    const day = localDay(event.occurredAt, TIME_ZONE);
    for (const [name, days] of Object.entries(periods)) {
      if (day < days.from || day > days.to) continue;
      const row = found.get(event[by]) ?? {};
      const [submitted = 0, online = 0, onTime = 0, late = 0, reached = 0, number = 0] = row[name] ?? [];
      row[name] = [
        submitted + event.submitted,
        online + event.submittedOnline,
        onTime + (event.onTime === true ? event.count : 0),
        late + (event.onTime === false ? event.count : 0),
        reached + event.count,
        number + 1,
      ];
      found.set(event[by], row);
    }
  }
  return found;
}

const asMap = (found: readonly DrillRow[]) =>
  new Map(
    found.map(({ code, ...periods }) => [
      code,
      Object.fromEntries(
        Object.entries(periods).map(([name, sums]) => [
          name,
          [sums.submitted, sums.submittedOnline, sums.onTime, sums.late, sums.reached, sums.events],
        ]),
      ),
    ]),
  );

const MONTH = { from: '2026-10-21', to: '2026-11-19' };
const LONG = { from: '2025-12-01', to: '2026-11-19' };

it.each<[string, DrillQuestion]>([
  ['provinces', { by: 'province', ...MONTH }],
  ['provinces of one ministry', { by: 'province', only: { agency: ['A2'] }, ...MONTH }],
  ['services of one province', { by: 'service', only: { province: ['P3'] }, ...MONTH }],
  [
    'ministries of two provinces and a service',
    { by: 'agency', only: { province: ['P1', 'P2'], service: ['S4'] }, ...MONTH },
  ],
  ['some of the provinces themselves', { by: 'province', only: { province: ['P1', 'P2'] }, ...MONTH }],
  ['a day', { by: 'service', only: { agency: AGENCIES }, from: '2026-11-19', to: '2026-11-19' }],
  ['with the year before', { by: 'province', only: { service: ['S1'] }, ...MONTH, yearBefore: true }],
  ['with a year before that overlaps', { by: 'agency', only: { province: ['P1'] }, ...LONG, yearBefore: true }],
  ['all provinces, with a year before that overlaps', { by: 'province', ...LONG, yearBefore: true }],
])('%s add up to their events, in every period', async (_name, question) => {
  const expected = bruteForce(question);
  expect(expected.size).toBeGreaterThan(1);
  expect(asMap(await drill.by(question))).toEqual(expected);
});

it('is exact at the first and the last day of its periods', async () => {
  for (let days = 1; days <= 10; days++) {
    const question: DrillQuestion = {
      by: 'province',
      from: addDays('2026-11-19', -days),
      to: '2026-11-19',
      only: { agency: AGENCIES },
    };
    expect(asMap(await drill.by(question))).toEqual(bruteForce(question));
  }
});

it('is exact wherever its periods begin and end in their months', async () => {
  for (let n = 0; n < 60; n++) {
    const from = addDays('2025-08-25', n * 7);
    const question: DrillQuestion = {
      by: n % 2 === 0 ? 'province' : 'service',
      from: n % 5 === 0 ? `${from.slice(0, 7)}-01` : from,
      to: addDays(from, (n * 13) % 140),
      ...(n % 3 === 0 ? {} : { only: { agency: ['A1'] } }),
      yearBefore: n % 4 === 0,
    };
    expect([question, asMap(await drill.by(question))]).toEqual([question, bruteForce(question)]);
  }
  // A month, a year, and the last days of both.
  for (const [from, to] of [
    ['2026-02-01', '2026-02-28'],
    ['2025-01-01', '2025-12-31'],
    ['2025-12-31', '2026-01-31'],
    ['2026-01-31', '2026-02-01'],
  ] as const) {
    const question: DrillQuestion = { by: 'agency', only: { province: ['P1', 'P2'] }, from, to, yearBefore: true };
    expect([question, asMap(await drill.by(question))]).toEqual([question, bruteForce(question)]);
  }
});

it('says nothing of a unit in a period without events: that is unknown, not zero', async () => {
  const [row] = await drill.by({ by: 'province', only: { province: ['P1'] }, from: '2023-01-01', to: '2024-10-30' });
  expect(row).toMatchObject({ code: 'P1', current: { events: expect.any(Number) as number } });
  expect(row).not.toHaveProperty('previous');
  expect(await drill.by({ by: 'province', only: { province: [] }, ...MONTH })).toEqual([]);
});

it.each<[string, Partial<DrillQuestion>]>([
  ['an unknown unit', { only: { province: ['P9'] } }],
  ['SQL', { only: { service: ["S1') OR 1 = 1 --"] } }],
  ['a day that is none', { from: '2026-02-30' }],
  ['SQL for a day', { from: "2026-01-01') --" }],
  ['an end before the beginning', { from: '2026-11-19', to: '2026-11-18' }],
])('refuses %s', async (_name, change) => {
  await expect(drill.by({ by: 'province', ...MONTH, ...change })).rejects.toMatchObject({ code: 'bad_drill' });
});

it('compares with the days before, and with the same days of the year before', () => {
  expect(comparedPeriods({ from: '2024-02-29', to: '2024-03-01' })).toEqual({
    current: { from: '2024-02-29', to: '2024-03-01' },
    previous: { from: '2024-02-27', to: '2024-02-28' },
    yearBefore: { from: '2023-02-28', to: '2023-03-01' },
  });
});
