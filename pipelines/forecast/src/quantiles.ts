/**
 * How many typical errors wide a band must be on each side to hold the asked share: the widest that any of seven origins, a day
 * apart, asked for in the training part of the M4 competition's 414 hourly series. Straight between the points, the last one
 * holds beyond.
 */
const MEASURED: readonly (readonly [level: number, errors: number])[] = [
  [0, 0],
  [0.25, 0.25],
  [0.5, 0.57],
  [0.65, 0.83],
  [0.8, 1.2],
  [0.9, 1.62],
  [0.95, 2.01],
  [0.98, 2.57],
  [0.99, 3.02],
  [0.995, 3.63],
];

export function multiplier(level: number): number {
  const after = MEASURED.findIndex(([at]) => at >= level);
  const [high, up] = MEASURED[after < 0 ? MEASURED.length - 1 : after] ?? [1, 0];
  const [low, down] = MEASURED[Math.max(0, (after < 0 ? MEASURED.length : after) - 1)] ?? [0, 0];
  return high > low ? down + ((up - down) * (Math.min(level, high) - low)) / (high - low) : up;
}
