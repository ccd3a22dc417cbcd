/** How unusual a count is: both as a count, which scatters by chance, and by how far the slot is known to scatter. */

/** Squared errors of a median of five weeks come on top of those of the count itself. */
const UNKNOWN_MEAN = 1.3;
/** Keeps the root of small counts near to normal. */
const ROOT_SHIFT = 0.375;

/** Deviation of a count with this expectation by chance alone. */
export const chance = (expected: number): number => Math.sqrt(UNKNOWN_MEAN * expected + 1);

/**
 * Standard deviations from `expected`, signed; the smaller of what counting noise and `deviation` give. Roots make small counts
 * nearly normal: six events where none was expected are less strange than six deviations.
 */
export function scoreOf(observed: number, expected: number, deviation: number): number {
  const difference = observed - expected;
  const counted = (2 * (Math.sqrt(observed + ROOT_SHIFT) - Math.sqrt(expected + ROOT_SHIFT))) / Math.sqrt(UNKNOWN_MEAN);
  const usual = deviation > 0 ? difference / deviation : counted;
  return Math.abs(usual) < Math.abs(counted) ? usual : counted;
}
