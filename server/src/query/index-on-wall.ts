/** The index as walls show it: by its parts, each with what is not measured of it apart, and without the formulas. Pure. */
import { type IndexAnswer, owns, pointsOfIndex, type Scope, type UnitKind, type WallIndex } from '@room/contract';

/**
 * Of a scope that is a part its own units alone, and nobody is held against another: what all reach together, and where somebody stands
 * among them, is not known of a part.
 */
export function indexOnWall(
  { index, from, to, asOf, coverage, simulated, all, units }: IndexAnswer,
  { period, by, scope }: { period: string; by: UnitKind; scope: Scope },
): WallIndex {
  const isRanked = scope.own === undefined;
  const reached = new Map(all.components.map(({ id, points }) => [id, points]));
  return {
    title: index.title,
    decision: index.decision,
    period,
    from,
    to,
    ...(asOf === undefined ? {} : { asOf }),
    ...(coverage === undefined ? {} : { coverage }),
    simulated,
    isRanked,
    total: pointsOfIndex(index),
    measured: all.measured,
    points: all.points,
    groups: index.groups.map(({ id, label, points: total, indicators }) => {
      const known = indicators.filter((indicator) => reached.get(indicator.id) !== undefined);
      return {
        id,
        label,
        total,
        measured: known.reduce((sum, indicator) => sum + indicator.points, 0),
        points: known.reduce((sum, indicator) => sum + (reached.get(indicator.id) ?? 0), 0),
      };
    }),
    units: units
      .filter(({ code, measured }) => measured > 0 && owns(scope, by, code))
      .map(({ components: _, side, best, worst, ...unit }) => ({
        ...unit,
        side: isRanked ? side : 'unclear',
        ...(!isRanked || best === undefined || worst === undefined ? {} : { best, worst }),
      })),
  };
}
