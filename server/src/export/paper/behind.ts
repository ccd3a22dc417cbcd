/** What stands behind the curve of a paper, as on the page: what is usual, and what is foreseen. */
import {
  addDays,
  beyondOf,
  type Catalogue,
  type Foreseen,
  foreseenBy,
  type Grain,
  localDay,
  type Measure,
  type Query,
  type QueryAnswer,
  seriesOf,
  USUAL_REACH,
  type Usual,
  usualCurve,
  usualMeasureOf,
} from '@room/contract';
import type { ForecastStore } from '@room/warehouse';
import { foreseenMember } from '../../foreseen-member.ts';
import { clockIn } from '../table.ts';
import type { Taking } from '../taking.ts';

export interface Behind {
  /** One for each point. */
  usual: readonly (Usual | undefined)[];
  foreseen: ReadonlyMap<string, Foreseen>;
  /** The number of the first point that is not over. */
  openFrom: number;
  /** Points after the last one that something is foreseen of. */
  beyond: readonly string[];
}

export const NOTHING: Behind = { usual: [], foreseen: new Map(), openFrom: 0, beyond: [] };

export interface BehindOptions {
  query: Query;
  main: Measure;
  answer: QueryAnswer;
  catalogue: Catalogue;
  scope: Taking<unknown>['scope'];
  ask: Taking<unknown>['ask'];
  answerTo: (query: Query) => Promise<QueryAnswer>;
  forecasts: Pick<ForecastStore, 'forecast'>;
}

export async function behindOf(options: BehindOptions): Promise<Behind> {
  const { query, main, answer, catalogue, answerTo } = options;
  const metric = usualMeasureOf(main, query);
  const { points = [] } = answer.total;
  if (metric === undefined || points.length === 0) return NOTHING;
  const { timeZone } = catalogue;
  const clock = clockIn(timeZone);
  const hourOf = (at: number): string => clock(at).slice(11, 13);
  const today = localDay(answer.answeredAt, timeZone);
  const hour = `${today}T${hourOf(answer.answeredAt)}`;
  const open = points.findIndex(({ at }) => at >= hour.slice(0, at.length));
  const { sort: _sort, top: _top, ...rest } = query;
  const earlier = await answerTo({
    ...rest,
    from: addDays(query.from, -USUAL_REACH),
    to: addDays(query.from, -1),
    measures: [metric],
    split: [],
    compare: 'none',
    order: 'largest',
  });
  const known = [...(earlier.total.points ?? []), ...points];
  const made = query.to < today ? undefined : await forecastOf(options);
  const foreseen = made === undefined ? NOTHING.foreseen : foreseenBy(made, catalogue, hourOf);
  return {
    usual: usualCurve(points, known, metric, today, catalogue),
    foreseen,
    openFrom: open === -1 ? points.length : open,
    beyond: beyondOf(points, foreseen, today),
  };
}

/** Undefined where none is made of it, was made yet, or may be seen. */
async function forecastOf({ query, main, catalogue, scope, ask, forecasts }: BehindOptions) {
  const series = seriesOf(query, main, catalogue);
  if (series === undefined) return undefined;
  const { dim = 'all', code = '', metric = 'submitted', grain = 'hour' } = series;
  const name = { dim, code: foreseenMember(catalogue, dim, code), metric };
  const found = await ask(`forecast ${JSON.stringify([name, grain])}`, (signal) =>
    forecasts.forecast(scope, name, grain satisfies Grain, undefined, signal),
  );
  return found;
}
