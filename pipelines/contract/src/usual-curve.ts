/** What was usual at each point of a curve: the days like its own before it, at its hour. Pure. */
import { comparableDays, usualOf, Z_NATION } from './baseline.ts';
import type { Catalogue } from './catalogue.ts';
import type { SumMeasure } from './measures.ts';
import type { CurvePoint } from './query.ts';
import type { Usual } from './wall.ts';

/** Local days before a curve's first that its usual range is made of: eight weeks, and what holidays take of them. */
export const USUAL_REACH = 63;

/**
 * One range for each of `points`, by the hour or the day; undefined where too few days are like it. `known` holds points of as fine a
 * grain, of the days before and of the curve itself; nothing from `runningDay` on is taken for a whole day.
 */
export function usualCurve(
  points: readonly Pick<CurvePoint, 'at'>[],
  known: readonly CurvePoint[],
  measure: SumMeasure,
  runningDay: string,
  catalogue: Pick<Catalogue, 'calendar'>,
): (Usual | undefined)[] {
  const byDay = new Map<string, Map<string, number>>();
  for (const { at, now } of known) {
    const value = now?.[measure];
    const day = at.slice(0, 10);
    if (value === undefined || day >= runningDay) continue;
    byDay.set(day, (byDay.get(day) ?? new Map()).set(at.slice(10), value));
  }
  const first = [...byDay.keys()].sort()[0];
  if (first === undefined) return points.map(() => undefined);
  const like = new Map<string, Map<string, number>[]>();
  const likeOf = (day: string): Map<string, number>[] => {
    const found = like.get(day) ?? comparableDays(catalogue, day, first).flatMap((one) => byDay.get(one) ?? []);
    like.set(day, found);
    return found;
  };
  // An hour in which a day that is known has nothing is one of none.
  return points.map(({ at }) =>
    usualOf(
      likeOf(at.slice(0, 10)).map((day) => day.get(at.slice(10)) ?? 0),
      Z_NATION,
    ),
  );
}
