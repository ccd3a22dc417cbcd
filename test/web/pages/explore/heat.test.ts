import type { CurvePoint } from '@room/contract';
import { expect, it } from 'vitest';
import { heatOf, shadeOf } from '../../../../web/src/pages/explore/heat.ts';
import { cumulativeOf, fewWith } from '../../../../web/src/pages/explore/pareto.ts';
import { catalogue } from '../../room.ts';

const hours = (day: string, of: (hour: number) => CurvePoint['now']): CurvePoint[] =>
  Array.from({ length: 24 }, (_, hour) => {
    const now = of(hour);
    return { at: `${day}T${String(hour).padStart(2, '0')}`, ...(now === undefined ? {} : { now }) };
  });
const nine = (submitted: number) => (hour: number) => (hour === 9 ? { submitted } : undefined);
/** Of the made-up calendar: Friday 20 November 2026 is off. */
const calendar = {
  ...catalogue.calendar,
  daysOff: [{ date: '2026-11-20', label: { vi: '', en: '' }, kind: '' }],
};
const LATER = '2026-12-31T00';

it('is the mean of the days of each weekday; an hour without anything is one of none', () => {
  const points = [...hours('2026-11-12', nine(10)), ...hours('2026-11-19', nine(20))];
  const { rows, most, left } = heatOf(points, 'submitted', { calendar }, LATER);
  expect(rows[3]).toMatchObject({ weekday: 4, days: 2 });
  expect([rows[3]?.values[9], rows[3]?.values[3], most, left]).toEqual([15, 0, 15, 0]);
  expect([rows[0]?.days, rows[0]?.values[9]]).toEqual([0, undefined]);
});

it('a day off is none of its weekday, nor is one of which nothing is known; what is not over counts for nothing', () => {
  const points = [
    ...hours('2026-11-13', nine(10)),
    ...hours('2026-11-20', nine(1_000)),
    ...hours('2026-11-27', () => undefined),
  ];
  const found = heatOf(points, 'submitted', { calendar }, LATER);
  expect([found.rows[4]?.days, found.rows[4]?.values[9], found.left]).toEqual([1, 10, 1]);
  expect(heatOf(points, 'submitted', { calendar }, '2026-11-13T09').rows[4]?.values[9]).toBeUndefined();
});

it('a share is that of all dossiers of the hour', () => {
  const points = [
    ...hours('2026-11-12', (hour) => (hour === 9 ? { onTime: 1, late: 0 } : undefined)),
    ...hours('2026-11-19', (hour) => (hour === 9 ? { onTime: 1, late: 2 } : undefined)),
  ];
  const { rows, least, most } = heatOf(points, 'shareOnTime', { calendar }, LATER);
  expect([rows[3]?.values[9], rows[3]?.values[10]]).toEqual([0.5, undefined]);
  expect([least, most]).toEqual([0.5, 0.5]);
});

it('shades go from nothing to the most; of shares from the least', () => {
  const of = { least: 40, most: 100 };
  expect([0, 19, 20, 99, 100].map((value) => shadeOf(value, of, false))).toEqual([0, 0, 1, 4, 4]);
  expect([40, 70, 100].map((value) => shadeOf(value, of, true))).toEqual([0, 2, 4]);
  expect(shadeOf(0, { least: 0, most: 0 }, false)).toBe(0);
});

it('so few have so much', () => {
  const cumulative = cumulativeOf([60, 20, 15, undefined, 5, -1], 100);
  expect(cumulative).toEqual([0.6, 0.8, 0.95, undefined, 1, 1]);
  expect(fewWith(cumulative)).toBe(2);
  expect(fewWith(cumulativeOf([10, 10], 100))).toBeUndefined();
  expect(cumulativeOf([0], 0)).toEqual([undefined]);
});
