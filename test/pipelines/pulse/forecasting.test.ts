import { type Forecasts, startOfDay } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { besideCounts, forecastsOf } from '../../../pipelines/src/pulse/forecasting.ts';

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

describe('beside what was counted since', () => {
  const level = (mean: number) => ({ mean, bands: [[mean - 5, mean + 5] as const, [mean - 10, mean + 10] as const] });
  /** Made at ten in the morning, when 400 were counted, and 100 an hour were to come. */
  const atTen: Forecasts = {
    madeAt: MIDNIGHT + 10.1 * HOUR,
    knownTo: MIDNIGHT + 10 * HOUR,
    hours: Object.fromEntries(Array.from({ length: 14 }, (_, n) => [(MIDNIGHT + (10 + n) * HOUR) / 1_000, level(100)])),
    projections: {
      day: { ...level(1_800), from: DAY, to: DAY, counted: 400, backtests: 3 },
      month: { ...level(30_000), from: '2026-11-01', to: '2026-11-30', counted: 12_400, backtests: 3 },
      year: { reason: 'not-enough-history', detail: 'why' },
    },
    targets: [],
    episodes: [],
  };
  const at = (hour: number, submitted: number, hours: Record<number, number> = {}) =>
    besideCounts(atTen, {
      midnight: MIDNIGHT,
      asOf: MIDNIGHT + hour * HOUR,
      submitted,
      hours: Object.fromEntries(Object.entries(hours).map(([of, n]) => [(MIDNIGHT + Number(of) * HOUR) / 1_000, n])),
    });
  const [ten] = Object.keys(atTen.hours);

  it('a day that keeps to it keeps its forecast, and says what is counted by now', () => {
    expect(at(10.5, 450).projections).toEqual({
      day: { ...atTen.projections.day, counted: 450 },
      month: { ...atTen.projections.month, counted: 12_450 },
      year: atTen.projections.year,
    });
  });

  it('what today brought more than foreseen is on top of what is still to come, in every period', () => {
    const { day, month } = at(10.5, 750).projections;
    expect(day).toMatchObject({
      counted: 750,
      mean: 2_100,
      bands: [
        [2_095, 2_105],
        [2_090, 2_110],
      ],
    });
    expect(month).toMatchObject({ counted: 12_750, mean: 30_300 });
  });

  it('no bound is below what is counted already', () => {
    const late = at(23.9, 1_794).projections.day;
    expect(late).toMatchObject({
      mean: 1_804,
      bands: [
        [1_799, 1_809],
        [1_794, 1_814],
      ],
    });
    const low = besideCounts({ ...atTen, hours: {} }, { midnight: MIDNIGHT, asOf: NaN, submitted: 1_795, hours: {} });
    expect(low.projections.day).toMatchObject({
      mean: 1_800,
      bands: [
        [1_795, 1_805],
        [1_795, 1_810],
      ],
    });
    const over = besideCounts({ ...atTen, hours: {} }, { midnight: MIDNIGHT, asOf: NaN, submitted: 9_000, hours: {} });
    expect(over.projections.day).toMatchObject({
      mean: 9_000,
      bands: [
        [9_000, 9_000],
        [9_000, 9_000],
      ],
    });
  });

  it('what is not reported yet is no fall', () => {
    expect(at(11, 410).projections.day).toMatchObject({ counted: 410, mean: 1_800 });
  });

  it('the hour that runs is to hold no less than it does', () => {
    expect(at(10.9, 498, { 10: 98 }).hours[ten ?? '']).toEqual({
      mean: 100,
      bands: [
        [98, 105],
        [98, 110],
      ],
    });
  });

  it('after midnight all of today is new', () => {
    const next = besideCounts(
      { ...atTen, hours: {}, projections: { month: atTen.projections.month } as Forecasts['projections'] },
      { midnight: MIDNIGHT + 24 * HOUR, asOf: MIDNIGHT + 24.1 * HOUR, submitted: 7, hours: {} },
    );
    expect(next.projections.month).toMatchObject({ counted: 12_407, mean: 30_000 });
  });
});
