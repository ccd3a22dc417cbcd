import { LEVELS } from '@room/contract';
import {
  backtestTotals,
  calibration,
  deviationOfAll,
  forecast,
  type PastTotal,
  projectTotal,
  type TotalOutcome,
} from '@room/forecast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile, studentHalfWidth } from '../../../../pipelines/forecast/src/target/student.ts';
import { randomOf } from '../../../portal/random.ts';

const past = (errors: number[], projected = 1_000): PastTotal[] =>
  errors.map((error, i) => ({
    origin: 100 * i,
    end: 100 * i + 10,
    counted: 500,
    projected,
    held: projected + error,
  }));

function made(projection: TotalOutcome): Extract<TotalOutcome, { ok: true }> {
  if (!projection.ok) throw new Error(projection.detail);
  return projection;
}

const project = (errors: number[], counted = 500, rest = 1_000) =>
  made(projectTotal({ counted, remaining: Array(10).fill(rest / 10), past: past(errors), levels: LEVELS }));

const intervalAt = (it: Extract<TotalOutcome, { ok: true }>, level: number) => {
  const interval = it.intervals.find((one) => one.level === level);
  if (!interval) throw new Error(`no ${level}`);
  return interval;
};

describe('a projected total', () => {
  it('is as wide as the type of its days leaves open, however well other days were foreseen', () => {
    const sure = past([1, -2, 1, -1, 2, -2, 1, -1, 2, -1]);
    const of = (doubt: number) =>
      made(projectTotal({ counted: 0, remaining: [1_000], past: sure, levels: LEVELS, doubt }));
    const width = (it: ReturnType<typeof of>) => intervalAt(it, 0.95).upper - it.mean;
    expect(width(of(0))).toBeLessThan(70);
    expect(width(of(0.2))).toBeGreaterThan(1.9 * 200);
  });

  it('is what is counted plus the rest, as wide as past totals were wrong', () => {
    const narrow = project([10, -20, 15, -5, 30, -25, 12, -18, 22, -9]);
    const wide = project([100, -200, 150, -50, 300, -250, 120, -180, 220, -90]);
    expect(narrow.mean).toBe(1_500);
    const width = (it: typeof wide) => intervalAt(it, 0.95).upper - it.mean;
    expect(width(wide)).toBeGreaterThan(2 * width(narrow));
    expect(width(wide)).toBeGreaterThan(300);
    expect(width(wide)).toBeLessThan(700);
    // Chance alone moves a thousand events by some thirty.
    expect(width(project(Array(10).fill(0)))).toBeCloseTo(1.96 * Math.sqrt(1_000), 0);
  });

  it('is wider the fewer trials there are, and says so', () => {
    const widths = [1, 2, 3, 6, 12, 40].map((n) => {
      const it = project(Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 100 : -100)));
      expect(it.cautions.map(({ code }) => code)).toEqual(n < 8 ? ['few-trials'] : []);
      return intervalAt(it, 0.95).upper - it.mean;
    });
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(widths[0]).toBeGreaterThan(600);
  });

  it('is no wider than if all its steps erred alike, and as wide as that where nothing was tried', () => {
    const of = (trials: PastTotal[], furthest?: number) =>
      made(projectTotal({ counted: 0, remaining: Array(10).fill(1_000), past: trials, levels: LEVELS, furthest }));
    const width = (it: ReturnType<typeof of>) => intervalAt(it, 0.95).upper - it.mean;
    const furthest = deviationOfAll(Array(10).fill(1_000), Array(10).fill(1_100), 0.95);
    expect(width(of(past([500], 10_000)))).toBeGreaterThan(4_000);
    expect(width(of(past([500], 10_000), furthest))).toBeCloseTo(1_000, 0);
    const untried = of([], furthest);
    expect(width(untried)).toBeCloseTo(1_000, 0);
    expect(untried.atLeast(11_000)).toBeCloseTo(0.025, 3);
    expect(untried).toMatchObject({ trials: 0, cautions: [{ code: 'few-trials', trials: 0 }] });
    const many = past([100, -200, 150, -50, 300, -250, 120, -180, 220, -90], 10_000);
    expect(width(of(many, furthest))).toBe(width(of(many)));
    // Chance moves it however sure its steps are.
    expect(width(of([], 1))).toBeCloseTo(1.96 * 100, 0);
  });

  it('takes errors in proportion to what the rest holds', () => {
    const half = project([100, -100, 100, -100], 500, 500);
    const whole = project([100, -100, 100, -100], 500, 1_000);
    const ratio = (intervalAt(whole, 0.8).upper - whole.mean) / (intervalAt(half, 0.8).upper - half.mean);
    expect(ratio).toBeGreaterThan(1.7);
    expect(ratio).toBeLessThan(2.01);
  });

  it('is certain once nothing is left', () => {
    const it = made(projectTotal({ counted: 70, remaining: [], past: [], levels: LEVELS }));
    expect(it.intervals.every(({ lower, upper }) => lower === 70 && upper === 70)).toBe(true);
    expect([it.atLeast(70), it.atLeast(71)]).toEqual([1, 0]);
  });

  it('is refused without a trial, and for what is no number', () => {
    expect(projectTotal({ counted: 5, remaining: [1], past: [], levels: LEVELS })).toMatchObject({
      ok: false,
      reason: 'no-trials',
    });
    expect(projectTotal({ counted: Number.NaN, remaining: [1], past: past([1]), levels: LEVELS })).toMatchObject({
      ok: false,
    });
    expect(projectTotal({ counted: -1, remaining: [1], past: past([1]), levels: LEVELS })).toMatchObject({ ok: false });
    expect(projectTotal({ counted: 1, remaining: [Number.NaN], past: past([1]), levels: LEVELS })).toMatchObject({
      ok: false,
    });
  });

  it('keeps its laws: never below what is counted, levels nested, probability falling from 1 to 0', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: -2_000, max: 2_000 }), { minLength: 1, maxLength: 40 }),
        (counted, remaining, errors) => {
          const levels = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99];
          const it = made(projectTotal({ counted, remaining, past: past(errors), levels }));
          for (const { lower, upper } of it.intervals) {
            expect(lower).toBeGreaterThanOrEqual(counted);
            expect(upper).toBeGreaterThanOrEqual(it.mean);
            expect(lower).toBeLessThanOrEqual(it.mean);
          }
          const uppers = it.intervals.map(({ upper }) => upper);
          expect(uppers).toEqual([...uppers].sort((a, b) => a - b));
          const chances = [0, 0.5, 0.9, 1, 1.1, 2, 10].map((factor) => it.atLeast(factor * it.mean));
          expect(chances).toEqual([...chances].sort((a, b) => b - a));
          expect(it.atLeast(counted)).toBe(1);
          expect(chances.every((chance) => chance >= 0 && chance <= 1)).toBe(true);
          for (const { level, upper } of it.intervals) {
            if (it.rest > 0) expect(it.atLeast(upper)).toBeCloseTo((1 - level) / 2, 2);
          }
        },
      ),
      { numRuns: 150, seed: 2 },
    );
  });
});

