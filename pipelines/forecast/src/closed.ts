/** Where a series has come to exactly zero: what was closed for longer than chance leaves empty is taken to stay so. */
import { entry } from './linear.ts';

/** Seasons without any event that are needed: one may be a holiday that nobody named. */
const SEASONS = 2;
/** Chance of such a run, by how often its slots were empty before, above which it tells nothing. */
const CHANCE = 1e-4;

/**
 * The first step of a run of zeros at the end that does not come about by chance; undefined where there is none. Gaps neither belong
 * to it nor break it; slots of the cycle that were never seen may always be empty.
 */
export function closedFrom(values: Float64Array, season: number, cycle: number): number | undefined {
  const start = values.findLastIndex((value) => value > 0) + 1;
  const empty = values.subarray(start).filter((value) => value === 0).length;
  if (start === 0 || empty < SEASONS * season) return undefined;
  const zeros = new Float64Array(cycle);
  const counts = new Float64Array(cycle);
  for (let t = 0; t < start; t++) {
    if (Number.isNaN(entry(values, t))) continue;
    counts[t % cycle] = entry(counts, t % cycle) + 1;
    if (entry(values, t) === 0) zeros[t % cycle] = entry(zeros, t % cycle) + 1;
  }
  let chance = 1;
  for (let t = start; t < values.length; t++) {
    const seen = entry(counts, t % cycle);
    if (seen > 0 && !Number.isNaN(entry(values, t))) chance *= (entry(zeros, t % cycle) + 0.5) / (seen + 1);
  }
  return chance < CHANCE ? start : undefined;
}
