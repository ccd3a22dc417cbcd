/** What stands behind a curve of a question, on a page and on paper: whether days like its own say what is usual, and what is foreseen. Pure. */
import type { Queries } from './api.ts';
import { addDays, localDay } from './calendar.ts';
import type { Catalogue } from './catalogue.ts';
import { DIMENSIONS, type Dimension } from './dimensions.ts';
import type { SeriesForecastAnswer } from './forecasting.ts';
import { LEVELS } from './horizons.ts';
import type { CurvePoint, Query } from './query.ts';
import { METRICS, type Metric } from './sums.ts';

const NAMES = Object.keys(DIMENSIONS) as Dimension[];
/** Which of the levels is shown: 80 %. */
export const SHOWN_LEVEL = LEVELS.indexOf(0.8);

/** Its measure, where days like a curve's own say what is usual; a rate per person, and points of a month, have none. */
export const usualMeasureOf = (measure: string, { grain, per }: Pick<Query, 'grain' | 'per'>): Metric | undefined =>
  (grain === 'hour' || grain === 'day') && per !== '1000-people'
    ? METRICS.find((metric) => metric === measure)
    : undefined;

/** Under which name the forecast of a question is kept; undefined where none is made of what is asked. */
export function seriesOf(question: Query, measure: string, catalogue: Catalogue): Queries['/v1/forecasts'] | undefined {
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
export interface Foreseen {
  mean: number;
  low: number;
  high: number;
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
