/**
 * Lag regressions: the next value from earlier ones and harmonics of the day and the week, shrunk towards the value one season
 * ago, applied to their own output up to the horizon. Rows that fit badly weigh less, so that no outlier bends the coefficients.
 */
import { dot, entry, factorise, NormalEquations, solveLower, solveUpper } from './linear.ts';
import { medianOf } from './robust.ts';

export interface Harmonics {
  /** Slots after which the table repeats. */
  period: number;
  columns: number;
  /** `period` rows of `columns` values. */
  table: Float64Array;
}

const tables = new Map<string, Harmonics>();

/** Sine and cosine pairs: `short` of the short season and `long` more of the long one. */
export function harmonics(season: number, short: number, longSeason: number, long: number): Harmonics {
  const key = `${season},${short},${longSeason},${long}`;
  const known = tables.get(key);
  if (known) return known;
  const period = longSeason > 0 ? longSeason : season;
  const ratio = Math.round(period / season);
  const cycles: number[] = [];
  for (let k = 1; k <= short; k++) cycles.push(k * ratio);
  for (let k = 1, taken = 0; taken < long && 2 * k < period; k++) {
    if (k % ratio === 0 && k / ratio <= short) continue;
    cycles.push(k);
    taken++;
  }
  const columns = 2 * cycles.length;
  const table = new Float64Array(period * columns);
  for (let slot = 0; slot < period; slot++) {
    cycles.forEach((cycle, index) => {
      const angle = (2 * Math.PI * cycle * slot) / period;
      table[slot * columns + 2 * index] = Math.cos(angle);
      table[slot * columns + 2 * index + 1] = Math.sin(angle);
    });
  }
  const made = { period, columns, table };
  tables.set(key, made);
  return made;
}

export interface Ridge {
  lags: readonly number[];
  harmonics: Harmonics;
  /** Season towards whose last value the forecast is shrunk. */
  anchor: number;
  /** Penalty on lags and intercept, and on harmonics, in units of one newest row. */
  penalty: number;
  harmonicPenalty: number;
  /** Steps in which a row's weight halves. */
  halfLife: number;
}

/** Standardised values further out than this are an explosion, not a forecast. */
const FURTHEST = 10;

/** Rows hold harmonics, an intercept, then lags: what does not depend on the values comes first. */
class Design {
  readonly size: number;
  readonly first: number;
  readonly row: Float64Array;
  /** Rows of the matrix that do not depend on the values: harmonics and intercept. */
  readonly shared: number;
  readonly #columns: number;

