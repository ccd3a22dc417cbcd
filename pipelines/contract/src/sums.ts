/** Arithmetic with measures, for whichever there are. */
import {
  LEVEL_MEASURES,
  type LevelMeasure,
  RATIO_MEASURES,
  type RatioMeasure,
  SUM_MEASURES,
  type SumMeasure,
} from './measures.ts';

/** A number of dossiers for each sum. */
export type Measures = Record<SumMeasure, number>;

/** In the order of their entries. */
export const SUMS = Object.keys(SUM_MEASURES) as SumMeasure[];
export const RATIOS = Object.keys(RATIO_MEASURES) as RatioMeasure[];
export const LEVELS_REPORTED = Object.keys(LEVEL_MEASURES) as LevelMeasure[];

type IfForecast<M extends SumMeasure> = M extends M
  ? (typeof SUM_MEASURES)[M] extends { isForecast: true }
    ? M
    : never
  : never;

/** Sums that are forecast, over hours and days. */
export type Metric = IfForecast<SumMeasure>;
export const METRICS = SUMS.filter((sum): sum is Metric => SUM_MEASURES[sum].isForecast);

const each = <M extends string, T>(names: readonly M[], value: (name: M) => T): Record<M, T> =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as Record<M, T>;
/** One value for each sum, and for each that is forecast. */
export const perSum = <T>(value: (sum: SumMeasure) => T): Record<SumMeasure, T> => each(SUMS, value);
export const perMetric = <T>(value: (metric: Metric) => T): Record<Metric, T> => each(METRICS, value);

export const NOTHING: Readonly<Measures> = perSum(() => 0);

export const measuresOf = (row: Readonly<Measures>): Measures => perSum((sum) => row[sum]);

export function sumOf(rows: readonly Readonly<Measures>[]): Measures {
  const total = { ...NOTHING };
  for (const row of rows) for (const sum of SUMS) total[sum] += row[sum];
  return total;
}

export const isRatio = (measure: string): measure is RatioMeasure => Object.hasOwn(RATIO_MEASURES, measure);

export const isLevel = (measure: string): measure is LevelMeasure => Object.hasOwn(LEVEL_MEASURES, measure);

/** What a ratio is a share of. */
export const wholeOf = (ratio: RatioMeasure, measures: Readonly<Measures>): number =>
  RATIO_MEASURES[ratio].whole.reduce((whole, sum) => whole + measures[sum], 0);

/** A ratio's value, 0..1; undefined where there is nothing that it could be a share of. */
export function ratioOf(ratio: RatioMeasure, measures: Readonly<Measures>): number | undefined {
  const whole = wholeOf(ratio, measures);
  return whole > 0 ? measures[RATIO_MEASURES[ratio].part] / whole : undefined;
}
