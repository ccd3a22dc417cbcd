import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays, endedHour, localDay, startOfDay } from '../../../pipelines/contract/src/calendar.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const at = (text: string): number => Date.parse(`${text}+07:00`);

it('the last hour that is over, a week earlier, is that of the same time of the clock', () => {
  expect(endedHour(at('2026-11-29T10:42:07'), 7, ZONE)).toEqual({
    day: '2026-11-22',
    hour: 9,
    end: at('2026-11-22T10:00:00'),
  });
  expect(endedHour(at('2026-11-29T10:00:00'), 7, ZONE).end).toBe(at('2026-11-22T10:00:00'));
});

it('in the first hour of a day it is the last one of the day before', () => {
  expect(endedHour(at('2026-11-29T00:30:00'), 7, ZONE)).toEqual({
    day: '2026-11-21',
    hour: 23,
    end: at('2026-11-22T00:00:00'),
  });
});

it('at any instant it ended at most an hour before, and on a day whose clock is changed within two', () => {
  const zones = fc.constantFrom(ZONE, 'America/Los_Angeles', 'Asia/Kathmandu', 'Europe/Berlin');
  fc.assert(
    fc.property(fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }), zones, (now, zone) => {
      const { day, hour, end } = endedHour(now, 0, zone);
      expect(end).toBeLessThanOrEqual(now);
      const isChanged = startOfDay(addDays(day, 1), zone) - startOfDay(day, zone) !== 86_400_000;
      expect(now - end).toBeLessThan(isChanged ? 7_200_000 : 3_600_000);
      expect([localDay(end - 1, zone), hour >= 0 && hour < 24]).toEqual([day, true]);
    }),
  );
});
