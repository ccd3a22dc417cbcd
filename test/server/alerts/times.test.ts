/** How long units took: what goes on is counted up to the last look and is not over, and each alert is its own unit's. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { expect, it } from 'vitest';
import { timesOf, unitOf } from '../../../server/src/alerts/times.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const MINUTE = 60_000;
const minutes = (began: number, more: Record<string, number | string> = {}) => ({
  id: `${began}`,
  dim: 'agency' as const,
  code: 'MPS',
  began: began * MINUTE,
  ...Object.fromEntries(
    Object.entries(more).map(([name, value]) => [name, typeof value === 'number' ? value * MINUTE : value]),
  ),
});

it('what is not over counts up to the last look, what was withdrawn up to then, and neither as if it had come', () => {
  const alerts = [
    minutes(0, { acknowledged: 10, answered: 30, ended: 60, outcome: 'recovered' }),
    minutes(0, { acknowledged: 20 }),
    minutes(0, { ended: 40, outcome: 'withdrawn' }),
    minutes(0, { ended: 5, outcome: 'recovered' }),
  ];
  const { rows, all } = timesOf(alerts, { by: 'agency', asOf: 100 * MINUTE, catalogue });
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ unit: { dim: 'agency', code: 'MPS' }, alerts: 4, open: 1 });
  // One ended by itself after 5 minutes, so three are left of whom one after the other acknowledged.
  expect(rows[0]?.acknowledged).toMatchObject({ ended: 2, open: 2, median: 20 * MINUTE });
  // Of one alone of three it is known when it was answered.
  expect(rows[0]?.answered).toMatchObject({ ended: 1, open: 3 });
  expect(rows[0]?.answered).not.toHaveProperty('median');
  // At 5 and at 60 minutes, the one that was withdrawn having left between.
  expect(rows[0]?.recovered).toMatchObject({ ended: 2, open: 2, median: 60 * MINUTE });
  expect(all).toMatchObject({ alerts: 4, unit: { dim: 'all' } });
});

it('a clock that was set back makes nothing shorter than nothing', () => {
  const { all } = timesOf([minutes(10, { acknowledged: 5 })], { by: 'agency', asOf: 0, catalogue });
  expect(all.acknowledged).toMatchObject({ ended: 1, median: 0 });
});

it('an alert of a service is its agency’s, of a portal its unit’s, and of the whole country nobody’s', () => {
  const [service] = catalogue.services;
  const ministry = catalogue.sources.find(({ unit }) => unit === 'MOH');
  const province = catalogue.sources.find(({ unit }) => catalogue.provinces.some(({ id }) => id === unit));
  expect(unitOf({ dim: 'service', code: service?.code ?? '' }, 'agency', catalogue)).toBe(service?.agency);
  expect(unitOf({ dim: 'service', code: service?.code ?? '' }, 'province', catalogue)).toBeUndefined();
  expect(unitOf({ dim: 'source', code: ministry?.id ?? '' }, 'agency', catalogue)).toBe('MOH');
  expect(unitOf({ dim: 'source', code: ministry?.id ?? '' }, 'province', catalogue)).toBeUndefined();
  expect(unitOf({ dim: 'source', code: province?.id ?? '' }, 'province', catalogue)).toBe(province?.unit);
  expect(unitOf({ dim: 'all', code: '' }, 'agency', catalogue)).toBeUndefined();
});
