import { LEVELS } from '@room/contract';
import { normalQuantile } from '@room/forecast';
import { describe, expect, it } from 'vitest';
import { widened } from '../../../pipelines/src/forecasting/predict.ts';

const path = {
  mean: Float64Array.of(100, 10, 0, 50),
  bands: LEVELS.map((level, n) => ({
    level,
    lower: Float64Array.of(100 - 10 * n, 8, 0, 45),
    upper: Float64Array.of(100 + 10 * n, 12, 3, 60),
  })),
};

describe('a widened path', () => {
  it('is the same where there is no doubt', () => {
    expect(widened(path, 0, 4)).toEqual(path);
  });

  it('is wider by the doubt on the steps asked for, on each side that has room, and as it was behind them', () => {
    const wide = widened(path, 0.3, 3);
    expect(wide.mean).toEqual(path.mean);
    for (const [n, { level, lower, upper }] of wide.bands.entries()) {
      const open = normalQuantile((1 + level) / 2) * 0.3;
      expect(upper[1]).toBeCloseTo(10 + Math.hypot(2, 10 * open));
      expect(lower[1]).toBeCloseTo(Math.max(0, 10 - Math.hypot(2, 10 * open)));
      expect(upper[3]).toBe(path.bands[n]?.upper[3]);
      expect(lower[3]).toBe(path.bands[n]?.lower[3]);
      expect(Math.min(...lower)).toBeGreaterThanOrEqual(0);
    }
  });

  it('never lets a narrower band reach beyond a wider one', () => {
    const { bands } = widened(path, 0.5, 4);
    for (const [n, { lower, upper }] of bands.entries()) {
      const outer = bands[n + 1];
      if (outer === undefined) continue;
      for (let step = 0; step < upper.length; step++) {
        expect(outer.upper[step]).toBeGreaterThanOrEqual(upper[step] as number);
        expect(outer.lower[step]).toBeLessThanOrEqual(lower[step] as number);
      }
    }
  });
});
