/** A report of several hours is drawn over them, by its average of an hour; what nobody reported stays apart. */
import { expect, it } from 'vitest';
import { heightOf, spansOf } from '../../../../web/src/pages/links/spans.ts';

it('covers the hours that a report tells of, no higher than they were on average', () => {
  const spans = spansOf([
    { at: 0 },
    { at: 1, requests: 600, failed: 12 },
    ...[2, 3, 4, 5, 6].map((at) => ({ at, isWithin: true as const })),
    { at: 7, requests: 90, failed: 0 },
    { at: 8 },
  ]);
  expect(spans).toEqual([
    { at: 0, points: 1 },
    { at: 1, points: 6, requests: 600, failed: 12 },
    { at: 7, points: 1, requests: 90, failed: 0 },
    { at: 8, points: 1 },
  ]);
  expect(spans.map(heightOf)).toEqual([0, 100, 90, 0]);
});