describe('totals of the past', () => {
  const values = Array.from({ length: 60 }, (_, t) => 10 + (t % 10));
  const periods = Array.from({ length: 6 }, (_, i) => ({ from: 10 * i, to: 10 * i + 10 }));

  it('are made with what was known at the same distance from the end', () => {
    const seen: number[] = [];
    const totals = backtestTotals(values, periods, 4, (history, horizon) => {
      seen.push(history.length);
      return Array(horizon).fill(10);
    });
    expect(seen).toEqual([6, 16, 26, 36, 46, 56]);
    expect(totals[1]).toEqual({ origin: 16, end: 20, counted: 75, projected: 40, held: 70 });
  });

  it('leave out what is too short, incomplete, unknown, or cannot be forecast', () => {
    const holed = values.map((value, t) => (t === 18 ? Number.NaN : value));
    const flat = (_: Float64Array, horizon: number) => Array(horizon).fill(10);
    expect(backtestTotals(holed, periods, 4, flat).map(({ end }) => end)).toEqual([10, 30, 40, 50, 60]);
    expect(backtestTotals(values, [...periods, { from: 60, to: 70 }], 4, flat)).toHaveLength(6);
    expect(backtestTotals(values, periods, 11, flat)).toEqual([]);
    expect(backtestTotals(values, periods, 4, () => undefined)).toEqual([]);
    expect(backtestTotals(values, periods, 0, flat)).toEqual([]);
  });

  it('that overlap are not counted twice', () => {
    const sliding = Array.from({ length: 41 }, (_, i) => ({ from: i, to: i + 20 }));
    const random = randomOf('sliding');
    const totals = backtestTotals(values, sliding, 10, (_, horizon) => Array(horizon).fill(14 + random.next()));
    const it = made(projectTotal({ counted: 0, remaining: Array(10).fill(14), past: totals, levels: LEVELS }));
    expect(totals).toHaveLength(41);
    expect(it.trials).toBe(5);
    expect(it.cautions).toEqual([{ code: 'few-trials', trials: 5 }]);
  });
});

