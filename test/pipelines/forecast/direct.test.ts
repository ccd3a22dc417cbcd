import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directPaths } from '../../../pipelines/forecast/src/direct.ts';
import { randomOf } from '../../portal/random.ts';

const SEASON = 24;
const CYCLE = 168;
const HORIZON = 48;

const pattern = (t: number): number => Math.sin((2 * Math.PI * (t % SEASON)) / SEASON) + (t % CYCLE >= 120 ? -1 : 0);

/** The pattern, and departures of which each step keeps nine tenths. */
function departing(cycles: number, seed: string): { z: Float64Array; departures: Float64Array } {
  const random = randomOf(seed);
  const departures = new Float64Array(cycles * CYCLE);
  for (let t = 1; t < departures.length; t++)
    departures[t] = 0.9 * (departures[t - 1] as number) + 0.1 * (random.next() + random.next() + random.next() - 1.5);
  return { z: departures.map((value, t) => pattern(t) + value), departures };
}

const pathOf = (z: Float64Array, origin = z.length, horizon = HORIZON): Float64Array => {
  const [path] = directPaths(z, new Float64Array(z.length).fill(1), SEASON, CYCLE, [origin], horizon);
  if (path === undefined) throw new Error('no path');
  return path;
};

describe('direct regressions', () => {
  it('go on with a cycle that repeats itself', () => {
    const z = Float64Array.from({ length: 8 * CYCLE }, (_, t) => pattern(t));
    for (const [step, value] of pathOf(z).entries()) expect(value).toBeCloseTo(pattern(z.length + step), 9);
  });

  it('learn how departures fade: nearer to what comes than the same hours of the last cycle', () => {
    let [ours, slots] = [0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const { z } = departing(11, `direct ${seed}`);
      const origin = 10 * CYCLE;
      const path = pathOf(z.subarray(0, origin));
      for (let step = 0; step < HORIZON; step++) {
        const truth = z[origin + step] as number;
        ours += Math.abs((path[step] as number) - truth);
        slots += Math.abs((z[origin + step - CYCLE] as number) - truth);
      }
    }
    expect(ours).toBeLessThan(0.85 * slots);
  });

  it('know nothing of what came after an origin', () => {
    const { z } = departing(9, 'later');
    fc.assert(
      fc.property(fc.integer({ min: 2 * CYCLE, max: z.length - 1 }), fc.double({ min: -5, max: 5 }), (origin, wild) => {
        const other = z.slice();
        other.fill(wild, origin);
        expect(pathOf(other, origin)).toEqual(pathOf(z, origin));
      }),
      { numRuns: 20 },
    );
  });

  it('make the same of an origin alone as of several', () => {
    const { z } = departing(9, 'several');
    const origins = [4 * CYCLE, 6 * CYCLE + 5, z.length];
    const paths = directPaths(z, new Float64Array(z.length).fill(1), SEASON, CYCLE, origins, HORIZON);
    for (const [n, origin] of origins.entries()) expect(paths[n]).toEqual(pathOf(z, origin));
  });

  it('repeat the last cycle where too little is known to learn from, and further ahead than two seasons', () => {
    const { z } = departing(9, 'short');
    const short = pathOf(z, CYCLE + 10);
    for (const [step, value] of short.entries()) expect(value).toBe(z[10 + step]);
    const far = pathOf(z, z.length, 3 * SEASON);
    for (let step = 2 * SEASON; step < far.length; step++) expect(far[step]).toBe(z[z.length - CYCLE + step]);
  });

  it('never run away, however wild a value was', () => {
    const { z } = departing(9, 'wild');
    const wild = z.slice();
    wild[wild.length - 3] = 1e6;
    const weights = new Float64Array(z.length).fill(1);
    weights[wild.length - 3] = 0;
    const [path] = directPaths(wild, weights, SEASON, CYCLE, [wild.length], HORIZON);
    for (const value of path ?? []) expect(Math.abs(value)).toBeLessThan(20);
  });
});
