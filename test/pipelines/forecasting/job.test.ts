/** The job on the real engine and the real log, over a history whose truth is known. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type Episode, EVERYTHING, LEVELS } from '@room/contract';
import type { StoredRun } from '@room/warehouse';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { fillCountry, HOUR, ONLINE, rateAt } from './country.ts';
import { openStores, type Stores, startJob } from './warehouse.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
/** Thursday, five in the afternoon. */
const UNTIL = Date.parse('2026-11-19T17:00:00+07:00');
const MIDNIGHT = Date.parse('2026-11-19T00:00:00+07:00');
const NOW = UNTIL + 5 * 60_000;
const OUTAGE = { source: 'urn:portal:province:01', from: UNTIL - 32 * HOUR, to: UNTIL - 27 * HOUR };
const SURGE = { province: '34-79', from: UNTIL - 4 * HOUR, to: UNTIL, factor: 3 };
const PATIENCE = { timeout: 240_000, interval: 100 };

let stores: Stores;
let made: StoredRun;
let held: Map<number, number>;

beforeAll(async () => {
  stores = await openStores(catalogue);
  const { access, store } = stores;
  held = await fillCountry({ access, catalogue, days: 77, until: UNTIL, outages: [OUTAGE], surges: [SURGE] });
  await using job = await startJob(stores, catalogue, NOW);
  await vi.waitUntil(() => job.runs === 1, PATIENCE);
  const newest = await store.newest();
  if (newest === undefined) throw new Error('nothing was stored');
  made = newest;
}, 300_000);
afterAll(async () => {
  await stores[Symbol.asyncDispose]();
});

const truth = (from: number, hours: number): number =>
  Array.from({ length: hours }, (_, hour) => rateAt(catalogue, from + hour * HOUR)).reduce((sum, n) => sum + n, 0);

it('a stored forecast says when it was made, what it knew, and what comes after that', async () => {
  const found = await stores.store.forecast(EVERYTHING, { dim: 'all', code: '', metric: 'submitted' }, 'hour');
  expect(found).toMatchObject({ madeAt: NOW, knownTo: UNTIL, start: UNTIL });
  expect(found?.mean).toHaveLength(48);
  expect(found?.bounds).toHaveLength(48 * 2 * LEVELS.length);
  const nextDay = found?.mean.slice(7, 31).reduce((sum, n) => sum + n, 0) ?? 0;
  expect(nextDay / truth(UNTIL + 7 * HOUR, 24)).toBeGreaterThan(0.85);
  expect(nextDay / truth(UNTIL + 7 * HOUR, 24)).toBeLessThan(1.15);
  for (let step = 0; step < 48; step++) {
    const bounds = LEVELS.map((_, at) => [found?.bounds[2 * at * 48 + step], found?.bounds[(2 * at + 1) * 48 + step]]);
    const [narrow, , wide] = bounds as [number, number][];
    expect(wide?.[0]).toBeLessThanOrEqual(narrow?.[0] ?? 0);
    expect(wide?.[1]).toBeGreaterThanOrEqual(narrow?.[1] ?? 0);
  }
});

it('there is one of every series that has a history, by hour and by day', async () => {
  const rows = await stores.access.read<{ grain: string; dims: string[]; n: number }>(
    'SELECT grain, groupUniqArray(dim) AS dims, count() AS n FROM forecast GROUP BY grain ORDER BY grain',
  );
  // The nation, one agency, three provinces and two services, each by four metrics.
  expect(rows.map(({ grain, n }) => [grain, n])).toEqual([
    ['day', 28],
    ['hour', 28],
  ]);
  const days = await stores.store.forecast(EVERYTHING, { dim: 'province', code: '34-48', metric: 'late' }, 'day');
  expect(days).toMatchObject({ madeAt: NOW, start: MIDNIGHT });
  // To the end of the year.
  expect(days?.mean).toHaveLength(43);
});

it('today ends near the truth, above what is counted; month and year hold their remaining days', () => {
  const { day, month, year } = made.forecasts.projections;
  if (day === undefined || !('mean' in day)) throw new Error('no projection of the day');
  const counted = [...held].filter(([at]) => at >= MIDNIGHT).reduce((sum, [, n]) => sum + n, 0);
  expect(day).toMatchObject({ from: '2026-11-19', to: '2026-11-19', counted });
  expect(day.mean).toBeGreaterThan(counted + 0.5 * truth(UNTIL, 7));
  expect(day.backtests).toBeGreaterThan(20);
  for (const [low] of day.bands) expect(low).toBeGreaterThanOrEqual(counted);
  if (month === undefined || !('mean' in month)) throw new Error('no projection of the month');
  expect(month).toMatchObject({ from: '2026-11-01', to: '2026-11-30' });
  const rest = truth(UNTIL, 7) + truth(MIDNIGHT + 24 * HOUR, 11 * 24);
  expect((month.mean - month.counted) / rest).toBeGreaterThan(0.85);
  expect((month.mean - month.counted) / rest).toBeLessThan(1.15);
  // What happened before the history is not guessed.
  expect(year).toMatchObject({ from: '2026-09-03', to: '2026-12-31' });
});

