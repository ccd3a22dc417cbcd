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
import type { PagePath } from './pages.ts';
import {
  isLinkShare,
  isOfLinks,
  isOfTasks,
  type LinkShare,
  PROGRAMME_MEASURES,
  type ProgrammeMeasure,
  TASK_MEASURES,
} from './programme-measures.ts';
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

/** Of what dossiers are counted by. */
export type DossierMeasure = SumMeasure | RatioMeasure | LevelMeasure | PointsMeasure;
export type Measure = DossierMeasure | ProgrammeMeasure;

/** What a measure counts: measures of two of these have no coverage, units and points of time in common, and are asked for apart. */
export const SUBJECTS = ['dossiers', 'tasks', 'links'] as const;
export type Subject = (typeof SUBJECTS)[number];
/** Where each is told in full: of what an answer about it is made is seen there. */
export const SUBJECT_PAGES = {
  tasks: '/tasks',
  links: '/links',
} as const satisfies Readonly<Record<Exclude<Subject, 'dossiers'>, PagePath>>;
export const subjectOf = (measure: Measure): Subject => {
  if (isOfTasks(measure)) return 'tasks';
  return isOfLinks(measure) ? 'links' : 'dossiers';
};

export const POINTS = Object.keys(POINTS_MEASURES) as PointsMeasure[];

/** What is said of a measure, whichever its kind. */
export const describedBy = (measure: Measure) =>
  ({ ...SUM_MEASURES, ...RATIO_MEASURES, ...LEVEL_MEASURES, ...POINTS_MEASURES, ...PROGRAMME_MEASURES })[measure];

export const isSum = (measure: string): measure is SumMeasure => Object.hasOwn(SUM_MEASURES, measure);

export const isPoints = (measure: string): measure is PointsMeasure => Object.hasOwn(POINTS_MEASURES, measure);

/** Worked out from sums: of several units or days together it is no sum of theirs, and it has no share of a whole. */
export const isDerived = (measure: string): measure is RatioMeasure | PointsMeasure | LinkShare =>
  isRatio(measure) || isPoints(measure) || isLinkShare(measure);

/** A share, of whatever: 0..1. */
export const isShare = (measure: string): measure is RatioMeasure | LinkShare =>
  isRatio(measure) || isLinkShare(measure);

/** What happened in a period, which adds up over time: neither a state, nor worked out. */
export const addsUp = (measure: Measure): boolean =>
  isSum(measure) ||
  (isOfTasks(measure) ? !TASK_MEASURES[measure].isState : isOfLinks(measure) && !isLinkShare(measure));

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
