/** Points of an index, and what is said of a measure whichever its kind: apart from the sums, so that a wall loads none of it. */
import {
  type Described,
  LEVEL_MEASURES,
  type LevelMeasure,
  RATIO_MEASURES,
  type RatioMeasure,
  SUM_MEASURES,
  type SumMeasure,
} from './measures.ts';
import { isRatio, type Measures, ratioOf } from './sums.ts';

/**
 * Of the index by which the catalogue scores its units: worked out from sums by the catalogue's formulas, so that they stand beside each
 * other in every answer. What is not counted of the index is in neither.
 */
interface PointsEntry extends Described {
  unit: 'points';
  /** Those that were reached, or those that could be of what is measured. */
  reads: 'reached' | 'measured';
}

export const POINTS_MEASURES = {
  indexPoints: {
    label: { vi: 'Điểm chỉ số phục vụ', en: 'Index points' },
    unit: 'points',
    better: 'up',
    reads: 'reached',
  },
  /** Fewer where nothing was counted that a component could be a share of. */
  indexMeasured: {
    label: { vi: 'Điểm chỉ số đo được', en: 'Index points that are measured' },
    unit: 'points',
    better: 'up',
    reads: 'measured',
  },
} as const satisfies Readonly<Record<string, PointsEntry>>;
export type PointsMeasure = keyof typeof POINTS_MEASURES;

export type Measure = SumMeasure | RatioMeasure | LevelMeasure | PointsMeasure;

export const POINTS = Object.keys(POINTS_MEASURES) as PointsMeasure[];

/** What is said of a measure, whichever its kind. */
export const describedBy = (measure: Measure) =>
  ({ ...SUM_MEASURES, ...RATIO_MEASURES, ...LEVEL_MEASURES, ...POINTS_MEASURES })[measure];

export const isSum = (measure: string): measure is SumMeasure => Object.hasOwn(SUM_MEASURES, measure);

export const isPoints = (measure: string): measure is PointsMeasure => Object.hasOwn(POINTS_MEASURES, measure);

/** Worked out from sums: of several units or days together it is no sum of theirs, and it has no share of a whole. */
export const isDerived = (measure: string): measure is RatioMeasure | PointsMeasure =>
  isRatio(measure) || isPoints(measure);

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
