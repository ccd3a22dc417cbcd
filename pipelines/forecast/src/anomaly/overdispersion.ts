/**
 * In which lumps events come, learnt from all hours of a series: dossiers that are sent together arrive together, and where
 * hardly any are expected one lump is no news. Of independent events the size is 1.
 */

/** Days that are remembered. */
const DAYS = 35;
/** Of fewer, one lump has to be taken for a habit. */
const ENOUGH_DAYS = 14;
/** Quiet buckets are those of at most this share of their day's mean. */
const QUIET = 0.5;
/** Overdispersion of the size of all hours that quiet hours must outweigh with their own: busy hours also vary as a whole. */
const PRIOR = 5;

interface ErrorSums {
  /** Squares of errors, and what was expected. */
  squares: number;
  expected: number;
}

interface DispersionSums {
  all: ErrorSums;
  quiet: ErrorSums;
}

const none = (): ErrorSums => ({ squares: 0, expected: 0 });

export class Overdispersion {
  readonly #days: DispersionSums[] = [];

  /**
   * Takes in a day: what was counted and what was expected by bucket, NaN where either is not known. Neither a day that holds more as a
   * whole nor what lasts for hours is a lump: counts only what each bucket has apart from its neighbours, at the day's own level.
   */
  add(held: Float64Array, expected: Float64Array): void {
    const day: DispersionSums = { all: none(), quiet: none() };
    let [counted, foreseen, known] = [0, 0, 0];
    for (let t = 0; t < held.length; t++) {
      if (Number.isNaN(at(held, t)) || Number.isNaN(at(expected, t))) continue;
      counted += at(held, t);
      foreseen += at(expected, t);
      known++;
    }
    const level = foreseen > 0 ? counted / foreseen : 0;
    const quiet = known > 0 ? (QUIET * foreseen) / known : 0;
    const difference = (t: number): number => at(held, t) - level * at(expected, t);
    let [before, here] = [difference(0), difference(1)];
    for (let t = 1; t + 1 < held.length; t++) {
      const after = difference(t + 1);
      const apart = here - (before + after) / 2;
      [before, here] = [here, after];
      if (Number.isNaN(apart)) continue;
      // By chance its variance is that of the bucket and a quarter of each neighbour's.
      const mean = at(expected, t) + (at(expected, t - 1) + at(expected, t + 1)) / 4;
      take(day.all, apart, level * mean);
      if (mean <= 1.5 * quiet) take(day.quiet, apart, level * mean);
    }
    this.#days.push(day);
    if (this.#days.length > DAYS) this.#days.shift();
  }

  /** Events in a lump, as variance over mean; 1 where nothing is known. */
  size(): number {
    const all = pooled(this.#days, 'all');
    const quiet = pooled(this.#days, 'quiet');
    const overall = Math.max(1, all.expected > 0 ? all.squares / all.expected : 1);
    return (quiet.squares + PRIOR * overall ** 2) / (quiet.expected + PRIOR * overall);
  }
}

function take(sums: ErrorSums, apart: number, expected: number): void {
  sums.squares += apart ** 2;
  sums.expected += expected;
}

/** What came on one day only is an event, what came again is a habit: the widest day counts as the second widest. */
function pooled(days: readonly DispersionSums[], part: keyof DispersionSums): ErrorSums {
  const sums = none();
  let most = 0;
  let second = 0;
  for (const day of days) {
    const { squares, expected } = day[part];
    sums.squares += squares;
    sums.expected += expected;
    second = Math.max(second, Math.min(most, squares));
    most = Math.max(most, squares);
  }
  if (days.length >= ENOUGH_DAYS) sums.squares += second - most;
  return sums;
}

const at = (values: Float64Array, t: number): number => values[t] as number;
