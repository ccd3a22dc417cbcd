/** How sure a share is. Pure. */

/** Two-sided 95 %. */
const Z = 1.959964;

/** Wilson's score interval of a share, `part` out of `whole`, as if dossiers were decided one by one; undefined of nothing. */
export function shareInterval(part: number, whole: number): { low: number; high: number } | undefined {
  if (!(whole > 0 && part >= 0 && part <= whole)) return undefined;
  const share = part / whole;
  const square = (Z * Z) / whole;
  const middle = (share + square / 2) / (1 + square);
  const half = (Z * Math.sqrt((share * (1 - share)) / whole + square / (4 * whole))) / (1 + square);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
