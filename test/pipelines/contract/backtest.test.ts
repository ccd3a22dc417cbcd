/** When an instance would have rung, from what was measured of it step by step. */
import { spansOf } from '@room/contract';
import { expect, it } from 'vitest';

const MINUTE = 60_000;
const limits = { side: 'above', limit: 10, recover: 10 } as const;
const spans = (...values: (number | null)[]) =>
  spansOf({ values, few: values.flatMap((value, n) => (value === null ? [n] : [])), unknown: [] }, MINUTE, limits, {
    forMs: 2 * MINUTE,
    keepMs: 0,
  });

it('what waits to ring begins anew after too few to tell, and what rings goes on', () => {
  expect(spans(20, 20, 20, 5)).toEqual([{ first: 2, end: 3 }]);
  expect(spans(20, 20, null, 20, 20, 5)).toEqual([]);
  expect(spans(20, 20, 20, null, null, 20, 5)).toEqual([{ first: 2, end: 6 }]);
});
