/** Statistics that a few wild values cannot move. */

/** Middle of the first `count` values, which are left sorted; NaN where there are none. */
export function medianOf(values: Float64Array, count = values.length): number {
  const sorted = values.subarray(0, count).sort();
  const middle = count >> 1;
  if (count === 0) return Number.NaN;
  const upper = sorted[middle] as number;
  return count % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** What makes a median absolute or a mean absolute deviation of normal errors a standard deviation. */
export const MEDIAN_TO_DEVIATION = 1.4826;
export const MEAN_TO_DEVIATION = 1.2533;
