import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, dayTypeOf, EVERYTHING, isoWeekday, periodOf, querySchema } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { likeDays } from '../../../pipelines/warehouse/src/query/like-days.ts';
import { planOf } from '../../../pipelines/warehouse/src/query/plan.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const { calendar } = catalogue;
const one = (day: string): string | undefined => likeDays(calendar, { from: day, to: day }).of.get(day);

describe('a day stands beside', () => {
  it.each([
    ['the same weekday 52 weeks earlier', '2026-11-18', '2025-11-19'],
    ['the same day of the lunar new year', '2026-02-17', '2025-01-29'],
    ['as many days after it', '2026-02-26', '2025-02-07'],
    ['the day before its holidays', '2026-02-13', '2025-01-24'],
    ['the same holiday, which is of the lunar calendar too', '2026-04-26', '2025-04-07'],
    ['the same holiday on another weekday', '2026-09-02', '2025-09-02'],
    // A Saturday that was worked, 52 weeks before which stands one that was not: the day before.
    ['a working day, where it is a worked Saturday', '2026-08-22', '2025-08-22'],
    ['no day off, where it is none', '2026-04-30', '2025-04-30'],
  ])('%s: %s beside %s', (_name, day, like) => expect(one(day)).toBe(like));

  it('nothing, where the year before had no such holiday, or the calendar does not know', () => {
    expect(likeDays(calendar, { from: '2026-11-20', to: '2026-11-25' }).missing).toEqual(['2026-11-24']);
    expect(likeDays(calendar, { from: '2024-03-01', to: '2024-03-31' }).of.size).toBe(0);
  });
});

it('of any period each day has a like of its own, of its type and before it begins', () => {
  for (let from = '2025-01-01'; from < '2026-12-01'; from = addDays(from, 17))
    for (const length of [1, 7, 28, 31, 90, 365]) {
      const period = { from, to: addDays(from, length - 1) };
      const { of, missing } = likeDays(calendar, period);
      expect(of.size + missing.length).toBe(length);
      expect(new Set(of.values()).size).toBe(of.size);
      for (const [day, like] of of) {
        expect(dayTypeOf(calendar, like)).toBe(dayTypeOf(calendar, day));
        expect(like < from).toBe(true);
      }
      // Of 2025 the year before is not known whole; a year has a day more than 52 weeks.
      const unlike = missing.filter((day) => dayTypeOf(calendar, day) !== 'holiday');
      if (from >= '2025-02-20') expect(unlike.length).toBeLessThanOrEqual(length > 364 ? 6 : 0);
    }
});

it('most days keep their weekday', () => {
  const { of } = likeDays(calendar, { from: '2026-06-01', to: '2026-07-31' });
  const same = [...of].filter(([day, like]) => isoWeekday(day) === isoWeekday(like));
  expect(same.length / of.size).toBeGreaterThan(0.9);
});

it('asks for no more than is answered before any day is looked at, and looks at few for each', () => {
  let looked = 0;
  const counted = {
    ...calendar,
    get daysOff() {
      looked++;
      return calendar.daysOff;
    },
  };
  const ground = { catalogue: { ...catalogue, calendar: counted }, timeZone: catalogue.timeZone, today: '2026-11-19' };
  const ask = (from: string, to: string): number => {
    looked = 0;
    const query = querySchema.parse({ from, to, compare: 'day-types' });
    expect(() => planOf(query, ground, EVERYTHING)).toThrow(/at most 7320 days|no day has a like/);
    return looked;
  };
  expect(ask('1990-01-01', '2099-12-31')).toBe(0);
  expect(ask('2030-01-01', '2049-12-31')).toBeLessThan(10);
  expect(ask(calendar.from, calendar.to)).toBeLessThan(10_000);
});

it('is asked about days that every date and the warehouse know', () => {
  expect(querySchema.safeParse({ from: '0001-01-01', to: '9999-12-31' }).error?.issues[0]?.message).toBe(
    'a day from 1990-01-01 to 2099-12-31',
  );
  expect(
    querySchema.safeParse({ from: '2026-01-01', to: '2026-01-02', compare: '9999-12-01:9999-12-31' }).success,
  ).toBe(false);
  expect(periodOf('past:9999-12-30:9999-12-31')).toBeUndefined();
  // Whoever walks from day to day past the last one ends.
  expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
  expect(() => addDays('0000-01-01', -1)).toThrow(RangeError);
});
