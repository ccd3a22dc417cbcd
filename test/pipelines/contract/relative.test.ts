import { addDays, dayMeant, isRelative, movingWith, questionSchema } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** A Saturday. */
const TODAY = '2026-11-28';

it.each([
  ['day', 'day', '2026-11-28', '2026-11-28'],
  ['day-28', 'day-1', '2026-10-31', '2026-11-27'],
  ['week', 'week', '2026-11-23', '2026-11-29'],
  ['week-1', 'week-1', '2026-11-16', '2026-11-22'],
  ['month', 'day', '2026-11-01', '2026-11-28'],
  ['month-9', 'month-9', '2026-02-01', '2026-02-28'],
  ['month-12', 'month-11', '2025-11-01', '2025-12-31'],
  ['year-1', 'year-1', '2025-01-01', '2025-12-31'],
  ['2026-11-01', 'day', '2026-11-01', '2026-11-28'],
])('from %s to %s is %s to %s', (from, to, first, last) => {
  expect([dayMeant(from, 'from', TODAY), dayMeant(to, 'to', TODAY)]).toEqual([first, last]);
});

it.each([
  ['2026-11-01', '2026-11-28', 'month', 'day'],
  ['2026-10-01', '2026-10-31', 'month-1', 'month-1'],
  ['2026-01-01', '2026-11-28', 'year', 'day'],
  ['2025-01-01', '2025-12-31', 'year-1', 'year-1'],
  ['2026-10-31', '2026-11-27', 'day-28', 'day-1'],
  ['2026-11-28', '2026-12-24', 'day', '2026-12-24'],
])('%s to %s moves as %s to %s', (from, to, first, last) => {
  expect(movingWith({ from, to }, TODAY)).toEqual({ from: first, to: last });
});

it('what moves with the day means the same period today, whichever it is', () => {
  const day = fc.integer({ min: 0, max: 3_000 }).map((ago) => addDays(TODAY, -ago));
  fc.assert(
    fc.property(day, day, (one, other) => {
      const [from = '', to = ''] = [one, other].sort();
      const moving = movingWith({ from, to }, TODAY);
      expect([moving.from, moving.to].every(isRelative)).toBe(true);
      expect([dayMeant(moving.from, 'from', TODAY), dayMeant(moving.to, 'to', TODAY)]).toEqual([from, to]);
    }),
  );
});

it('a kept question is one of the API, but for days that move', () => {
  const good = { from: 'month-1', to: 'month-1', split: 'province', compare: '2025-01-01:2025-01-31', sort: 'late' };
  expect(questionSchema.parse(good)).toEqual(good);
  for (const [bad, path] of [
    [{ ...good, from: 'yesterday' }, ['from']],
    [{ ...good, to: 'day+1' }, ['to']],
    [{ ...good, split: 'colour' }, ['split']],
    [{ from: 'day' }, ['to']],
    [{ ...good, lang: 'vi' }, []],
  ] as const)
    expect(questionSchema.safeParse(bad).error?.issues[0]?.path).toEqual(path);
});
