/** When units are reminded of directives. */
import { describe, expect, it } from 'vitest';
import { daysLeft, nextReminder } from '../../../../server/src/alerts/directives/schedule.ts';

const ROOM = { timeZone: 'Asia/Ho_Chi_Minh' };
const at = (text: string): number => Date.parse(`${text}+07:00`);
const remindersFrom = (start: string, due: string, n: number): string[] => {
  const found: string[] = [];
  for (let now = at(start); found.length < n; now = nextReminder(due, now, ROOM))
    if (now !== at(start)) found.push(new Date(now + 7 * 3_600_000).toISOString().slice(0, 16));
  return found;
};

describe('reminders', () => {
  it('come three days before, on the day, the day after, and then each week', () => {
    expect(remindersFrom('2026-11-01T12:00:00', '2026-11-20', 5)).toEqual([
      '2026-11-17T08:00',
      '2026-11-20T08:00',
      '2026-11-21T08:00',
      '2026-11-28T08:00',
      '2026-12-05T08:00',
    ]);
  });

  it('that have passed are not made up for', () => {
    expect(remindersFrom('2026-11-20T08:00:00', '2026-11-20', 1)).toEqual(['2026-11-21T08:00']);
    expect(remindersFrom('2026-11-28T08:00:00', '2026-11-20', 1)).toEqual(['2026-12-05T08:00']);
    expect(remindersFrom('2027-03-01T00:00:00', '2026-11-20', 1)).toEqual(['2027-03-06T08:00']);
  });

  it('are always to come, whatever the day and the moment', () => {
    for (let hour = 0; hour < 24 * 60; hour += 5) {
      const now = at('2026-11-01T00:30:00') + hour * 3_600_000;
      const next = nextReminder('2026-11-20', now, ROOM);
      expect(next).toBeGreaterThan(now);
      expect(next - now).toBeLessThanOrEqual(19 * 86_400_000);
    }
  });
});

it('a directive is due until its day is over', () => {
  expect(daysLeft('2026-11-20', at('2026-11-20T23:59:59'), ROOM)).toBe(0);
  expect(daysLeft('2026-11-20', at('2026-11-21T00:00:00'), ROOM)).toBe(-1);
  expect(daysLeft('2026-11-20', at('2026-11-13T08:00:00'), ROOM)).toBe(7);
});
