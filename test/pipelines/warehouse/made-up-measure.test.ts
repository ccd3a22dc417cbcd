/** A measure touches two places: an entry of the contract, made up below, and a migration, made up beside this file. */
import { readFile } from 'node:fs/promises';
import { catalogueSchema, EVERYTHING, querySchema, SUM_MEASURES, startOfDay } from '@room/contract';
import {
  type Access,
  ForecastStore,
  HistoryQueries,
  historyRows,
  Ledger,
  migrate,
  migrations,
  OutcomeQueries,
  openAccess,
  QueryStore,
  unitsOf,
  WallQueries,
} from '@room/warehouse';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Calendar } from '../../../pipelines/src/forecasting/calendar.ts';
import { gridsAt } from '../../../pipelines/src/forecasting/grids.ts';
import { subjectsOf } from '../../../pipelines/src/forecasting/plan.ts';
import { History } from '../../../pipelines/src/forecasting/series.ts';
import { RunningDay } from '../../../pipelines/src/pulse/day.ts';
import { tempDir } from '../../harness/temp.ts';
import { rows, submission } from './rows.ts';

vi.mock('../../../pipelines/contract/src/measures.ts', async (original) => {
  const real = await original<typeof import('../../../pipelines/contract/src/measures.ts')>();
  const withdrawn = { ...real.SUM_MEASURES.late, label: { vi: 'Rút', en: 'Withdrawn' }, column: 'withdrawn' };
  return { ...real, SUM_MEASURES: { ...real.SUM_MEASURES, withdrawn } };
});

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const DAY = '2026-11-19';
const MIDNIGHT = startOfDay(DAY, TIME_ZONE);
const HOUR = 3_600_000;
const unit = (id: string) => ({ id, code: id, label: { vi: id, en: id } });
const CATALOGUE = catalogueSchema.parse({
  id: 'made-up',
  title: unit('x').label,
  timeZone: TIME_ZONE,
  agencyNoun: unit('x').label,
  provinceNoun: unit('x').label,
  channels: [{ code: 2, label: unit('x').label, online: true }],
  statuses: [1, 7].map((code) => ({ code, label: unit('x').label, entry: code === 1, finishes: false })),
  agencies: [unit('A1')],
  provinces: [unit('P1'), unit('P2')],
  services: [{ code: 'S1', label: unit('x').label, agency: 'A1', leading: true }],
  sources: [{ id: 'urn:s', label: unit('x').label, lateAfter: 60, silentAfter: 120 }],
  calendar: { weeklyRest: [7], daysOff: [], worked: [], from: '2026-01-01', to: '2026-12-31' },
  // A published target may be one of the measure.
  targets: [
    { id: 't', label: unit('x').label, metric: 'withdrawn', value: 9, from: DAY, by: DAY, source: unit('x').label },
  ],
  provenance: [],
});

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;

