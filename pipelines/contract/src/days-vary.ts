/**
 * How sure a share over days is, by how the days differ, and whether its change is more than that: one answer for rankings and for whoever
 * asks. Pure, and apart from schemas, so that a page that only tells it loads none.
 */
import { RATIO_MEASURES, type RatioMeasure } from './measures.ts';

/** Two-sided 99 %: some dozens are named at once. */
export const LED_Z = 2.576;
/** Fewer days say nothing about how days vary. */
export const FEWEST_DAYS = 5;

/** What was counted on one day, absent what was not. */
export interface Counts {
  submitted?: number;
  submittedOnline?: number;
  onTime?: number;
  late?: number;
}

export interface Estimate {
  value: number;
  /** Absent where the days are too few to say how they vary. */
  variance?: number;
}

/** A share, by the delta method for a ratio of sums with days as clusters. Undefined where there is nothing to have a share of. */
export function shareOfDays(days: readonly Counts[], measure: RatioMeasure): Estimate | undefined {
  const { part, whole } = RATIO_MEASURES[measure];
  const cut = days.map((day) => ({
    part: day[part] ?? 0,
    whole: whole.reduce((sum, name) => sum + (day[name] ?? 0), 0),
  }));
  const seen = cut.filter((day) => day.whole > 0);
  const all = seen.reduce((sum, day) => sum + day.whole, 0);
  if (all <= 0) return undefined;
  const value = seen.reduce((sum, day) => sum + day.part, 0) / all;
  if (seen.length < FEWEST_DAYS) return { value };
  const squares = seen.reduce((sum, day) => sum + ((day.part - value * day.whole) / all) ** 2, 0);
  return { value, variance: (seen.length / (seen.length - 1)) * squares };
}

/** Whether a share changed by more than days vary: the same that a ranking tells of a unit. Not where too few days say how they vary. */
export function shareMoved(points: readonly { now?: Counts; before?: Counts }[], measure: RatioMeasure): boolean {
  const [one, other] = (['now', 'before'] as const).map((of) =>
    shareOfDays(
      points.map((point) => point[of] ?? {}),
      measure,
    ),
  );
  return (
    Math.abs((one?.value ?? 0) - (other?.value ?? 0)) >
    LED_Z * Math.sqrt((one?.variance ?? Infinity) + (other?.variance ?? Infinity))
  );
}
