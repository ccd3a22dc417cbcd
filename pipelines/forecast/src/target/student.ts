/** Quantiles that intervals from few trials need. */

/** Coefficients of Acklam's rational approximation; its relative error is below 1.2e-9. */
const CENTRE = [
  [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239],
  [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1],
] as const;
const TAIL = [
  [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1],
] as const;
const TAIL_FROM = 0.02425;

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

/** Value below which a standard normal variable stays with probability `p`; infinite at 0 and 1. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p > 1 - TAIL_FROM) return -normalQuantile(1 - p);
  if (p < TAIL_FROM) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL[0], q) / polynomial(TAIL[1], q);
  }
  const q = p - 0.5;
  return (polynomial(CENTRE[0], q * q) * q) / polynomial(CENTRE[1], q * q);
}

/**
 * Half-width, in standard errors, of the interval that holds `level` of Student's distribution: G. W. Hill's expansion (1970),
 * exact for one and two degrees of freedom and within 1e-3 of the truth beyond. `freedom` is at least 1 and may be fractional.
 */
export function studentHalfWidth(level: number, freedom: number): number {
  const outside = 1 - Math.min(Math.max(level, 0), 1);
  if (outside >= 1) return 0;
  if (outside <= 0) return Number.POSITIVE_INFINITY;
  if (freedom === 1) return 1 / Math.tan((outside * Math.PI) / 2);
  if (freedom < 2) {
    // Straight between the two exact ones on the logarithm.
    const [one, two] = [studentHalfWidth(level, 1), studentHalfWidth(level, 2)];
    return one ** (2 - freedom) * two ** (freedom - 1);
  }
  if (freedom === 2) return Math.sqrt(2 / (outside * (2 - outside)) - 2);
  const n = freedom;
  const a = 1 / (n - 0.5);
  const b = 48 / (a * a);
  let c = (((20_700 * a) / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * n;
  let y = (d * outside) ** (2 / n);
  if (y > 0.05 + a) {
    const x = normalQuantile(outside / 2);
    y = x * x;
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * ((n + 1) / (n + 2));
    y += 1 / (d * outside) ** (2 / n);
  }
  return Math.sqrt(n * y);
}
