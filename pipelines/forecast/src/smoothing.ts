/** Exponential smoothing of level, short and long season with autocorrelated errors; constants picked by one-step errors so far. */
import { entry } from './linear.ts';

interface Constants {
  level: number;
  short: number;
  long: number;
  /** Share of an error that is still there one step later. */
  carry: number;
}

function grid(levels: readonly number[], seasonal: readonly number[], carries: readonly number[]): Constants[] {
  return levels.flatMap((level) =>
    seasonal.flatMap((short) => seasonal.flatMap((long) => carries.map((carry) => ({ level, short, long, carry })))),
  );
}

const GRID = grid([0.003, 0.02, 0.1], [0.05, 0.15, 0.3], [0.6, 0.8, 0.9, 0.96]);
/** Without a long season its constant changes nothing. */
const SINGLE = GRID.filter(({ long }) => long === 0.05);
/** Steps in which an error's say in the choice halves. */
const MEMORY = 336;

/** Paths of `horizon` steps from every origin. `weights` of 0 mark filled values, which teach nothing. `long` 0: no long season. */
export function smoothedPaths(
  z: Float64Array,
  weights: Float64Array,
  short: number,
  long: number,
  origins: readonly number[],
  horizon: number,
): Float64Array[] {
  const cycle = long > 0 ? long : short;
  const last = origins.at(-1) ?? 0;
  const paths = origins.map(() => new Float64Array(horizon));
  const best = new Float64Array(origins.length).fill(Number.POSITIVE_INFINITY);
  const start = firstState(z, short, cycle, long > 0);
  const shortPart = new Float64Array(short);
  const longPart = new Float64Array(cycle);
  const growth = 2 ** (1 / MEMORY);
  for (const constants of long > 0 ? GRID : SINGLE) {
    shortPart.set(start.short);
    longPart.set(start.long);
    let { level } = start;
    let carried = 0;
    let loss = 0;
    let unit = 1;
    let next = 0;
    let inShort = 0;
    let inLong = 0;
    for (let t = 0; t <= last; t++) {
      if (t === origins[next]) {
        if (loss < entry(best, next)) {
          best[next] = loss;
          const path = paths[next] as Float64Array;
          let error = carried;
          for (let j = 0; j < horizon; j++) {
            error *= constants.carry;
            path[j] = level + entry(shortPart, (t + j) % short) + entry(longPart, (t + j) % cycle) + error;
          }
        }
        next++;
      }
      if (t === last) break;
      if ((weights[t] as number) > 0) {
        const raw = (z[t] as number) - level - (shortPart[inShort] as number) - (longPart[inLong] as number);
        const error = raw - constants.carry * carried;
        carried = raw;
        if (t > cycle) loss += unit * error * error;
        level += constants.level * error;
        shortPart[inShort] = (shortPart[inShort] as number) + constants.short * error;
        if (long > 0) longPart[inLong] = (longPart[inLong] as number) + constants.long * error;
      } else {
        carried *= constants.carry;
      }
      unit *= growth;
      inShort = inShort + 1 === short ? 0 : inShort + 1;
      inLong = inLong + 1 === cycle ? 0 : inLong + 1;
    }
  }
  return paths;
}

/** Share of the first cycle's own deviations that the long season starts with. */
const TRUST = 0.7;

function firstState(z: Float64Array, short: number, cycle: number, twoSeasons: boolean) {
  const seen = Math.min(z.length, cycle);
  let level = 0;
  for (let t = 0; t < seen; t++) level += entry(z, t) / seen;
  const shortPart = new Float64Array(short);
  const counts = new Float64Array(short);
  for (let t = 0; t < seen; t++) {
    shortPart[t % short] = entry(shortPart, t % short) + entry(z, t) - level;
    counts[t % short] = entry(counts, t % short) + 1;
  }
  for (let i = 0; i < short; i++) shortPart[i] = entry(shortPart, i) / Math.max(1, entry(counts, i));
  const longPart = new Float64Array(cycle);
  if (twoSeasons) {
    for (let t = 0; t < seen; t++) longPart[t] = TRUST * (entry(z, t) - level - entry(shortPart, t % short));
  }
  return { level, short: shortPart, long: longPart };
}
