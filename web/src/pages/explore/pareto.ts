/** How few make how much: shares of the whole, added up from the largest on. Pure. */

/** For each value, given the largest first, the share that it and all before it have of the whole; what is below nothing adds nothing. */
export function cumulativeOf(values: readonly (number | undefined)[], whole: number): (number | undefined)[] {
  let sum = 0;
  return values.map((value) => {
    if (value === undefined || whole <= 0) return undefined;
    sum += Math.max(0, value);
    return sum / whole;
  });
}

/** What most of it means, as the rule of that name has it. */
export const MOST_OF_IT = 0.8;

/** So many of the largest have most of it; undefined where not even all that are listed do. */
export function fewWith(cumulative: readonly (number | undefined)[]): number | undefined {
  // A sum of parts of a whole may stay a hair under it.
  const index = cumulative.findIndex((share) => share !== undefined && share >= MOST_OF_IT - 1e-9);
  return index === -1 ? undefined : index + 1;
}
