/** What stands behind a curve: what is usual, what is foreseen, and where nothing is known. Pure. */
import {
  addDays,
  type Catalogue,
  type CurvePoint,
  DIMENSIONS,
  type Dimension,
  isRatio,
  LEVELS,
  localDay,
  METRICS,
  type Metric,
  type Queries,
  type Query as Question,
  type SeriesForecastAnswer,
  type WallState,
} from '@room/contract';
import type { Range } from '../../charts/trend.ts';
import { NAMES } from './asked.ts';

/** Which of the levels is shown: 80 %. */
const SHOWN_LEVEL = LEVELS.indexOf(0.8);

/** Its measure, where days like a curve's own say what is usual; a rate per person, and points of a month, have none. */
export const usualMeasureOf = (measure: string, { grain, per }: Pick<Question, 'grain' | 'per'>): Metric | undefined =>
  (grain === 'hour' || grain === 'day') && per !== '1000-people'
    ? METRICS.find((metric) => metric === measure)
    : undefined;

/** Under which name the forecast of a question is kept; undefined where none is made of what is asked. */
export function seriesOf(
  question: Question,
  measure: string,
  catalogue: Catalogue,
): Queries['/v1/forecasts'] | undefined {
  const metric = usualMeasureOf(measure, question);
  const { grain, boundaries } = question;
  if (metric === undefined || (grain !== 'hour' && grain !== 'day')) return undefined;
  if (boundaries !== 'as-reported' && boundaries !== 'today') return undefined;
  const narrowed = NAMES.filter((name) => question[name] !== undefined);
  if (narrowed.length === 0) return { metric, grain };
  const [dim] = narrowed;
  const [code, other] = dim === undefined ? [] : (question[dim] ?? []);
  if (narrowed.length > 1 || dim === undefined || code === undefined || other !== undefined) return undefined;
  return isForeseen(dim, code, catalogue) ? { dim, code, metric, grain } : undefined;
}

function isForeseen(
  dimension: Dimension,
  code: string,
  catalogue: Catalogue,
): dimension is Extract<Queries['/v1/forecasts']['dim'], Dimension> {
  return (DIMENSIONS[dimension].foreseen?.(catalogue) ?? []).some((member) => member.code === code);
}

const HOUR_MS = 3_600_000;

/** What is expected at a point, and between which bounds it is four times in five. */
export interface Foreseen extends Range {
  mean: number;
}

/** By the points that it is of, as curves name them. */
export function foreseenBy(
  { grain, start, mean, bounds }: SeriesForecastAnswer,
  { timeZone }: Pick<Catalogue, 'timeZone'>,
  hourOf: (at: number) => string,
): Map<string, Foreseen> {
  const first = localDay(start, timeZone);
  const at = (step: number): string => {
    if (grain === 'day') return addDays(first, step);
    const instant = start + step * HOUR_MS;
    return `${localDay(instant, timeZone)}T${hourOf(instant)}`;
  };
  const steps = mean.length;
  return new Map(
    mean.map((value, step) => [
      at(step),
      {
        mean: value,
        low: bounds[2 * SHOWN_LEVEL * steps + step] ?? value,
        high: bounds[(2 * SHOWN_LEVEL + 1) * steps + step] ?? value,
      },
    ]),
  );
}

/** Of a curve of days up to today as many days more are shown as are a part of it. */
const PART = 4;
const FEWEST = 2;
/** Points after the last that was asked for, of which something is foreseen. */
export function beyondOf(
  points: readonly Pick<CurvePoint, 'at'>[],
  foreseen: ReadonlyMap<string, Foreseen>,
  today: string,
): string[] {
  const last = points.at(-1)?.at;
  if (last === undefined || last.length !== 10 || last < today) return [];
  const most = Math.max(FEWEST, Math.round(points.length / PART));
  return [...foreseen.keys()].filter((at) => at > last).slice(0, most);
}

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
): 'usualNotOfShares' | 'usualNotOfLevels' | 'usualNotByMonth' | 'usualNotPerPerson' | undefined => {
  if (usualMeasureOf(measure, { grain, per }) !== undefined) return undefined;
  if (isRatio(measure)) return 'usualNotOfShares';
  if (!METRICS.some((metric) => metric === measure)) return 'usualNotOfLevels';
  return per === '1000-people' ? 'usualNotPerPerson' : 'usualNotByMonth';
};
