/** A long question in stretches: together they are the whole. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, EVERYTHING, querySchema } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { likeDays } from '../../../pipelines/warehouse/src/query/like-days.ts';
import { comparedWith, type Plan, planOf, pointsOf } from '../../../pipelines/warehouse/src/query/plan.ts';
import { stretchesOf } from '../../../pipelines/warehouse/src/query/stretches.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
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
        const stretches = stretchesOf(query, rows, most).map((one) => one.query);
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

it('beside its like of the whole period stands every day, hour and month, also where a stretch has none', () => {
  fc.assert(
    fc.property(
      grains,
      fc.integer({ min: 0, max: 700 }),
      fc.integer({ min: 0, max: 92 }),
      fc.integer({ min: 1, max: 40 }),
      (grain, start, length, most) => {
        const from = addDays('2025-01-01', start);
        const query = querySchema.parse({ from, to: addDays(from, length), grain, compare: 'day-types' });
        const ground = { catalogue, timeZone: catalogue.timeZone, today: '2026-11-19' };
        fc.pre(likeDays(catalogue.calendar, query).of.size > 0);
        const pairs = ({ points: { now, before } }: Pick<Plan, 'points'>): (string | undefined)[][] =>
          now.map((at, n) => [at, before[n] || undefined]);
        const stretches = stretchesOf(query, 2, most);
        const found = stretches.flatMap(({ query: one, known }) =>
          pairs(planOf(one, { ...ground, known }, EVERYTHING)),
        );
        expect(found).toEqual(pairs(planOf(query, ground, EVERYTHING)));
        const points = pointsOf(query, grain).length;
        const each = grain === 'hour' ? 24 * Math.max(1, Math.floor(most / 96)) : Math.max(1, Math.floor(most / 4));
        expect(stretches.length).toBe(Math.ceil(points / each));
      },
    ),
    { numRuns: 200, seed: 16 },
  );
});

it('a question without points is its own', () => {
  const whole = querySchema.parse({ from: '2026-01-01', to: '2026-12-31', compare: 'day-types' });
  expect(stretchesOf(whole, 10, 5).map(({ query }) => query)).toEqual([whole]);
});
