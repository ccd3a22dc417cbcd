import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillCountry } from './country.ts';
import { openStores, type Stores, startJob } from './warehouse.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const UNTIL = Date.parse('2026-11-19T17:00:00+07:00');
const NOW = UNTIL + 5 * 60_000;
const PATIENCE = { timeout: 60_000, interval: 100 };

let stores: Stores;
beforeAll(async () => {
  stores = await openStores(catalogue);
}, 60_000);
afterAll(async () => {
  await stores[Symbol.asyncDispose]();
});

it('without any event it stores nothing; with a few hours it says why there is no forecast', {
  timeout: 300_000,
}, async () => {
  await using job = await startJob(stores, catalogue, NOW);
  await expect.poll(() => job.looks, PATIENCE).toBeGreaterThan(3);
  expect(await stores.store.newestMadeAt()).toBeUndefined();
  expect(job.lacks).toBeGreaterThan(2);
  await fillCountry({ access: stores.access, catalogue, days: 0, until: UNTIL, seed: 'few' });
  await expect.poll(() => stores.store.newestMadeAt(), PATIENCE).toBe(NOW);
  const first = await stores.store.newest();
  expect(first?.forecasts).toMatchObject({
    knownTo: UNTIL,
    hours: {},
    projections: { day: { reason: 'not-enough-history' }, year: { reason: 'not-enough-history' } },
    targets: (catalogue.targets ?? []).map(({ id }) => ({ id, reason: 'not-enough-history' })),
  });
  expect(first?.calibration).toEqual([]);
  expect(job.runs).toBe(0);
});
