/**
 * Direct regressions: how far each step ahead departs from what its slot held in the last two cycles, straight from the latest
 * such departures. No step rests on the one before, so errors do not run away as those of a recursion may.
 */
import { entry, factorise, NormalEquations, solveLower, solveUpper } from './linear.ts';

/** What the last cycle weighs beside the one before it. */
const LATEST = 0.6;
/** Latest departures that are looked at, beside their means over a season and over a cycle. */
const MEMORY = 26;
const PENALTY = 10;
/** Cycles in which a row's weight halves. */
const HALF_LIFE = 8;
/** Seasons ahead that have a regression of their own; beyond, the cycle repeats itself. */
const SEASONS_AHEAD = 2;
/** What a known value still teaches, however wild: its weight is its own and this, at most 1. */
const LEAST_SAY = 0.3;
/** Departures further than this are an explosion, not a forecast. */
const FURTHEST = 10;

/** Paths of `horizon` steps from every origin (ascending), each fitted on what was known there. `weights` are one a value, 0 to 1. */
export function directPaths(
  z: Float64Array,
  weights: Float64Array,
  season: number,
  cycle: number,
  origins: readonly number[],
  horizon: number,
): Float64Array[] {
  const reach = Math.min(horizon, SEASONS_AHEAD * season, cycle);
  const n = z.length;
  const usual = new Float64Array(n + horizon);
  const departures = new Float64Array(n);
  const sums = new Float64Array(n + 1);
  for (let t = cycle; t < n + reach; t++) {
    const last = entry(z, t - cycle);
    usual[t] = t < 2 * cycle ? last : LATEST * last + (1 - LATEST) * entry(z, t - 2 * cycle);
    if (t >= n) continue;
    departures[t] = entry(z, t) - entry(usual, t);
    sums[t + 1] = entry(sums, t) + entry(departures, t);
  }
  const size = MEMORY + 2;
  const row = new Float64Array(size);
  const fill = (t: number): void => {
    for (let i = 0; i < MEMORY; i++) row[i] = departures[t - 1 - i] as number;
    const back = Math.min(cycle, t - cycle);
    row[MEMORY] = (entry(sums, t) - entry(sums, t - season)) / season;
    row[MEMORY + 1] = (entry(sums, t) - entry(sums, t - back)) / back;
  };
  const equations = new NormalEquations(size);
  const factor = new Float64Array(size * size);
  const moments = new Float64Array(reach * size);
  const growth = 2 ** (1 / (HALF_LIFE * cycle));
  // A row can be learned from once all of its steps are known.
  let unit = 1;
  let learned = cycle + Math.max(season, MEMORY);
  return origins.map((origin) => {
    for (; learned + reach <= origin; learned++, unit *= growth) {
      fill(learned);
      equations.add(row, 0, unit);
      for (let j = 0; j < reach; j++) {
        const weight = weights[learned + j] as number;
        const say = weight > 0 ? Math.min(1, LEAST_SAY + weight) : 0;
        const pull = unit * say * (departures[learned + j] as number);
        for (let i = 0; i < size; i++) {
          moments[j * size + i] = (moments[j * size + i] as number) + pull * (row[i] as number);
        }
      }
    }
    const path = new Float64Array(horizon);
    const slot = (j: number): number => entry(z, Math.max(0, origin - cycle + (j % cycle)));
    if (unit === 1) return path.map((_, j) => slot(j));
    equations.settle();
    factor.set(equations.gram);
    for (let i = 0; i < size; i++) factor[i * size + i] = entry(factor, i * size + i) + PENALTY * unit;
    factorise(factor, size);
    fill(origin);
    // The latest departures weigh the learned rows; each step then only sums what followed them.
    solveLower(factor, size, row);
    solveUpper(factor, size, row);
    for (let j = 0; j < horizon; j++) {
      if (j >= reach) {
        path[j] = slot(j);
        continue;
      }
      let departure = 0;
      for (let i = 0; i < size; i++) departure += (moments[j * size + i] as number) * (row[i] as number);
      path[j] = entry(usual, origin + j) + Math.max(-FURTHEST, Math.min(FURTHEST, departure));
    }
    return path;
  });
}