  constructor(readonly spec: Ridge) {
    this.#columns = spec.harmonics.columns;
    this.shared = this.#columns + 1;
    this.size = this.shared + spec.lags.length;
    this.first = Math.max(spec.anchor, ...spec.lags);
    this.row = new Float64Array(this.size);
    this.row[this.#columns] = 1;
  }

  /** Fills the row of step `t` and returns what is left to explain of its value. */
  fill(z: Float64Array, t: number): number {
    const { harmonics: wave, lags, anchor } = this.spec;
    const columns = this.#columns;
    const offset = (t % wave.period) * columns;
    for (let i = 0; i < columns; i++) this.row[i] = wave.table[offset + i] as number;
    for (let i = 0; i < lags.length; i++) this.row[columns + 1 + i] = z[t - (lags[i] as number)] as number;
    return (z[t] as number) - (z[t - anchor] as number);
  }

  penalise(gram: Float64Array, unit: number, from = 0): void {
    for (let i = from; i < this.size; i++) {
      const penalty = i < this.#columns ? this.spec.harmonicPenalty : this.spec.penalty;
      gram[i * this.size + i] = (gram[i * this.size + i] as number) + penalty * unit;
    }
  }

  /** The same season one cycle ago: what stands in before there is enough to fit. */
  naive(z: Float64Array, origin: number, horizon: number): Float64Array {
    const { anchor } = this.spec;
    return Float64Array.from({ length: horizon }, (_, j) => entry(z, Math.max(0, origin - anchor + (j % anchor))));
  }

  /** Follows the fitted recursion from `origin`, where `path` holds what was known. */
  follow(path: Float64Array, coefficients: Float64Array, origin: number, horizon: number): void {
    const { harmonics: wave, lags, anchor } = this.spec;
    const columns = this.#columns;
    for (let t = origin; t < origin + horizon; t++) {
      let value = (path[t - anchor] as number) + (coefficients[columns] as number);
      value += dot(coefficients, 0, wave.table, (t % wave.period) * columns, columns);
      for (let i = 0; i < lags.length; i++) {
        value += (coefficients[columns + 1 + i] as number) * (path[t - (lags[i] as number)] as number);
      }
      path[t] = Math.max(-FURTHEST, Math.min(FURTHEST, value));
    }
  }
}

/**
 * Paths of `horizon` steps from every origin (ascending counts of known values), each fitted on what was known there alone: for
 * each of the `views` (one series on several scales) one list of paths. `weights` are one a value and the same for all
 * views, so that these share the costly part, the harmonics; 0 leaves a row out.
 */
export function ridgePaths(
  views: readonly Float64Array[],
  weights: Float64Array,
  spec: Ridge,
  origins: readonly number[],
  horizon: number,
): Float64Array[][] {
  const design = new Design(spec);
  const { size, first, shared } = design;
  const paths: Float64Array[][] = views.map(() => []);
  const last = origins.at(-1) ?? 0;
  const equations = views.map((_, view) => new NormalEquations(size, view === 0 ? 0 : shared));
  const factor = new Float64Array(size * size);
  const coefficients = new Float64Array(size);
  const path = new Float64Array(last + horizon);
  const growth = 2 ** (1 / spec.halfLife);
  let unit = 1;
  let next = 0;
  while (next < origins.length && entry(origins, next) <= first) {
    const origin = entry(origins, next++);
    views.forEach((z, view) => {
      paths[view]?.push(design.naive(z, origin, horizon));
    });
  }
  for (let t = first; t <= last && next < origins.length; t++) {
    if (t === origins[next]) {
      next++;
      equations.forEach((own, view) => {
        // The first view's factor of the harmonics serves the others: only their lags' rows are new.
        const from = own.from * size;
        own.settle();
        factor.set(own.gram.subarray(from), from);
        design.penalise(factor, unit, own.from);
        factorise(factor, size, own.from);
        coefficients.set(own.moment);
        solveLower(factor, size, coefficients);
        solveUpper(factor, size, coefficients);
        path.set((views[view] as Float64Array).subarray(0, t));
        design.follow(path, coefficients, t, horizon);
        paths[view]?.push(path.slice(t, t + horizon));
      });
    }
    if (t === last) break;
    const weight = entry(weights, t);
    if (weight > 0) {
      for (let view = 0; view < views.length; view++) {
        const target = design.fill(views[view] as Float64Array, t);
        (equations[view] as NormalEquations).add(design.row, target, weight * unit);
      }
    }
    unit *= growth;
  }
  return paths;
}

/** Rounds of fitting and weighing again; more change nothing that was measured. */
const ROUNDS = 2;

/**
 * Huber weights of the values: 1 where the fit's error is below the median absolute error of the last `recent` steps, falling
 * with the error beyond. Values of weight 0 in `base` stay at 0.
 */
export function robustWeights(z: Float64Array, base: Float64Array, spec: Ridge, recent: number): Float64Array {
  const design = new Design(spec);
  const { size, first } = design;
  const weights = base.slice();
  const n = z.length;
  if (n <= first + 2 * spec.anchor) return weights;
  const equations = new NormalEquations(size);
  const { gram, moment } = equations;
  const errors = new Float64Array(n);
  const growth = 2 ** (1 / spec.halfLife);
  for (let round = 0; round < ROUNDS; round++) {
    equations.clear();
    let unit = 1;
    for (let t = first; t < n; t++) {
      const weight = entry(weights, t);
      if (weight > 0) equations.add(design.row, design.fill(z, t), weight * unit);
      unit *= growth;
    }
    equations.settle();
    design.penalise(gram, unit);
    factorise(gram, size);
    solveLower(gram, size, moment);
    solveUpper(gram, size, moment);
    for (let t = first; t < n; t++) errors[t] = Math.abs(design.fill(z, t) - dot(design.row, 0, moment, 0, size));
    const from = Math.max(first, n - recent);
    const judged = errors.slice(from).filter((_, i) => entry(base, from + i) > 0);
    const usual = judged.length > 0 ? medianOf(judged) + 1e-9 : Number.POSITIVE_INFINITY;
    for (let t = first; t < n; t++) {
      weights[t] = entry(base, t) * Math.min(1, usual / Math.max(entry(errors, t), 1e-12));
    }
  }
  return weights;
}
