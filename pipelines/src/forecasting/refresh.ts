/** One refresh: from what was read to forecasts, projections, outlooks and episodes, the nation's first. Pure; runs in a thread. */
import { type Catalogue, type Episode, type Expected, type Forecasts, type Horizon, METRICS } from '@room/contract';
import { type Grain, historyRows, type SeriesForecast, type SeriesProjection } from '@room/warehouse';
import { Calendar, HOUR } from './calendar.ts';
import { episodesOf } from './episodes.ts';
import { gridsAt } from './grids.ts';
import { daysAhead, HOURS_AHEAD, isPath, nationalSeries, projectionsOf, type Scene } from './nation.ts';
import { outlooksOf } from './outlook.ts';
import { NATION, type Subject, subjectsOf } from './plan.ts';
import { expectedAt, flat, foresee } from './predict.ts';
import { History } from './series.ts';
import { type Backtests, yearOf } from './totals.ts';

export interface Order {
  catalogue: Catalogue;
  madeAt: number;
  knownTo: number;
  backtests: Backtests;
  /** Episodes that were told before and not withdrawn. */
  told: readonly Episode[];
  /** Daily forecasts reach far and change little: they are made once a day. */
  withDays: boolean;
}

export interface HistoryBytes {
  grain: Grain;
  dim: string;
  bytes: Uint8Array;
}

export type Made =
  | { kind: 'summary'; forecasts: Forecasts; projections: SeriesProjection[]; episodes: Episode[] }
  | { kind: 'forecasts'; forecasts: SeriesForecast[] }
  | { kind: 'done'; series: number; backtests: Backtests };

type ByMetric = ReturnType<typeof nationalSeries>;

/** Series handed on at once: few enough to be stored between two pulses. */
const BATCH = 40;
/** Episodes that a wall can show. */
const MOST_SHOWN = 6;

export function* refresh(order: Order, history: readonly HistoryBytes[]): Generator<Made> {
  const { catalogue, knownTo } = order;
  const calendar = new Calendar(catalogue);
  const grids = gridsAt(knownTo, calendar);
  const hours = new History(grids.hours, catalogue.sources);
  const days = new History(grids.days, catalogue.sources);
  for (const { grain, dim, bytes } of history) (grain === 'hour' ? hours : days).add(dim, historyRows(bytes));
  const backtests = order.backtests.day === grids.today ? order.backtests : { day: grids.today, past: {} };
  const scene: Scene = { calendar, grids, hours, days, backtests };
  const subjects = subjectsOf(catalogue, grids.today);

  const byMetric = nationalSeries(scene, yearOf(grids.today).to);
  yield national(scene, byMetric, order, subjects);

  let batch: SeriesForecast[] = [];
  let series = 0;
  for (const forecast of forecastsOf(scene, byMetric, subjects, order.withDays)) {
    batch.push(forecast);
    series++;
    if (batch.length < BATCH) continue;
    yield { kind: 'forecasts', forecasts: batch };
    batch = [];
  }
  if (batch.length > 0) yield { kind: 'forecasts', forecasts: batch };
  yield { kind: 'done', series, backtests };
}

function national(
  scene: Scene,
  byMetric: ByMetric,
  { catalogue, madeAt, knownTo, told }: Order,
  subjects: readonly Subject[],
): Made {
  const { today, midnight } = scene.grids;
  const agencies = new Map(catalogue.services.map(({ code, agency }) => [code, agency]));
  const episodes = episodesOf(scene, subjects, (service) => agencies.get(service), told);
  const shown = projectionsOf(byMetric.submitted, today);
  const projections = METRICS.flatMap((metric) =>
    Object.entries(metric === 'submitted' ? shown : projectionsOf(byMetric[metric], today)).flatMap(
      ([horizon, projection]): SeriesProjection[] =>
        'mean' in projection ? [{ ...NATION, metric, horizon: horizon as Horizon, projection }] : [],
    ),
  );
  const { byHour } = byMetric.submitted;
  const forecasts: Forecasts = {
    madeAt,
    knownTo,
    hours: isPath(byHour) ? expectedHours(byHour, knownTo) : {},
    projections: shown,
    targets: outlooksOf(scene, catalogue, madeAt),
    episodes: episodes.filter(({ end }) => end === undefined || end > midnight).slice(0, MOST_SHOWN),
  };
  return { kind: 'summary', forecasts, projections, episodes };
}

function expectedHours(path: Parameters<typeof expectedAt>[0], knownTo: number): Record<string, Expected> {
  const hours: Record<string, Expected> = {};
  for (let step = 0; step < path.mean.length; step++) hours[(knownTo + step * HOUR) / 1_000] = expectedAt(path, step);
  return hours;
}

/** Hours of every series first, then the days of those that are due. */
function* forecastsOf(
  scene: Scene,
  byMetric: ByMetric,
  subjects: readonly Subject[],
  withDays: boolean,
): Generator<SeriesForecast> {
  const { calendar, grids, hours, days } = scene;
  const { known, start } = grids.hours;
  const hourLabels = calendar.hourLabels(start, known + HOURS_AHEAD);
  const from = start + known * HOUR;
  for (const { dim, code } of subjects)
    for (const metric of METRICS) {
      const { byHour, wholeDays } = byMetric[metric];
      if (dim === NATION.dim) {
        if (isPath(byHour)) yield { dim, code, metric, grain: 'hour', start: from, ...flat(byHour) };
        continue;
      }
      // Of a rare day the nation knows more than any unit.
      const made = foresee(hours.values(dim, code, metric), 'hour', hourLabels, HOURS_AHEAD, wholeDays);
      if (made.ok) yield { dim, code, metric, grain: 'hour', start: from, ...flat(made.path) };
    }
  if (!withDays) return;
  const ahead = daysAhead(grids.today);
  const dayLabels = calendar.dayLabels(grids.days.first, grids.days.known + ahead);
  for (const { dim, code } of subjects)
    for (const metric of METRICS) {
      const made = foresee(days.values(dim, code, metric), 'day', dayLabels, ahead);
      if (made.ok) yield { dim, code, metric, grain: 'day', start: grids.midnight, ...flat(made.path) };
    }
}
