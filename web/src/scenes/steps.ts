/** Round steps of counts for the shades of a map: as many places stand in each as there is a round number between them. Pure. */

const SHADES = 5;

/** Rounded down to 1, 2 or 5 of its power of ten. */
function roundDown(value: number): number {
  if (value < 1) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([5, 2, 1].find((step) => step * power <= value) ?? 1);
}

/** The lower edge of each shade, the first 0; fewer where counts lie close. */
export function stepsOf(counts: readonly number[]): number[] {
  const sorted = [...counts].sort((one, other) => one - other);
  const edges = Array.from({ length: SHADES - 1 }, (_, n) =>
    roundDown(sorted[Math.floor(((n + 1) * sorted.length) / SHADES)] ?? 0),
  );
  return [...new Set([0, ...edges])].sort((one, other) => one - other);
}
