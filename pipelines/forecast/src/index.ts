/** Forecasts of counts, and their scores: pure functions without state, clock or chance. */

export { type Driver, type Drivers, driversOf } from './anomaly/drivers.ts';
export { type Episode, type Findings, findEpisodes } from './anomaly/episodes.ts';
export { type Cause, foldEpisodes, type Located } from './anomaly/fold.ts';
export type { CountedSeries, Judgement, Method } from './anomaly/judge.ts';
export { type DayTypes, dayEffects, labelOfDay, type WholeDays } from './days.ts';
export {
  type Band,
  type Bands,
  type BandsOptions,
  type Caution,
  type Forecast,
  type ForecastOptions,
  forecast,
  forecastBands,
  type Outcome,
  type Refusal,
  tryForecast,
  tryForecastBands,
} from './forecast.ts';
export type { Values } from './history.ts';
export * as score from './score.ts';
export { type Calibration, calibration, type Judged, widthFactor, wilson } from './target/calibration.ts';
export { type Departure, doubtOfDeparture } from './target/departure.ts';
export {
  assessShare,
  assessTarget,
  type DayLeft,
  lastDayToTurn,
  type ShareStanding,
  type Standing,
} from './target/standing.ts';
export { normalQuantile } from './target/student.ts';
export {
  backtestTotals,
  type Interval,
  type PastTotal,
  type Period,
  type Project,
  type Projection,
  projectTotal,
  type Total,
} from './target/total.ts';
