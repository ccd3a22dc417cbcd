import { type Forecasts, startOfDay } from '@room/contract';
import { expect, it } from 'vitest';
import { forecastsOf } from '../../../pipelines/src/pulse/forecasting.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const DAY = '2026-11-19';
const MIDNIGHT = startOfDay(DAY, ZONE);
const HOUR = 3_600_000;
const expected = { mean: 5, bands: [] };
const episode = { kind: 'surge', dim: 'all', code: '', metric: 'submitted', observed: 9, expected: 5 } as const;
const projection = { ...expected, counted: 0, backtests: 3 };

/** Made late in the evening of `DAY`. */
const made: Forecasts = {
  madeAt: MIDNIGHT + 22 * HOUR,
  knownTo: MIDNIGHT + 22 * HOUR,
  hours: Object.fromEntries([22, 23, 24, 25, 48].map((hour) => [(MIDNIGHT + hour * HOUR) / 1_000, expected])),
  projections: {
    day: { ...projection, from: DAY, to: DAY },
    month: { ...projection, from: '2026-11-01', to: '2026-11-30' },
    year: { reason: 'not-enough-history', detail: 'why' },
  },
  targets: [],
  episodes: [
    { ...episode, id: 'over', onset: MIDNIGHT, end: MIDNIGHT + HOUR, score: 6, drivers: [] },
    { ...episode, id: 'on', onset: MIDNIGHT, score: 6, drivers: [] },
  ],
};
const hoursOf = (forecasts: Forecasts | undefined): number[] =>
  Object.keys(forecasts?.hours ?? {}).map((at) => (Number(at) * 1_000 - MIDNIGHT) / HOUR);

it('a wall sees the hours, periods and episodes of its day', () => {
  const today = forecastsOf(made, DAY, MIDNIGHT, ZONE);
  expect(hoursOf(today)).toEqual([22, 23]);
  expect(Object.keys(today?.projections ?? {})).toEqual(['day', 'month', 'year']);
  expect(today?.episodes.map(({ id }) => id)).toEqual(['over', 'on']);
});

it('after midnight what was foreseen for the new day, until there is a newer one', () => {
  const next = forecastsOf(made, '2026-11-20', MIDNIGHT + 24 * HOUR, ZONE);
  expect(hoursOf(next)).toEqual([24, 25]);
  expect(Object.keys(next?.projections ?? {})).toEqual(['month', 'year']);
  expect(next?.episodes.map(({ id }) => id)).toEqual(['on']);
  expect(next?.madeAt).toBe(made.madeAt);
});

it('nothing where nothing was made', () => {
  expect(forecastsOf(undefined, DAY, MIDNIGHT, ZONE)).toBeUndefined();
});