it('intervals of the rest of a day hold as often as they say', () => {
  const records = Array.from({ length: 24 }, (_, seed) => {
    const random = randomOf(`day ${seed}`);
    let level = 0;
    const values = Array.from({ length: 24 * 75 }, (_, t) => {
      if (t % 24 === 0) level = 0.7 * level + 0.12 * (random.next() + random.next() + random.next() - 1.5);
      const hour = 1 + Math.sin((2 * Math.PI * ((t % 24) - 6)) / 24);
      return random.poisson(60 * hour * Math.exp(level) * (Math.floor(t / 24) % 7 < 5 ? 1 : 0.4));
    });
    // As yesterday or a week ago, at the pace of the morning: any forecaster's own errors are what counts.
    const pace = (history: Float64Array, horizon: number): number[] => {
      const n = history.length;
      const sum = (from: number, to: number) => history.slice(from, to).reduce((total, value) => total + value, 0);
      const now = sum(n - 12, n) / Math.max(1, sum(n - 180, n - 168));
      return Array.from({ length: horizon }, (_, j) => (history[n - 168 + j] ?? 0) * now);
    };
    return [69, 70, 71, 72, 73, 74].map((day) => {
      const periods = Array.from({ length: 40 }, (_, i) => ({ from: (day - 40 + i) * 24, to: (day - 39 + i) * 24 }));
      const origin = day * 24 + 12;
      const past = backtestTotals(values.slice(0, day * 24), periods, 12, pace);
      const counted = values.slice(day * 24, origin).reduce((total, value) => total + value, 0);
      const remaining = pace(Float64Array.from(values.slice(0, origin)), 12);
      const { intervals } = made(projectTotal({ counted, remaining, past, levels: LEVELS }));
      return { intervals, actual: values.slice(day * 24, day * 24 + 24).reduce((total, value) => total + value, 0) };
    });
  }).flat();
  const lines = calibration(records);
  expect(lines.map(({ asked }) => asked)).toEqual([0.5, 0.8, 0.95]);
  for (const { asked, held, n } of lines) {
    expect(n).toBe(144);
    expect(Math.abs(held - asked)).toBeLessThan(asked === 0.95 ? 0.045 : 0.1);
  }
});

it('works with the real forecaster', () => {
  const random = randomOf('real');
  const values = Array.from({ length: 24 * 60 }, (_, t) => random.poisson(t % 24 > 6 && t % 24 < 18 ? 80 : 8));
  const path = (history: Float64Array, horizon: number) =>
    forecast(history, { horizon, seasons: [24, 168], level: 0.95 }).mean;
  const periods = Array.from({ length: 12 }, (_, i) => ({ from: (47 + i) * 24, to: (48 + i) * 24 }));
  const past = backtestTotals(values.slice(0, 59 * 24), periods, 14, path);
  expect(past).toHaveLength(12);
  const counted = values.slice(59 * 24, 59 * 24 + 10).reduce((sum, value) => sum + value, 0);
  const remaining = path(Float64Array.from(values.slice(0, 59 * 24 + 10)), 14);
  const it = made(projectTotal({ counted, remaining, past, levels: LEVELS }));
  const actual = values.slice(59 * 24).reduce((sum, value) => sum + value, 0);
  expect(intervalAt(it, 0.95).lower).toBeLessThan(actual);
  expect(intervalAt(it, 0.95).upper).toBeGreaterThan(actual);
}, 60_000);

it.each([
  [0.95, 1, 12.706],
  [0.95, 2, 4.303],
  [0.95, 3, 3.182],
  [0.95, 5, 2.571],
  [0.5, 5, 0.727],
  [0.8, 10, 1.372],
  [0.99, 30, 2.75],
  [0.95, 1_000, 1.962],
  [0.5, 3, 0.765],
])('Student: %f of %i degrees lies within %f', (level, freedom, half) => {
  expect(studentHalfWidth(level, freedom)).toBeCloseTo(half, 2);
});

it('normal quantiles agree with the tables', () => {
  for (const [p, z] of [
    [0.975, 1.959964],
    [0.5, 0],
    [0.01, -2.326348],
    [0.999, 3.090232],
  ] as const) {
    expect(normalQuantile(p)).toBeCloseTo(z, 5);
  }
});
