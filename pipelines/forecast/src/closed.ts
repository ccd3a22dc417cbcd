/**
 * Where a series has come to exactly zero: what was closed for longer than chance leaves empty is taken to stay so, and what opened
 * again is taken up where it was left.
 */
import { entry } from './linear.ts';

/** Seasons without any event that are needed: one may be a holiday that nobody named. At least half of them are known. */
const SEASONS = 2;
const KNOWN = 0.5;
/** Chance of such a run, by how often its slots were empty before, above which it tells nothing. */
const CHANCE = 1e-4;
/** Cycles after which a time of being closed is history like any other: it may come again at its time of the year. */
const RECENT = 8;
/** Share of what it held before that it holds again when it is open, not just heard of. */
const OPEN = 0.5;

/**
 * The first step of a run of zeros at the end that does not come about by chance; undefined where there is none. Gaps neither belong
 * to it nor break it; slots of the cycle that were never seen may always be empty.
 */
export function closedFrom(values: Float64Array, season: number, cycle: number): number | undefined {
  const start = values.findLastIndex((value) => value > 0) + 1;
  const empty = values.subarray(start).filter((value) => value === 0).length;
  const needed = SEASONS * season;
  if (start === 0 || values.length - start < needed || empty < KNOWN * needed) return undefined;
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

/** The same with a gap wherever it was closed in the latest cycles and is open again: of what it holds when open that tells nothing. */
export function withoutClosures(values: Float64Array, season: number, cycle: number): Float64Array {
  let open = values;
  for (let end = values.length - 1; end > Math.max(0, values.length - RECENT * cycle); end--) {
    if (!(entry(values, end) > 0) || entry(values, end - 1) > 0) continue;
    const from = closedFrom(open.subarray(0, end), season, cycle);
    if (from === undefined || !holdsAgain(open, from, end, cycle)) continue;
    if (open === values) open = values.slice();
    open.fill(Number.NaN, from, end);
    end = from;
  }
  return open;
}

/** Whether what came from `since` on is like what the same slots held before `closed`. */
function holdsAgain(values: Float64Array, closed: number, since: number, cycle: number): boolean {
  let [held, usual] = [0, 0];
  for (let t = since; t < values.length; t++) {
    if (Number.isNaN(entry(values, t))) continue;
    let [sum, count] = [0, 0];
    for (let then = t - cycle * Math.ceil((t - closed + 1) / cycle); then >= 0; then -= cycle) {
      if (Number.isNaN(entry(values, then))) continue;
      sum += entry(values, then);
      count++;
    }
    held += entry(values, t);
    usual += count > 0 ? sum / count : 0;
  }
  return held >= OPEN * usual;
}
