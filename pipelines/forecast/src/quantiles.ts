/**
 * How many typical errors wide a band must be on each side to hold the asked share. Measured on the earlier origins of 414 public
 * hourly series; between the points the line is straight, beyond the last one it keeps the last.
 */
const MEASURED: readonly (readonly [level: number, errors: number])[] = [
  [0, 0],
  [0.5, 0.5],
  [0.8, 1.2],
  [0.9, 1.65],
  [0.95, 2.05],
  [0.99, 3.4],
];

export function multiplier(level: number): number {
  const after = MEASURED.findIndex(([at]) => at >= level);
  const [high, up] = MEASURED[after < 0 ? MEASURED.length - 1 : after] ?? [1, 0];
  const [low, down] = MEASURED[Math.max(0, (after < 0 ? MEASURED.length : after) - 1)] ?? [0, 0];
  return high > low ? down + ((up - down) * (Math.min(level, high) - low)) / (high - low) : up;
}
