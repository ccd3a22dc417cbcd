/** What stands behind a curve: what is usual, what is foreseen, and where nothing is known. Pure. */
import {
  type Catalogue,
  type CurvePoint,
  type Dimension,
  isOfProgramme,
  isPoints,
  isRatio,
  METRICS,
  type Query as Question,
  usualMeasureOf,
  type WallState,
} from '@room/contract';
import { NAMES } from './asked.ts';

/** From the last point that is known before to the next one after. */
export interface Gap {
  from: number;
  to: number;
}

/**
 * Stretches that are over and of which nothing was reported; `openFrom` is the first point that is not over. Of a slice by what portals
 * are not told apart by, a point without anything may be one of none.
 */
export function gapsIn(points: readonly CurvePoint[], openFrom: number, question: Question): Gap[] {
  if (NAMES.some((name) => name !== 'province' && name !== 'source' && question[name] !== undefined)) return [];
  const gaps: Gap[] = [];
  for (let n = 0; n < Math.min(openFrom, points.length); n++) {
    if (points[n]?.now !== undefined) continue;
    const last = gaps.at(-1);
    if (last !== undefined && n > 0 && points[n - 1]?.now === undefined) last.to = n + 1;
    else gaps.push({ from: Math.max(0, n - 1), to: n + 1 });
  }
  return gaps.map(({ from, to }) => ({ from, to: Math.min(to, points.length - 1) }));
}

export interface Silence {
  /** Portals that reported and are silent now, by their ids. */
  sources: string[];
  /** The earliest instant up to which one of them reported; undefined where there is none. */
  since: number | undefined;
  /** Portals that never reported. */
  never: string[];
  /** All that the question is of is silent. */
  isAll: boolean;
}

/** Of the portals that a question is of, those that are silent now. */
export function silenceOf(
  state: Pick<WallState, 'sources'>,
  question: Pick<Question, 'source' | 'province' | 'agency'>,
  catalogue: Catalogue,
): Silence | undefined {
  const units = [...(question.province ?? []), ...(question.agency ?? [])];
  const own = catalogue.sources.filter(({ id, unit }) =>
    question.source !== undefined
      ? question.source.includes(id)
      : units.length === 0 || (unit !== undefined && units.includes(unit)),
  );
  const silent = own.filter(({ id }) => ['silent', 'never'].includes(state.sources[id]?.status ?? ''));
  if (silent.length === 0) return undefined;
  const reportedTo = ({ id }: { id: string }): number | undefined => state.sources[id]?.reportedTo;
  const times = silent.flatMap((one) => reportedTo(one) ?? []);
  return {
    sources: silent.filter((one) => reportedTo(one) !== undefined).map(({ id }) => id),
    since: times.length === 0 ? undefined : Math.min(...times),
    never: silent.filter((one) => reportedTo(one) === undefined).map(({ id }) => id),
    // Beside its own portal others tell of a unit.
    isAll: silent.length === own.length && units.length === 0,
  };
}

/** The same of one member of a dimension that portals are told apart by. */
export const silenceOfMember = (
  state: Pick<WallState, 'sources'>,
  dimension: Dimension,
  code: string,
  catalogue: Catalogue,
): Silence | undefined =>
  dimension === 'source' || dimension === 'province' || dimension === 'agency'
    ? silenceOf(state, { [dimension]: [code] }, catalogue)
    : undefined;

/** Why a curve has no usual range, where it has none by what is asked. */
export const noUsualWhy = (
  measure: string,
  { grain, per }: Pick<Question, 'grain' | 'per'>,
):
  | 'usualNotOfShares'
  | 'usualNotOfPoints'
  | 'usualNotOfProgramme'
  | 'usualNotOfLevels'
  | 'usualNotByMonth'
  | 'usualNotPerPerson'
  | undefined => {
  if (usualMeasureOf(measure, { grain, per }) !== undefined) return undefined;
  if (isRatio(measure)) return 'usualNotOfShares';
  if (isPoints(measure)) return 'usualNotOfPoints';
  if (isOfProgramme(measure)) return 'usualNotOfProgramme';
  if (!METRICS.some((metric) => metric === measure)) return 'usualNotOfLevels';
  return per === '1000-people' ? 'usualNotPerPerson' : 'usualNotByMonth';
};
