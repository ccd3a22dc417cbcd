import { addDays, dayTypeOf, isoWeekday, localDay, startOfDay, type Target, targetsOn } from '@room/contract';
import { expect, it } from 'vitest';

it('a local day begins where its zone says, on days of 23 and 25 hours too', () => {
  expect(startOfDay('2026-11-19', 'Asia/Ho_Chi_Minh')).toBe(Date.parse('2026-11-18T17:00:00Z'));
  const zone = 'America/Los_Angeles';
  expect(startOfDay('2017-11-06', zone) - startOfDay('2017-11-05', zone)).toBe(25 * 3_600_000);
  expect(startOfDay('2017-03-13', zone) - startOfDay('2017-03-12', zone)).toBe(23 * 3_600_000);
  for (const day of ['2017-03-12', '2017-11-05', '2026-01-01']) {
    expect(localDay(startOfDay(day, zone), zone)).toBe(day);
    expect(localDay(startOfDay(day, zone) - 1, zone)).toBe(addDays(day, -1));
  }
});

it('knows weekdays, and the type of a day only within the years of the calendar', () => {
  expect(isoWeekday('2026-11-22')).toBe(7);
  const label = { vi: 'x', en: 'x' };
  const calendar = {
    weeklyRest: [6, 7],
    daysOff: [{ date: '2026-01-02', label, kind: 'swap' }],
    worked: ['2026-01-10'],
    from: '2026-01-01',
    to: '2026-12-31',
  };
  expect(dayTypeOf(calendar, '2026-01-02')).toBe('holiday');
  expect(dayTypeOf(calendar, '2026-01-10')).toBe('working');
  expect(dayTypeOf(calendar, '2026-01-11')).toBe('rest');
  expect(dayTypeOf(calendar, '2027-01-01')).toBeUndefined();
});

it('a target counts from its first day to its last, both inclusive', () => {
  const target = (id: string, from: string, by: string): Target => {
    const label = { vi: id, en: id };
    return { id, label, metric: 'submitted', value: 1, from, by, source: { vi: 'a decision', en: 'a decision' } };
  };
  const targets = [target('year', '2026-01-01', '2026-12-31'), target('quarter', '2026-10-01', '2026-12-31')];
  const on = (day: string): string[] => targetsOn({ targets }, day).map(({ id }) => id);
  expect(on('2025-12-31')).toEqual([]);
  expect(on('2026-01-01')).toEqual(['year']);
  expect(on('2026-10-01')).toEqual(['year', 'quarter']);
  expect(on('2026-12-31')).toEqual(['year', 'quarter']);
  expect(on('2027-01-01')).toEqual([]);
  expect(targetsOn({}, '2026-11-19')).toEqual([]);
});
