import { expect, it } from 'vitest';
import { askedPeriod } from '../../../web/src/app/asked-period.ts';

const TODAY = '2026-11-19';
const day = (of: string) => ({ from: of, to: of });

it('without a period it is the day that ended last', () => {
  expect(askedPeriod({ lang: 'en' }, TODAY)).toEqual({ period: day('2026-11-18') });
});

it('takes what is asked for, up to the day that runs and beyond', () => {
  expect(askedPeriod({ day: TODAY }, TODAY)).toEqual({ period: day(TODAY) });
  const month = { from: '2026-11-01', to: '2026-11-30' };
  expect(askedPeriod(month, TODAY)).toEqual({ period: month });
});

it.each([{ day: '2026-13-45' }, { day: '19/11/2026' }, { to: '2026-11-18' }, { from: '2026-11-18', to: '2026-11-01' }])(
  'says that it cannot read %o, and shows no other day as if it were that one',
  (query) => {
    expect(askedPeriod(query, TODAY)).toMatchObject({ fault: 'periodUnreadable' });
  },
);

it('a period that has not begun has no numbers', () => {
  expect(askedPeriod({ day: '2027-01-01' }, TODAY)).toMatchObject({ fault: 'periodToCome' });
});
