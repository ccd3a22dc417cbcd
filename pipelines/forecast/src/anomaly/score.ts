/** How unusual a count is: both as a count, which scatters by chance, and by how far the slot is known to scatter. */

/** Squared errors of a median of five weeks come on top of those of the count itself. */
export const UNKNOWN_MEAN = 1.3;
/** Keeps the root of small counts near to normal. */
const ROOT_SHIFT = 0.375;

/** Variance of a count with this expectation by chance alone, where events come in lumps of this size; and its root. */
export const chanceSquared = (expected: number, lump: number): number => lump * (UNKNOWN_MEAN * expected + lump);
export const chance = (expected: number, lump: number): number => Math.sqrt(chanceSquared(expected, lump));

/**
 * Standard deviations from `expected`, signed; the smaller of what counting noise and `deviation` give. Roots make small counts
 * nearly normal: six lumps where none was expected are less strange than six deviations.
 */
export function scoreOf(observed: number, expected: number, deviation: number, lump: number): number {
  const difference = observed - expected;
  const roots = Math.sqrt(observed / lump + ROOT_SHIFT) - Math.sqrt(expected / lump + ROOT_SHIFT);
  const counted = (2 * roots) / Math.sqrt(UNKNOWN_MEAN);
  const usual = deviation > 0 ? difference / deviation : counted;
  return Math.abs(usual) < Math.abs(counted) ? usual : counted;
}

/**
 * As `scoreOf`, by how many times less or more it is: `scatter` is the deviation of a logarithm. Half an expectation and twice one are
 * as far off, so a fall is no less strange than the rush that it mirrors.
 */
export function logScoreOf(observed: number, expected: number, scatter: number, lump: number): number {
  const counted = scoreOf(observed, expected, 0, lump);
  if (!(expected > 0)) return counted;
  const times = Math.log((observed + lump / 2) / (expected + lump / 2));
  const usual = times / Math.hypot(scatter, chance(expected, lump) / expected);
  return Math.abs(usual) < Math.abs(counted) ? usual : counted;
}
