import { shareInterval } from '@room/contract';
import { expect, it } from 'vitest';

/** Published examples of Wilson's interval (Newcombe 1998, method 3). */
it.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i lies between %f and %f', (part, whole, low, high) => {
  const found = shareInterval(part, whole);
  expect(found?.low).toBeCloseTo(low, 4);
  expect(found?.high).toBeCloseTo(high, 4);
});

it('the whole reaches 1, and is less sure the fewer it is of', () => {
  expect(shareInterval(20, 20)?.high).toBe(1);
  expect(shareInterval(2, 2)?.low).toBeLessThan(shareInterval(200, 200)?.low ?? 0);
});

it.each([
  [0, 0],
  [1, 0],
  [-1, 5],
  [6, 5],
  [Number.NaN, 5],
  [1, Number.NaN],
])('of %d out of %d nothing is said', (part, whole) => {
  expect(shareInterval(part, whole)).toBeUndefined();
});
