/** How long something takes of which not all is over: the median by Kaplan and Meier, with its interval. Pure. */

/** One that took so long, or, where it is not over, at least so long. */
export interface Lasted {
  ms: number;
  isOver: boolean;
}

export interface MedianSpan {
  median?: number;
  low?: number;
  high?: number;
}

/** Of the normal distribution, for 95 % in the middle. */
const Z = 1.959963984540054;
const HALF = 0.5;
/** Sums of logarithms of what is exactly a half need not be. */
const CLOSE = 1e-12;

/**
 * The median is where no more than half go on. Its interval (Brookmeyer and Crowley) begins where the lower edge of the band around
 * the curve has fallen to a half, and ends where the upper edge has: by the log-log transformation and Greenwood's variance. What never
 * comes to pass within what was seen is absent.
 */
export function medianOf(spans: readonly Lasted[]): MedianSpan {
  const sorted = spans.toSorted((one, other) => one.ms - other.ms);
  const found: MedianSpan = {};
  let left = sorted.length;
  let logGoesOn = 0;
  let variance = 0;
  for (let at = 0; at < sorted.length; ) {
    const { ms } = sorted[at] ?? { ms: 0 };
    let all = 0;
    let over = 0;
    for (; sorted[at + all]?.ms === ms; all++) if (sorted[at + all]?.isOver === true) over++;
    if (over > 0) {
      logGoesOn += Math.log1p(-over / left);
      if (over < left) variance += over / (left * (left - over));
      const goesOn = Math.exp(logGoesOn);
      // Of the last one nothing is known of how sure it is.
      const band = over < left ? bandOf(logGoesOn, variance) : { low: 1, high: 1 };
      if (goesOn <= HALF + CLOSE) found.median ??= ms;
      if (band.low <= HALF + CLOSE) found.low ??= ms;
      if (band.high <= HALF + CLOSE) found.high ??= ms;
    }
    left -= all;
    at += all;
  }
  return found;
}

function bandOf(logGoesOn: number, variance: number): { low: number; high: number } {
  const width = (Z * Math.sqrt(variance)) / Math.abs(logGoesOn);
  return { low: Math.exp(logGoesOn * Math.exp(width)), high: Math.exp(logGoesOn * Math.exp(-width)) };
}
