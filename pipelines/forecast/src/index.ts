/** Forecasts of counts, and their scores: pure functions without state, clock or chance. */

export { type Driver, type Drivers, driversOf } from './anomaly/drivers.ts';
export { type Deviation, type Findings, findEpisodes } from './anomaly/episodes.ts';
export { type CommonCause, foldEpisodes, type Located } from './anomaly/fold.ts';
export type { CountedSeries, Judgement, Method, Told } from './anomaly/judge.ts';
export { type DayTypes, dayEffects, labelOfDay, type WholeDays } from './days.ts';
export {
  type Band,
  type BandedForecast,
  type BandsOptions,
  type Caution,
  type Forecast,
  type ForecastOptions,
  type ForecastOutcome,
  type ForecastRefusal,
  forecast,
  forecastBands,
  tryForecast,
  tryForecastBands,
} from './forecast.ts';
export type { Values } from './history.ts';
export * as score from './score.ts';
export { calibration, type LevelCalibration, type ScoredIntervals, widthFactor, wilson } from './target/calibration.ts';
export { type Departure, doubtOfDeparture } from './target/departure.ts';
export {
  assessShare,
  assessTarget,
  type DayLeft,
  lastDayToTurn,
  type ShareStanding,
  type TargetOutcome,
} from './target/standing.ts';
export { normalQuantile } from './target/student.ts';
export {
  backtestTotals,
  deviationOfAll,
  type Interval,
  type PastTotal,
  type Project,
  projectTotal,
  type StepRange,
  type Total,
  type TotalOutcome,
} from './target/total.ts';