beforeAll(async () => {
  folder = await tempDir('measure');
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  const sql = await readFile(new URL('./made-up-measure.sql', import.meta.url), 'utf8');
  const known = [...(await migrations()), { name: '9999_withdrawn.sql', sql, hash: 'made up' }];
  await migrate(access, { timeZone: TIME_ZONE }, { known });
  const events = [
    submission('a', '2026-11-19T01:10:00Z', { count: 5, submitted: 5 }),
    submission('b', '2026-11-19T01:20:00Z', { count: 3, submitted: 0, submittedOnline: 0, status: 7 }),
    submission('c', '2026-11-19T02:20:00Z', { count: 4, submitted: 0, submittedOnline: 0, status: 7, province: 'P2' }),
  ];
  await new Ledger(access).insertRange('t:0:1', rows(events, '1'));
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

it('has its column from the migration, and its label from the entry', () => {
  expect(SUM_MEASURES).toMatchObject({ withdrawn: { column: 'withdrawn', label: { en: 'Withdrawn' } } });
});

it('is in what a wall shows, of the running day and of the past', async () => {
  const queries = new WallQueries(access, TIME_ZONE);
  const day = new RunningDay(queries, MIDNIGHT, MIDNIGHT + 24 * HOUR);
  const { totals, minutes } = await day.read(Date.parse('2026-11-19T05:00:00Z'), 'all');
  expect(unitsOf(totals).provinces).toMatchObject({ P1: { withdrawn: 3, submitted: 5 }, P2: { withdrawn: 4 } });
  expect(minutes.map((row) => (row as unknown as { withdrawn: number }).withdrawn).sort()).toEqual([0, 3, 4]);
  const past = await queries.days(DAY, DAY);
  expect(past.days).toMatchObject([{ withdrawn: 7, submitted: 5, reached: 12 }]);
  expect(unitsOf(past.totals).agencies).toMatchObject({ A1: { withdrawn: 7 } });
});

it('is in answers by day and by month', async () => {
  const store = new QueryStore(access, CATALOGUE);
  const rowsOf = async (query: Record<string, string>) =>
    (await store.answer(querySchema.parse(query), EVERYTHING)).rows;
  expect(await rowsOf({ split: 'province', from: DAY, to: DAY })).toEqual(
    expect.arrayContaining([expect.objectContaining({ key: ['P2'], now: expect.objectContaining({ withdrawn: 4 }) })]),
  );
  const month = { split: 'agency', province: 'P1', from: '2026-11-01', to: '2026-11-30' };
  expect(await rowsOf(month)).toMatchObject([{ key: ['A1'], now: { withdrawn: 3, submitted: 5 } }]);
  expect(await rowsOf({ ...month, split: 'status,province', province: 'P1,P2', sort: 'withdrawn' })).toMatchObject([
    { key: ['7', 'P2'], now: { withdrawn: 4 } },
    { key: ['7', 'P1'], now: { withdrawn: 3 } },
    { key: ['1', 'P1'], now: { withdrawn: 0, submitted: 5 } },
  ]);
});

it('is foreseen, and scored against what became of it', async () => {
  expect(subjectsOf(CATALOGUE, DAY).map(({ dim, code }) => `${dim} ${code}`)).toEqual([
    'all ',
    'agency A1',
    'province P1',
    'province P2',
    'service S1',
  ]);
  const knownTo = MIDNIGHT + 12 * HOUR;
  const { hours } = gridsAt(knownTo, new Calendar(CATALOGUE));
  const history = new History(hours, CATALOGUE.sources);
  const queries = new HistoryQueries(access);
  for (const dim of ['all', 'source', 'province'])
    history.add(dim, historyRows(await queries.hours({ dim, codes: [] }, hours.start, knownTo)));
  const withdrawn = 'withdrawn' as Parameters<History['counted']>[2];
  const eight = Math.round((MIDNIGHT - hours.start) / HOUR) + 8;
  expect([...history.counted('all', '', withdrawn).subarray(eight, eight + 3)]).toEqual([3, 4, 0]);
  expect(history.counted('province', 'P2', withdrawn)[eight + 1]).toBe(4);

  const series = { dim: 'all', code: '', metric: withdrawn, grain: 'hour', start: MIDNIGHT + 8 * HOUR } as const;
  const bounds = Float32Array.from({ length: 12 }, (_, at) => (at % 4 < 2 ? 0 : 10));
  const run = { madeAt: MIDNIGHT, knownTo: MIDNIGHT };
  await new ForecastStore(access, () => undefined).writeForecasts(run, [
    { ...series, mean: Float32Array.from([3, 3]), bounds },
  ]);
  const asked = { since: MIDNIGHT, knownTo, knownDay: DAY, timeZone: TIME_ZONE, silences: [] };
  expect(await new OutcomeQueries(access).read(asked)).toMatchObject([
    { metric: 'withdrawn', horizon: 'hour', of: 2, truth: 7, missed: 1 },
  ]);
});
