/** What chance a handful of reports allows: held against tables, against walks that were made up, and never firmer than they are many. */
import { lastTurn, outlookOf, tCdf } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomOf } from '../../portal/random.ts';

it.each([
  [1, 3.078, 0.9],
  [2, 1.886, 0.9],
  [3, 2.353, 0.95],
  [4, 2.776, 0.975],
  [5, 1.476, 0.9],
  [10, -1.372, 0.1],
  [29, 2.045, 0.975],
])('Student’s t with %d degrees of freedom is at %d as tables have it', (df, t, share) => {
  expect(tCdf(t, df)).toBeCloseTo(share, 3);
});

const points = (...values: number[]) => values.map((value, at) => ({ at, value }));

it('says nothing of two reports, and never more than so many steps can bear', () => {
  const ask = { target: 10, direction: 'up', ahead: 1 } as const;
  expect(outlookOf(points(1, 2), ask)).toBeUndefined();
  expect(outlookOf(points(1, 2, 3), ask)).toMatchObject({ probability: 0.25, steps: 2 });
  expect(outlookOf(points(8, 9, 10), ask)).toMatchObject({ probability: 0.75, expected: { value: 11 } });
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 3, maxLength: 20 }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom('up' as const, 'down' as const),
      (values, target, ahead, direction) => {
        const found = outlookOf(points(...values), { target, direction, ahead });
        const bound = 1 / (values.length + 1);
        for (const chance of [found?.probability, found?.low, found?.high]) {
          expect(chance).toBeGreaterThanOrEqual(bound - 1e-12);
          expect(chance).toBeLessThanOrEqual(1 - bound + 1e-12);
        }
        expect(found?.low).toBeLessThanOrEqual(found?.high ?? 0);
      },
    ),
  );
});

it('a missing report is a longer step, not none', () => {
  const whole = outlookOf(points(0, 1, 2, 3), { target: 9, direction: 'up', ahead: 2 });
  const gap = outlookOf(
    [
      { at: 0, value: 0 },
      { at: 2, value: 2 },
      { at: 3, value: 3 },
    ],
    { target: 9, direction: 'up', ahead: 2 },
  );
  expect(gap?.usual).toBeCloseTo(whole?.usual ?? 0);
});

it('of ten thousand walks its 80 % interval holds the end of about four in five, and its chances come true', () => {
  const random = randomOf('walks').next;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const walks = 10_000;
  let held = 0;
  let promised = 0;
  let met = 0;
  for (let walk = 0; walk < walks; walk++) {
    const steps = 3 + Math.floor(random() * 6);
    const ahead = 1 + Math.floor(random() * 4);
    const drift = normal();
    const values = [0];
    for (let at = 0; at < steps + ahead; at++) values.push((values.at(-1) ?? 0) + drift + normal());
    const end = values.at(-1) ?? 0;
    const target = (values[steps] ?? 0) + ahead * drift + 1.5 * normal() * Math.sqrt(ahead);
    const found = outlookOf(points(...values.slice(0, steps + 1)), { target, direction: 'up', ahead });
    if (found === undefined) continue;
    if (found.expected.low <= end && end <= found.expected.high) held++;
    promised += found.probability;
    if (end >= target) met++;
  }
  expect(held / walks).toBeGreaterThan(0.785);
  expect(held / walks).toBeLessThan(0.815);
  expect(Math.abs(promised - met) / walks).toBeLessThan(0.02);
});

it('the last turn is the latest period from which the best pace still does', () => {
  const of = (value: number, target: number, usual: number, best: number) =>
    lastTurn({ value, target, direction: 'up', ahead: 10 }, { usual, best });
  expect(of(0, 10, 1, 2)).toBeUndefined();
  expect(of(0, 15, 1, 2)).toBe(5);
  expect(of(0, 20, 1, 2)).toBe(0);
  expect(of(0, 21, 1, 2)).toBe(-1);
  expect(of(0, 5, 0, 0)).toBe(-1);
  expect(lastTurn({ value: 20, target: 5, direction: 'down', ahead: 10 }, { usual: -1, best: -2 })).toBe(5);
});
