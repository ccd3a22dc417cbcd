import { expect, it } from 'vitest';
import { sparkPaths } from '../../../web/src/charts/spark.ts';

it('draws a path for each stretch of what is known, from zero at the foot to the top', () => {
  expect(sparkPaths([0, 5, 10], 10, 100, 20)).toEqual(['M0.0 20.0 L50.0 10.0 L100.0 0.0']);
});

it('leaves out what is not known: it is no zero', () => {
  expect(sparkPaths([1, undefined, 2, 2], 2, 30, 10)).toEqual(['M0.0 5.0 h1', 'M20.0 0.0 L30.0 0.0']);
  expect(sparkPaths([undefined, undefined], 2, 30, 10)).toEqual([]);
});

it('stays in its box where there is nothing above zero', () => {
  expect(sparkPaths([0, -3], 0, 10, 10)).toEqual(['M0.0 10.0 L10.0 10.0']);
});
