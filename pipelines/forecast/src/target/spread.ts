/** How far off a thing may be that was off by these errors before. */
import { normalQuantile, studentHalfWidth } from './student.ts';

export interface Spread {
  /** Half-width of the interval that holds `level`; rises with the level. */
  half(level: number): number;
  /** Probability of being more than `distance` above the middle; falls with the distance. */
  above(distance: number): number;
}

const BISECTIONS = 50;

/**
 * Half what Student's distribution makes of the root mean square of `errors`, half their own quantiles, which beyond the largest
 * go on as Student's do. `trials` is how many of the errors are independent. Never narrower than `chance`, and otherwise never wider than
 * `furthest`, both standard deviations: as wide as that without any error.
 */
export function spreadOf(
  errors: readonly number[],
  trials: number,
  chance: number,
  furthest = Number.POSITIVE_INFINITY,
): Spread {
  const sizes = errors.map(Math.abs).sort((a, b) => a - b);
  const n = sizes.length;
  const freedom = Math.max(1, Math.min(trials, n));
  // One error more is to come, and its middle is no better known than theirs.
  const size = Math.sqrt((sizes.reduce((sum, it) => sum + it * it, 0) / Math.max(1, n)) * (1 + 1 / freedom));
  const last = freedom / (freedom + 1);
  const observed = (level: number): number => {
    const beyond = level > last ? studentHalfWidth(level, freedom) / studentHalfWidth(last, freedom) : 1;
    const place = (Math.min(level, last) / last) * n - 1;
    const lower = place < 0 ? 0 : (sizes[Math.floor(place)] ?? 0);
    const upper = sizes[Math.min(n - 1, Math.floor(place) + 1)] ?? 0;
    return beyond * (lower + (upper - lower) * (place - Math.floor(place)));
  };
  const half = (level: number): number => {
    if (!(level > 0)) return 0;
    if (level >= 1) return Number.POSITIVE_INFINITY;
    const tried = n > 0 ? (studentHalfWidth(level, freedom) * size + observed(level)) / 2 : Number.POSITIVE_INFINITY;
    const deviations = normalQuantile((1 + level) / 2);
    return Math.max(Math.min(tried, deviations * furthest), deviations * chance);
  };
  const above = (distance: number): number => {
    if (Number.isNaN(distance)) return Number.NaN;
    if (distance < 0) return 1 - above(-distance);
    if (distance === Number.POSITIVE_INFINITY) return 0;
    if (distance === 0) return 0.5;
    let [low, high] = [0, 1];
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (low + high) / 2;
      if (half(middle) < distance) low = middle;
      else high = middle;
    }
    return (1 - (low + high) / 2) / 2;
  };
  return { half, above };
}
