import { expect, it } from 'vitest';
import { withEarlier } from '../../../pipelines/src/pulse/earlier.ts';

const level = (overdue: number, series: number) => ({ open: 2 * overdue, overdue, oldest: 1, series });

it('of a week ago that is told which as many told of, and nothing where few had', () => {
  const now = level(18_760, 100);
  const told = { open: 37_520, overdue: 18_760, oldest: 1 };
  expect(withEarlier(now, { week: level(18_000, 99), month: level(900, 5) }, 0.9)).toEqual({
    ...told,
    weekBefore: 18_000,
  });
  expect(withEarlier(now, { week: level(948, 6), month: level(17_000, 120) }, 0.9)).toEqual({
    ...told,
    monthBefore: 17_000,
  });
  expect(withEarlier(now, { week: undefined, month: undefined }, 0.9)).toEqual(told);
  expect(withEarlier(undefined, { week: now, month: now }, 0.9)).toBeUndefined();
});
