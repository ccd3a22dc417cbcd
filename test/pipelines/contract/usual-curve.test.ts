import { addDays, type CurvePoint, USUAL_REACH, usualCurve } from '@room/contract';
import { expect, it } from 'vitest';

/** Thursday 19 November 2026 is a working day. */
const DAY = '2026-11-19';
const calendar = { weeklyRest: [6, 7], daysOff: [], worked: [], from: '2026-01-01', to: '2026-12-31' };
const days = (from: string, count: number, of: (day: string) => number | undefined): CurvePoint[] =>
  Array.from({ length: count }, (_, n) => {
    const at = addDays(from, n);
    const submitted = of(at);
    return submitted === undefined ? { at } : { at, now: { submitted } };
  });
const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
const earlier = (of: (day: string) => number | undefined): CurvePoint[] =>
  days(addDays(DAY, -USUAL_REACH), USUAL_REACH, of);

it('of a working day it is what working days had, of a rest day what rest days had', () => {
  const known = earlier((day) => (isWeekend(day) ? 100 : 1_000));
  const [thursday, saturday] = usualCurve([{ at: DAY }, { at: '2026-11-21' }], known, 'submitted', DAY, { calendar });
  expect(thursday).toMatchObject({ median: 1_000, days: 8 });
  expect(saturday).toMatchObject({ median: 100 });
  expect(thursday?.low).toBeLessThan(1_000);
  expect(thursday?.high).toBeGreaterThan(1_000);
});

it('is not told where fewer than four such days are known; a day of which nothing is known is none of zero', () => {
  const known = earlier((day) => (day >= addDays(DAY, -4) ? 1_000 : undefined));
  expect(usualCurve([{ at: DAY }], known, 'submitted', DAY, { calendar })).toEqual([undefined]);
  const more = earlier((day) => (day >= addDays(DAY, -10) ? 1_000 : undefined));
  expect(usualCurve([{ at: DAY }], more, 'submitted', DAY, { calendar })[0]?.median).toBe(1_000);
  expect(usualCurve([{ at: DAY }], [], 'submitted', DAY, { calendar })).toEqual([undefined]);
});

it('the day that runs tells nothing of a later one', () => {
  const known = [...earlier(() => 1_000), { at: DAY, now: { submitted: 3 } }];
  const [next] = usualCurve([{ at: addDays(DAY, 1) }], known, 'submitted', DAY, { calendar });
  expect(next).toMatchObject({ median: 1_000 });
});

it('an hour is held against the same hour; where a day that is known has nothing in it, it had none', () => {
  const known = earlier(() => 60).map(({ at, now }) => ({ at: `${at}T09`, ...(now === undefined ? {} : { now }) }));
  const [nine, ten] = usualCurve([{ at: `${DAY}T09` }, { at: `${DAY}T10` }], known, 'submitted', DAY, { calendar });
  expect([nine?.median, ten?.median]).toEqual([60, 0]);
});
