/** Two dimensions held against each other: what stands where. */
import { type AnswerRow, pivotOf } from '@room/contract';
import { expect, it } from 'vitest';

const row = (key: string[], submitted?: number): AnswerRow => ({
  key,
  ...(submitted === undefined ? {} : { now: { submitted } }),
});
const pivot = pivotOf(
  [row(['A', 'x'], 6), row(['A', 'y'], 2), row(['B', 'x'], 4), row(['B', 'z'])],
  [row(['A'], 8), row(['B'], 4)],
  [row(['x'], 10), row(['y'], 2), row(['z'])],
  row([], 12),
  'submitted',
);

it('has the order of its lines and their own totals; a meeting of which nothing is known is no zero', () => {
  expect(pivot.rows).toEqual([
    { code: 'A', total: 8 },
    { code: 'B', total: 4 },
  ]);
  expect(pivot.columns.map(({ code }) => code)).toEqual(['x', 'y', 'z']);
  expect([pivot.total, pivot.value('A', 'x'), pivot.value('B', 'y'), pivot.value('B', 'z')]).toEqual([
    12,
    6,
    undefined,
    undefined,
  ]);
});
