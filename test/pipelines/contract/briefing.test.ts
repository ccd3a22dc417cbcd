/** Changes that a briefing tells, with intervals by how days differ: held against series that were made up, where no true change is. */
import { briefingDays, changeOfDays, changeOfShares } from '@room/contract';
import { expect, it } from 'vitest';
import { randomOf } from '../../portal/random.ts';

it('looks back on whole weeks before today', () => {
  expect(briefingDays('week', '2026-03-02')).toEqual({ from: '2026-02-23', to: '2026-03-01' });
  expect(briefingDays('quarter', '2026-03-02')).toEqual({ from: '2025-12-01', to: '2026-03-01' });
  // A review is of the last one that is whole.
  expect(briefingDays('reviewQuarter', '2026-03-31')).toEqual({ from: '2025-10-01', to: '2025-12-31' });
  expect(briefingDays('reviewQuarter', '2026-04-01')).toEqual({ from: '2026-01-01', to: '2026-03-31' });
  expect(briefingDays('reviewHalf', '2026-11-29')).toEqual({ from: '2026-01-01', to: '2026-06-30' });
  expect(briefingDays('reviewHalf', '2026-01-01')).toEqual({ from: '2025-07-01', to: '2025-12-31' });
  expect(briefingDays('reviewYear', '2026-11-29')).toEqual({ from: '2025-01-01', to: '2025-12-31' });
});

it('says nothing of days that do not pair, or of a share of nothing', () => {
  expect(changeOfDays([1, 2, 3], [1, 2])).toBeUndefined();
  expect(changeOfDays([1, 2], [1, 2])).toBeUndefined();
  const none = [0, 0, 0].map(() => ({ part: 0, whole: 0 }));
  expect(changeOfShares(none, none)).toBeUndefined();
});

it('adds up exactly, and Sundays widen no interval', () => {
  const week = [100, 110, 105, 120, 90, 10, 5];
  expect(changeOfDays(week, week)).toEqual({ now: 540, before: 540, low: 0, high: 0 });
  expect(
    changeOfDays(
      week.map((each) => each + 10),
      week,
    ),
  ).toEqual({ now: 610, before: 540, low: 70, high: 70 });
});

it('where nothing changed its 95 % interval holds nothing in about 95 of 100', () => {
  const { next, poisson } = randomOf('weeks');
  const shape = [1, 1.1, 1.05, 1.2, 0.9, 0.1, 0.05];
  const rounds = 3_000;
  let days = 0;
  let shares = 0;
  for (let round = 0; round < rounds; round++) {
    const weeks = (): number[] =>
      Array.from({ length: 28 }, (_, day) => poisson(2_000 * (shape[day % 7] ?? 1) * (0.9 + 0.2 * next())));
    const [now, before] = [weeks(), weeks()];
    const change = changeOfDays(now, before);
    if (change !== undefined && change.low <= 0 && change.high >= 0) days++;
    const part = (of: readonly number[]) =>
      of.map((whole) => ({ part: Math.round(whole * (0.7 + 0.1 * next())), whole }));
    const share = changeOfShares(part(now), part(before));
    if (share !== undefined && share.low <= 0 && share.high >= 0) shares++;
  }
  expect(days / rounds).toBeGreaterThan(0.93);
  expect(days / rounds).toBeLessThan(0.975);
  expect(shares / rounds).toBeGreaterThan(0.92);
  expect(shares / rounds).toBeLessThan(0.975);
});
