import { LEVELS } from '@room/contract';
import type { ForecastScore } from '@room/warehouse';
import { expect, it } from 'vitest';
import { calibrationOf } from '../../../pipelines/src/forecasting/calibration.ts';

const outcome = (change: Partial<ForecastScore>): ForecastScore => ({
  metric: 'submitted',
  horizon: 'hour',
  of: 1_000,
  truths: 1_000,
  held: [500, 800, 950],
  missed: 50,
  truth: 1_000,
  ...change,
});

it('says how often each level held, between which bounds that share lies, and how far off the means were', () => {
  const [found] = calibrationOf([outcome({})]);
  expect(found).toMatchObject({ metric: 'submitted', horizon: 'hour', error: 0.05 });
  for (const [at, { level, held, of, low, high }] of (found?.levels ?? []).entries()) {
    expect(level).toBe(LEVELS[at]);
    expect(held / of).toBeCloseTo(level);
    expect(low).toBeLessThan(level);
    expect(high).toBeGreaterThan(level);
  }
});

it('many bands about few truths are little evidence', () => {
  const widthOf = (truths: number): number => {
    const [level] = calibrationOf([outcome({ truths })])[0]?.levels ?? [];
    return (level?.high ?? 0) - (level?.low ?? 0);
  };
  expect(widthOf(10)).toBeGreaterThan(5 * widthOf(1_000));
});

it('claims nothing without outcomes, and no error where nothing happened', () => {
  expect(calibrationOf([outcome({ of: 0, truths: 0, held: [0, 0, 0] })])).toEqual([]);
  expect(calibrationOf([outcome({ truth: 0 })])[0]).not.toHaveProperty('error');
});
