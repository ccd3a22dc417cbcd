/**
 * How many typical errors wide a band must be on each side to hold the asked share. Measured on five origins in the training part
 * of the M4 competition's 414 hourly series; straight between the points, the last one holds beyond.
 */
const MEASURED: readonly (readonly [level: number, errors: number])[] = [
  [0, 0],
  [0.25, 0.24],
  [0.5, 0.56],
  [0.8, 1.17],
  [0.9, 1.58],
  [0.95, 2],
  [0.98, 2.55],
  [0.99, 3.1],
  [0.995, 3.8],
];

export function multiplier(level: number): number {
  const after = MEASURED.findIndex(([at]) => at >= level);
  const [high, up] = MEASURED[after < 0 ? MEASURED.length - 1 : after] ?? [1, 0];
  const [low, down] = MEASURED[Math.max(0, (after < 0 ? MEASURED.length : after) - 1)] ?? [0, 0];
  return high > low ? down + ((up - down) * (Math.min(level, high) - low)) / (high - low) : up;
}