it('the silence of a portal is a finding of its own, and no fall in counts', () => {
  const silences = made.forecasts.episodes.filter(({ kind }) => kind === 'silence');
  expect(silences).toEqual([]);
  expect(made.forecasts.episodes.filter(({ kind }) => kind === 'drop')).toEqual([]);
});

it('which is kept with its beginning and its end', async () => {
  const episodes = await stores.store.episodes(OUTAGE.from - HOUR);
  const silence = episodes.find(({ kind }) => kind === 'silence') as Episode;
  expect(silence).toMatchObject({ dim: 'source', code: OUTAGE.source, onset: OUTAGE.from, end: OUTAGE.to });
  expect(episodes.filter(({ kind }) => kind === 'drop')).toEqual([]);
});

it('a surge is one episode, with the province that drives it', () => {
  const surges = made.forecasts.episodes.filter(({ kind }) => kind === 'surge');
  expect(surges).toHaveLength(1);
  const [surge] = surges;
  expect(surge?.onset).toBeGreaterThanOrEqual(SURGE.from);
  expect(surge?.onset).toBeLessThanOrEqual(SURGE.from + HOUR);
  expect(surge?.end).toBeUndefined();
  const named = [surge?.code, ...(surge?.drivers ?? []).map(({ code }) => code)];
  expect(named).toContain(SURGE.province);
  expect(surge?.observed).toBeGreaterThan(1.2 * (surge?.expected ?? 0));
});

it('a published target has a probability, what is reached, and what is needed', () => {
  expect(made.forecasts.targets).toHaveLength(catalogue.targets?.length ?? 0);
  const [target] = made.forecasts.targets;
  if (target === undefined || !('reached' in target)) throw new Error('no outlook');
  expect(target).toMatchObject({ id: catalogue.targets?.[0]?.id, state: 'open' });
  expect(target.reached).toBeCloseTo(ONLINE, 1);
  expect(target.probability).toBeGreaterThan(0.99);
});

it('an hour later earlier bands are held against what happened, and nothing is made twice', {
  timeout: 300_000,
}, async () => {
  const later = UNTIL + HOUR;
  await foreseen('2026-09-22');
  await foreseen('2026-09-23');
  await wasSilent('2026-09-23');
  const batch = await fillCountry({
    access: stores.access,
    catalogue,
    days: 0,
    until: later,
    seed: 'later',
    since: UNTIL,
  });
  await using job = await startJob(stores, catalogue, later + 5 * 60_000);
  await expect.poll(() => job.runs, PATIENCE).toBe(1);
  const newest = await stores.store.newest();
  const hours = newest?.calibration.find(({ metric, horizon }) => metric === 'submitted' && horizon === 'hour');
  const [step] = [await stores.store.forecast(EVERYTHING, { dim: 'all', code: '', metric: 'submitted' }, 'hour', NOW)];
  const truthOfHour = batch.get(UNTIL) ?? 0;
  expect(hours?.levels.map(({ of }) => of)).toEqual([1, 1, 1]);
  expect(hours?.levels.map(({ held: n }) => n)).toEqual(
    LEVELS.map((_, at) => {
      const [low = 0, high = 0] = [step?.bounds[2 * at * 48], step?.bounds[(2 * at + 1) * 48]];
      return truthOfHour >= low && truthOfHour <= high ? 1 : 0;
    }),
  );
  expect(hours?.error).toBeCloseTo(Math.abs((step?.mean[0] ?? 0) - truthOfHour) / truthOfHour, 4);
  expect(job.said.filter((text) => text === 'forecasts were made')).toHaveLength(1);
  // A day on which a portal was silent is never one to score, however long ago it was.
  const days = newest?.calibration.find(({ metric, horizon }) => metric === 'submitted' && horizon === 'day');
  expect(days?.levels.map(({ of }) => of)).toEqual([1, 1, 1]);
});

async function foreseen(day: string): Promise<void> {
  const madeAt = Date.parse(`${day}T12:00:00+07:00`);
  const bands = LEVELS.map(() => [1, 2] as const);
  const projection = { from: day, to: day, counted: 1, mean: 2, bands, backtests: 20 };
  const series = { dim: 'all', code: '', metric: 'submitted' } as const;
  await stores.store.writeProjections({ madeAt, knownTo: madeAt }, [{ ...series, horizon: 'day', projection }]);
}

async function wasSilent(day: string): Promise<void> {
  const onset = Date.parse(`${day}T09:00:00+07:00`);
  const about = { dim: 'source', code: OUTAGE.source, metric: 'submitted' } as const;
  const counts = { observed: 0, expected: 9, score: 0, drivers: [] };
  const silence: Episode = { id: 'long ago', kind: 'silence', ...about, onset, end: onset + HOUR, ...counts };
  await stores.store.writeEpisodes({ madeAt: onset, knownTo: onset }, [silence], NOW + HOUR);
}

it('it can be stopped in the middle of a refresh, of which nothing is claimed afterwards', async () => {
  const before = await stores.store.newestMadeAt();
  const job = await startJob(stores, catalogue, UNTIL + 2 * HOUR);
  await expect.poll(() => job.looks, PATIENCE).toBeGreaterThan(1);
  await job[Symbol.asyncDispose]();
  expect(job.runs).toBe(0);
  expect(await stores.store.newestMadeAt()).toBe(before);
});
