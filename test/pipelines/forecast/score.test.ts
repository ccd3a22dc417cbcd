import { score } from '@room/forecast';
import { describe, expect, it } from 'vitest';
import { parseM4 } from './m4.ts';

const close = (values: ArrayLike<number>, expected: number[]): void => {
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(values[i]).toBeCloseTo(value, 10);
  });
};

describe('the scores are those of the M4 competition, worked out by hand', () => {
  // Season 2: steps of 2 over [1, 3, 2, 6] are |2-1| and |6-3|, so one naive error is 2.
  const history = [1, 3, 2, 6];

  it('sMAPE is in percent of the mean of both sizes', () => {
    expect(score.smape([90, 110], [110, 90])).toBeCloseTo(20, 10);
    expect(score.smape([0, 3], [0, 1])).toBeCloseTo(50, 10);
  });

  it('MASE counts in naive errors of the history', () => {
    expect(score.naiveError(history, 2)).toBe(2);
    expect(score.mase([4, 4], [5, 8], history, 2)).toBeCloseTo(1.25, 10);
  });

  it('MSIS adds forty times what lies outside a 95 % band to its width', () => {
    // Widths 4 and 4, the second value 1 above: (4 + 4 + 40) / 2 steps / 2.
    expect(score.msis([0, 0], [4, 4], [4, 5], history, 2, 0.95)).toBeCloseTo(12, 10);
    expect(score.msis([2, 0], [4, 4], [1, 2], history, 2, 0.9)).toBeCloseTo((2 + 4 + 20) / 4, 10);
  });

  it('coverage takes the bounds as inside', () => {
    expect(score.coverage([0, 0, 0], [4, 4, 4], [4, 5, 0])).toBeCloseTo(2 / 3, 10);
  });

  it('OWA is the mean of both scores over the yardstick’s', () => {
    expect(score.owa({ smape: 9, mase: 0.8 }, { smape: 18, mase: 2 })).toBeCloseTo(0.45, 10);
  });
});

describe('Naive2', () => {
  // Level 10, then 20, with quarters of 1.2, 0.8, 1.1, 0.9.
  const factors = [1.2, 0.8, 1.1, 0.9];
  const seasonal = Array.from({ length: 32 }, (_, t) => 10 * (factors[t % 4] ?? 0));

  it('finds the factors of a clean season and carries the adjusted last value on', () => {
    expect(score.isSeasonal(seasonal, 4)).toBe(true);
    close(score.multiplicativeFactors(seasonal, 4), factors);
    close(score.naive2(seasonal, 5, 4), [12, 8, 11, 9, 12]);
  });

  it('weighs the ends of an even season’s moving average by half', () => {
    // Only t = 1 and 2 of [8, 2, 4, 10] are centred: averages (8/2+2+4/2)/2 = 4 and (2/2+4+10/2)/2 = 5; ratios 1/2 and 4/5.
    close(score.multiplicativeFactors([8, 2, 4, 10], 2), [1.6 / 1.3, 1 / 1.3]);
  });

  it('repeats the last value where the season is not significant, or the history too short to tell', () => {
    close(score.naive2([5, 1, 4, 2, 8, 5, 7, 1, 3, 3, 9, 2], 3, 4), [2, 2, 2]);
    expect(score.isSeasonal(seasonal.slice(0, 11), 4)).toBe(false);
  });

  it('judges significance by the 90 % bound of all shorter lags', () => {
    // A slow wave: 0.45 at lag 4 is beyond 1.645 / √40 = 0.26, yet not beyond the bound that lags 1 to 3 widen to 0.58.
    const slow = Array.from({ length: 40 }, (_, t) => Math.sin((2 * Math.PI * t) / 24));
    expect(score.isSeasonal(slow, 4)).toBe(false);
    // A slower one reaches 0.82 against 0.66.
    const slower = Array.from({ length: 40 }, (_, t) => Math.sin((2 * Math.PI * t) / 40));
    expect(score.isSeasonal(slower, 4)).toBe(true);
  });
});

it('the seasonal naive method repeats the last season', () => {
  close(score.seasonalNaive([9, 1, 2, 3], 5, 3), [1, 2, 3, 1, 2]);
});

describe('the M4 layout', () => {
  it('drops the padding at the end, with and without quotes', () => {
    const read = parseM4('"V1","V2","V3","V4"\n"H1","1","2.5",""\nH2,3,4,5\n');
    expect([...read].map(([name, values]) => [name, ...values])).toEqual([
      ['H1', 1, 2.5],
      ['H2', 3, 4, 5],
    ]);
  });

  it('refuses what is no number, saying where', () => {
    expect(() => parseM4('V1,V2,V3\nH1,1,x\n')).toThrow('H1: value 2 is "x"');
    expect(() => parseM4('V1,V2,V3,V4\nH1,1,,3\n')).toThrow('H1: value 2');
  });
});
