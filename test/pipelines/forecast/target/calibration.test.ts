import { calibration, type ScoredIntervals, widthFactor, wilson } from '@room/forecast';
import { expect, it } from 'vitest';
import { randomOf } from '../../../portal/random.ts';

/** Outcomes uniform in -1 to 1, and intervals that would hold their level if `width` were 1. */
function records(n: number, width: number): ScoredIntervals[] {
  const random = randomOf('calibration');
  return Array.from({ length: n }, () => ({
    intervals: [0.5, 0.8, 0.95].map((level) => ({ level, lower: -level * width, upper: level * width })),
    actual: 2 * random.next() - 1,
  }));
}

it('counts how often each level held, with the range its share may lie in', () => {
  const lines = calibration(records(2_000, 1));
  expect(lines.map(({ asked, verdict }) => [asked, verdict])).toEqual([
    [0.5, 'holds'],
    [0.8, 'holds'],
    [0.95, 'holds'],
  ]);
  for (const { asked, held, lower, upper, n } of lines) {
    expect(n).toBe(2_000);
    expect(Math.abs(held - asked)).toBeLessThan(0.03);
    expect(lower).toBeLessThan(held);
    expect(upper).toBeGreaterThan(held);
  }
});

it('says which intervals are too narrow and which too wide, and nothing of few', () => {
  expect(calibration(records(500, 0.7)).map(({ verdict }) => verdict)).toEqual(Array(3).fill('too-narrow'));
  expect(calibration(records(500, 1.3)).map(({ verdict }) => verdict)).toEqual(Array(3).fill('too-wide'));
  expect(calibration(records(19, 0.2)).map(({ verdict }) => verdict)).toEqual(Array(3).fill('unknown'));
  expect(calibration([])).toEqual([]);
});

it('leaves out what is not known yet', () => {
  const [line] = calibration([
    { intervals: [{ level: 0.8, lower: 0, upper: 2 }], actual: 1 },
    { intervals: [{ level: 0.8, lower: 0, upper: 2 }], actual: Number.NaN },
    { intervals: [{ level: 0.8, lower: Number.NaN, upper: 2 }], actual: 1 },
  ]);
  expect(line).toMatchObject({ n: 1, held: 1 });
});

it('finds the factor that makes them hold', () => {
  expect(widthFactor(records(2_000, 0.5), 0.8)).toBeCloseTo(2, 1);
  expect(widthFactor(records(2_000, 2), 0.8)).toBeCloseTo(0.5, 1);
  expect(widthFactor(records(10, 1), 0.8)).toBeUndefined();
  expect(widthFactor(records(100, 1), 0.9)).toBeUndefined();
});

it('gives the known interval of a share', () => {
  // As tabled for 8 of 10.
  expect(wilson(8, 10).lower).toBeCloseTo(0.4902, 3);
  expect(wilson(8, 10).upper).toBeCloseTo(0.9433, 3);
  expect(wilson(0, 0)).toEqual({ lower: 0, upper: 1 });
  expect(wilson(10, 10).upper).toBe(1);
});
