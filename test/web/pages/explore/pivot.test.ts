/** Two dimensions held against each other: what stands where, and where keys lead. */
import { type AnswerRow, pivotOf } from '@room/contract';
import { expect, it } from 'vitest';
import { heatIn, movedBy, shownOf, spanOf } from '../../../../web/src/pages/explore/pivot.ts';

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

it('a cell shows its value, or its share of its row or column; a share of nothing is not known', () => {
  expect(shownOf('value', 6, 8, 10)).toBe(6);
  expect(shownOf('row', 6, 8, 10)).toBe(0.75);
  expect(shownOf('column', 6, 8, 10)).toBe(0.6);
  expect(shownOf('row', 6, undefined, 10)).toBeUndefined();
  expect(shownOf('row', 0, 0, 10)).toBeUndefined();
  expect(shownOf('column', undefined, 8, 10)).toBeUndefined();
  expect(spanOf(pivot, 'value')).toEqual({ least: 2, most: 6 });
  expect(spanOf(pivot, 'row')).toEqual({ least: 0.25, most: 1 });
});

it('of a measure that is a share there are no shares', () => {
  expect([
    heatIn('row', 'submitted'),
    heatIn('row', 'shareOnTime'),
    heatIn('x', 'late'),
    heatIn(undefined, 'late'),
  ]).toEqual(['row', 'value', 'value', 'value']);
});

it.each([
  ['ArrowRight', false, { row: 1, column: 2 }],
  ['ArrowLeft', false, { row: 1, column: 0 }],
  ['ArrowUp', false, { row: 0, column: 1 }],
  ['ArrowDown', false, { row: 2, column: 1 }],
  ['Home', false, { row: 1, column: 0 }],
  ['End', false, { row: 1, column: 3 }],
  ['Home', true, { row: 0, column: 0 }],
  ['End', true, { row: 2, column: 3 }],
  ['a', false, undefined],
])('%s (Ctrl %s) leads from the middle, and never out of the grid', (key, ctrlKey, to) => {
  expect(movedBy({ key, ctrlKey }, { row: 1, column: 1 }, 2, 3)).toEqual(to);
  const edge = movedBy({ key, ctrlKey }, { row: 2, column: 3 }, 2, 3);
  if (to !== undefined) expect(edge?.row).toBeLessThanOrEqual(2);
  if (to !== undefined) expect(edge?.column).toBeLessThanOrEqual(3);
});
