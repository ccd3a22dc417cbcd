import { expect, it } from 'vitest';
import { barsOf } from '../../../../web/src/pages/past/bars.ts';

const period = (from: string, to: string, days: Record<string, number> = {}) => barsOf({ period: { from, to }, days });

it('a day of which nothing is known is no zero', () => {
  expect(period('2026-11-18', '2026-11-20', { '2026-11-18': 7, '2026-11-20': 0 })).toEqual({
    grain: 'day',
    bars: [
      { from: '2026-11-18', to: '2026-11-18', count: 7 },
      { from: '2026-11-19', to: '2026-11-19', count: undefined },
      { from: '2026-11-20', to: '2026-11-20', count: 0 },
    ],
  });
});

it('a hundred days are days; more than a chart can part are weeks from Monday to Sunday, with parts of one at both ends', () => {
  expect(period('2026-08-21', '2026-11-28').bars).toHaveLength(100);
  // From a Thursday to a Wednesday.
  const { grain, bars } = period('2026-06-04', '2026-11-25');
  expect(grain).toBe('week');
  expect([bars[0], bars[1], bars.at(-1)].map((bar) => [bar?.from, bar?.to])).toEqual([
    ['2026-06-04', '2026-06-07'],
    ['2026-06-08', '2026-06-14'],
    ['2026-11-23', '2026-11-25'],
  ]);
});

it('a week has what an average known day of it had', () => {
  const days = { '2026-06-08': 10, '2026-06-10': 21, '2026-11-25': 8 };
  const { bars } = period('2026-06-04', '2026-11-25', days);
  expect([bars[0]?.count, bars[1]?.count, bars.at(-1)?.count]).toEqual([undefined, 16, 8]);
});
