/** Forecasts of counts, and their scores: pure functions without state, clock or chance. */
export { type DayTypes, labelOfDay } from './days.ts';
export {
  type Caution,
  type Forecast,
  type ForecastOptions,
  forecast,
  type Outcome,
  type Refusal,
  tryForecast,
} from './forecast.ts';
export type { Values } from './history.ts';
export * as score from './score.ts';
