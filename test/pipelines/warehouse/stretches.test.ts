/** A long question in stretches: together they are the whole. */
import { addDays, querySchema } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { comparedWith, pointsOf } from '../../../pipelines/warehouse/src/query/plan.ts';
import { stretchesOf } from '../../../pipelines/warehouse/src/query/stretches.ts';

const grains = fc.constantFrom('hour' as const, 'day' as const, 'month' as const);
const compares = fc.constantFrom('none', 'previous', 'year-before', '2020-02-20:2020-04-05');

it('every point stands in one of them, in order, beside the one that it is held against in the whole', () => {
  fc.assert(
    fc.property(
      grains,
      compares,
      fc.integer({ min: 0, max: 4_000 }),
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 2_000 }),
      (grain, compare, start, length, rows, most) => {
        const from = addDays('2019-01-01', start);
        const query = querySchema.parse({ from, to: addDays(from, length), grain, compare });
        const against = query.compare === 'day-types' ? undefined : comparedWith(query, query.compare);
        const [now, before] = [pointsOf(query, grain), against === undefined ? [] : pointsOf(against, grain)];
        const stretches = stretchesOf(query, rows, most);
        const pairs = stretches.flatMap((one) => {
          const beside = typeof one.compare === 'object' ? pointsOf(one.compare, grain) : [];
          return pointsOf(one, grain).map((at, n) => [at, beside[n]]);
        });
        expect(pairs).toEqual(now.map((at, n) => [at, before[n]]));
        // Not a day more than the period, nor than the one that it is held against.
        expect([stretches[0]?.from, stretches.at(-1)?.to]).toEqual([query.from, query.to]);
        const sides = against === undefined ? 1 : 2;
        const longest = Math.max(...stretches.map((one) => pointsOf(one, grain).length));
        expect(longest).toBeLessThanOrEqual(Math.max(grain === 'hour' ? 24 : 1, most / (rows * sides)));
      },
    ),
    { numRuns: 300, seed: 16 },
  );
});

it('a question without points is its own, and one by like days is not cut', () => {
  const whole = querySchema.parse({ from: '2026-01-01', to: '2026-12-31', compare: 'day-types' });
  expect(stretchesOf(whole, 10, 5)).toEqual([whole]);
  expect(stretchesOf({ ...whole, grain: 'day' }, 10, 5)).toEqual([{ ...whole, grain: 'day' }]);
});
