import { expect, it } from 'vitest';
import { quickPeriods } from '../../../web/src/app/quick.ts';

const of = (today: string): Record<string, string> =>
  Object.fromEntries(quickPeriods(today).map(({ name, period: { from, to } }) => [name, `${from} ${to}`]));

it('ends with the last day that is over, and keeps to months', () => {
  expect(of('2026-11-19')).toEqual({
    yesterday: '2026-11-18 2026-11-18',
    last7Days: '2026-11-12 2026-11-18',
    last30Days: '2026-10-20 2026-11-18',
    last90Days: '2026-08-21 2026-11-18',
    thisMonth: '2026-11-01 2026-11-18',
    lastMonth: '2026-10-01 2026-10-31',
  });
});

it('crosses the year and the leap day', () => {
  const { lastMonth, yesterday } = of('2028-01-01');
  expect([lastMonth, yesterday]).toEqual(['2027-12-01 2027-12-31', '2027-12-31 2027-12-31']);
  expect(of('2028-03-01')).toMatchObject({ thisMonth: '2028-03-01 2028-03-01' });
  expect(of('2028-03-01')).toMatchObject({ lastMonth: '2028-02-01 2028-02-29', yesterday: '2028-02-29 2028-02-29' });
});
