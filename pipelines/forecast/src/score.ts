/** Scores of forecasts, by the definitions of the M4 competition. sMAPE is in percent; MASE and MSIS are in naive errors. */
import { entry } from './linear.ts';

type Series = ArrayLike<number>;

/** Symmetric mean absolute percentage error, 0 to 200. Where forecast and truth are both 0 the step counts as right. */
export function smape(forecast: Series, truth: Series): number {
  let sum = 0;
  for (let j = 0; j < truth.length; j++) {
    const size = Math.abs(entry(forecast, j)) + Math.abs(entry(truth, j));
    if (size > 0) sum += (200 * Math.abs(entry(forecast, j) - entry(truth, j))) / size;
  }
  return sum / truth.length;
}

/** Mean absolute error of repeating the value one season ago, within the history: the unit of MASE and MSIS. */
export function naiveError(history: Series, season: number): number {
  let sum = 0;
  for (let t = season; t < history.length; t++) sum += Math.abs(entry(history, t) - entry(history, t - season));
  return sum / (history.length - season);
}

export function mase(forecast: Series, truth: Series, history: Series, season: number): number {
  let sum = 0;
  for (let j = 0; j < truth.length; j++) sum += Math.abs(entry(forecast, j) - entry(truth, j));
  return sum / truth.length / naiveError(history, season);
}

/** Mean scaled interval score of a band that is meant to hold `level` of the values. */
export function msis(
  lower: Series,
  upper: Series,
  truth: Series,
  history: Series,
  season: number,
  level: number,
): number {
  let sum = 0;
  for (let j = 0; j < truth.length; j++) {
    const value = entry(truth, j);
    const below = Math.max(0, entry(lower, j) - value);
    const above = Math.max(0, value - entry(upper, j));
    sum += entry(upper, j) - entry(lower, j) + (2 / (1 - level)) * (below + above);
  }
  return sum / truth.length / naiveError(history, season);
}

/** Share of the truth inside the band. */
export function coverage(lower: Series, upper: Series, truth: Series): number {
  let inside = 0;
  for (let j = 0; j < truth.length; j++) {
    if (entry(truth, j) >= entry(lower, j) && entry(truth, j) <= entry(upper, j)) inside++;
  }
  return inside / truth.length;
}

/** Repeats the last season. */
export const seasonalNaive = (history: Series, horizon: number, season: number): Float64Array =>
  Float64Array.from({ length: horizon }, (_, j) => entry(history, history.length - season + (j % season)));

/** Two-sided 90 % bound of the normal distribution, as the competition used it. */
const BOUND = 1.645;

/** The competition's yardstick: the last value, seasonally adjusted where the autocorrelation at the season is significant. */
export function naive2(history: Series, horizon: number, season: number): Float64Array {
  const n = history.length;
  const last = entry(history, n - 1);
  if (!isSeasonal(history, season)) return new Float64Array(horizon).fill(last);
  const factors = multiplicativeFactors(history, season);
  const level = last / entry(factors, (n - 1) % season);
  return Float64Array.from({ length: horizon }, (_, j) => level * entry(factors, (n + j) % season));
}

export function isSeasonal(history: Series, season: number): boolean {
  const n = history.length;
  if (season < 2 || n < 3 * season) return false;
  const mean = Array.from(history).reduce((sum, value) => sum + value, 0) / n;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (entry(history, t) - mean) * (entry(history, t - lag) - mean);
    return sum;
  };
  const variance = covariance(0);
  let squares = 1;
  for (let lag = 1; lag < season; lag++) squares += 2 * (covariance(lag) / variance) ** 2;
  return Math.abs(covariance(season) / variance) > BOUND * Math.sqrt(squares / n);
}

/** Classical multiplicative decomposition: ratios to the centred moving average, averaged a slot, mean 1. */
export function multiplicativeFactors(history: Series, season: number): Float64Array {
  const n = history.length;
  const half = season >> 1;
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let t = half; t < n - half; t++) {
    let average = 0;
    for (let u = t - half; u <= t + half; u++) {
      const edge = season % 2 === 0 && (u === t - half || u === t + half);
      average += entry(history, u) * (edge ? 0.5 : 1);
    }
    average /= season;
    sums[t % season] = entry(sums, t % season) + entry(history, t) / average;
    counts[t % season] = entry(counts, t % season) + 1;
  }
  const factors = sums.map((sum, slot) => sum / entry(counts, slot));
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / season;
  return factors.map((factor) => factor / mean);
}

export interface Scored {
  smape: number;
  mase: number;
}

/** Overall weighted average: the mean of both scores, each divided by the yardstick's over the same set. */
export const owa = (ours: Scored, yardstick: Scored): number =>
  (ours.smape / yardstick.smape + ours.mase / yardstick.mase) / 2;
