/** Arithmetic with measures, for whichever there are. */
import {
  LEVEL_MEASURES,
  type LevelMeasure,
  type Measure,
  POINTS_MEASURES,
  type PointsMeasure,
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
export const POINTS = Object.keys(POINTS_MEASURES) as PointsMeasure[];

/** What is said of a measure, whichever its kind. */
export const describedBy = (measure: Measure) =>
  ({ ...SUM_MEASURES, ...RATIO_MEASURES, ...LEVEL_MEASURES, ...POINTS_MEASURES })[measure];

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

export const isSum = (measure: string): measure is SumMeasure => Object.hasOwn(SUM_MEASURES, measure);

export const isPoints = (measure: string): measure is PointsMeasure => Object.hasOwn(POINTS_MEASURES, measure);

/** Worked out from sums: of several units or days together it is no sum of theirs, and it has no share of a whole. */
export const isDerived = (measure: string): measure is RatioMeasure | PointsMeasure =>
  isRatio(measure) || isPoints(measure);

export const isLevel = (measure: string): measure is LevelMeasure => Object.hasOwn(LEVEL_MEASURES, measure);

/** What a ratio is a share of. */
export const wholeOf = (ratio: RatioMeasure, measures: Readonly<Measures>): number =>
  RATIO_MEASURES[ratio].whole.reduce((whole, sum) => whole + measures[sum], 0);

/** A ratio's value, 0..1; undefined where there is nothing that it could be a share of. */
export function ratioOf(ratio: RatioMeasure, measures: Readonly<Measures>): number | undefined {
  const whole = wholeOf(ratio, measures);
  return whole > 0 ? measures[RATIO_MEASURES[ratio].part] / whole : undefined;
}

/** What of an index is counted: by `points` at most for a share, all of them from `fullFrom` on. */
export interface Scoring {
  components: readonly { points: number; fullFrom?: number | undefined; ratio: RatioMeasure }[];
}

/** Points for a share, from none to the most that there are. */
export const pointsFor = (
  { points: most, fullFrom = 1 }: Omit<Scoring['components'][number], 'ratio'>,
  share: number,
): number => Math.max(0, Math.min(most, (most * share) / fullFrom));

/** The value of a measure of points; undefined where none of it is measured, which is not zero. */
export function pointsOf(
  measure: PointsMeasure,
  measures: Readonly<Measures>,
  scoring: Scoring | undefined,
): number | undefined {
  let [reached, measured] = [0, 0];
  for (const component of scoring?.components ?? []) {
    const share = ratioOf(component.ratio, measures);
    if (share === undefined) continue;
    reached += pointsFor(component, share);
    measured += component.points;
  }
  if (measured <= 0) return undefined;
  return POINTS_MEASURES[measure].reads === 'reached' ? reached : measured;
}
