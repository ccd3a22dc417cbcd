import { expect, it } from 'vitest';
import { barsOf, hoursIn } from '../../../../web/src/pages/past/bars.ts';

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

it('a single day is shown by its hours: after the last report nothing is known, before it nothing is nothing where enough is reported', () => {
  const start = Date.parse('2026-11-18T00:00:00+07:00');
  const day = {
    period: { from: '2026-11-18', to: '2026-11-18' },
    hours: { [start / 1_000 + 9 * 3_600]: 7 },
    coverage: { asOf: start + 17.5 * 3_600_000, share: 0.9 },
  };
  const counts = (isKnown: boolean) => hoursIn(day, 'Asia/Ho_Chi_Minh', isKnown)?.bars.map(({ count }) => count);
  expect(counts(true)).toEqual([...Array(9).fill(0), 7, ...Array(8).fill(0), ...Array(6).fill(undefined)]);
  expect(counts(false)?.filter((count) => count !== undefined)).toEqual([7]);
  expect(hoursIn({ ...day, hours: {} }, 'Asia/Ho_Chi_Minh', true)).toBeUndefined();
  expect(
    hoursIn({ ...day, period: { from: '2026-11-17', to: '2026-11-18' } }, 'Asia/Ho_Chi_Minh', true),
  ).toBeUndefined();
});

it('a day of a changed clock has as many hours as it had', () => {
  const start = Date.parse('2026-03-08T00:00:00-08:00');
  const day = { period: { from: '2026-03-08', to: '2026-03-08' }, hours: { [start / 1_000]: 1 } };
  expect(hoursIn(day, 'America/Los_Angeles', true)?.bars).toHaveLength(23);
});
