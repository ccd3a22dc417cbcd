/** Forecasts by repetition: a fixed profile with fading errors, the same slots of past cycles, and the most alike past windows. */
import { dot, entry, factorise, solveLower, solveUpper } from './linear.ts';
import type { Harmonics } from './ridge.ts';

/** Lags of the autoregression of what the profile leaves over. */
const MEMORY = 25;
/** Added to the variance, so that a short or perfectly regular series still gives coefficients. */
const NUGGET = 1e-3;
const FURTHEST = 6;

/** Mean profile of the cycle, smoothed by its harmonics, plus the autocorrelated part of the latest errors. */
export function profilePaths(
  z: Float64Array,
  wave: Harmonics,
  origins: readonly number[],
  horizon: number,
): Float64Array[] {
  const { period, columns, table } = wave;
  const last = origins.at(-1) ?? 0;
  const norms = new Float64Array(columns);
  for (let slot = 0; slot < period; slot++) {
    for (let i = 0; i < columns; i++) norms[i] = entry(norms, i) + entry(table, slot * columns + i) ** 2;
  }
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  const profile = new Float64Array(period);
  const errors = new Float64Array(last + horizon);
  let seen = 0;
  return origins.map((origin) => {
    for (; seen < origin; seen++) {
      sums[seen % period] = entry(sums, seen % period) + entry(z, seen);
      counts[seen % period] = entry(counts, seen % period) + 1;
    }
    smoothProfile(sums, counts, wave, norms, profile);
    for (let t = 0; t < origin; t++) errors[t] = (z[t] as number) - (profile[t % period] as number);
    const memory = Math.min(MEMORY, Math.floor(origin / 4));
    const coefficients = autoregression(errors, origin, memory);
    const path = new Float64Array(horizon);
    for (let j = 0; j < horizon; j++) {
      let error = 0;
      for (let i = 0; i < memory; i++) error += (coefficients[i] as number) * (errors[origin + j - 1 - i] as number);
      error = Math.max(-FURTHEST, Math.min(FURTHEST, error));
      errors[origin + j] = error;
      path[j] = entry(profile, (origin + j) % period) + error;
    }
    return path;
  });
}

function smoothProfile(
  sums: Float64Array,
  counts: Float64Array,
  { period, columns, table }: Harmonics,
  norms: Float64Array,
  profile: Float64Array,
): void {
  const means = new Float64Array(period);
  let total = 0;
  let known = 0;
  for (let slot = 0; slot < period; slot++) {
    total += entry(sums, slot);
    known += entry(counts, slot);
  }
  const overall = known > 0 ? total / known : 0;
  for (let slot = 0; slot < period; slot++) {
    means[slot] = entry(counts, slot) > 0 ? entry(sums, slot) / entry(counts, slot) : overall;
  }
  const mean = means.reduce((sum, value) => sum + value, 0) / period;
  profile.fill(mean);
  for (let i = 0; i < columns; i++) {
    let amplitude = 0;
    for (let slot = 0; slot < period; slot++) {
      amplitude += (table[slot * columns + i] as number) * (means[slot] as number);
    }
    amplitude /= entry(norms, i);
    for (let slot = 0; slot < period; slot++) {
      profile[slot] = (profile[slot] as number) + amplitude * (table[slot * columns + i] as number);
    }
  }
}

/** Yule-Walker coefficients of the first `n` values. */
function autoregression(values: Float64Array, n: number, memory: number): Float64Array {
  const covariance = new Float64Array(memory + 1);
  for (let lag = 0; lag <= memory; lag++) covariance[lag] = dot(values, lag, values, 0, n - lag);
  const matrix = new Float64Array(memory * memory);
  const coefficients = covariance.slice(1);
  for (let i = 0; i < memory; i++) {
    for (let j = 0; j <= i; j++) matrix[i * memory + j] = entry(covariance, i - j);
    matrix[i * memory + i] = entry(covariance, 0) * (1 + NUGGET) + 1e-9;
  }
  factorise(matrix, memory);
  solveLower(matrix, memory, coefficients);
  solveUpper(matrix, memory, coefficients);
  return coefficients;
}

/** Seasons looked back, and what one season further back weighs. */
const CYCLES = 4;
const FADING = 0.6;

/** Deviations of the same slots in past seasons from the level of their day, on top of the level of the latest day. */
export function slotPaths(
  z: Float64Array,
  season: number,
  origins: readonly number[],
  horizon: number,
): Float64Array[] {
  const sums = new Float64Array(z.length + 1);
  for (let t = 0; t < z.length; t++) sums[t + 1] = entry(sums, t) + entry(z, t);
  const levelAt = (t: number): number =>
    (entry(sums, t) - entry(sums, Math.max(0, t - season))) / Math.min(season, Math.max(1, t));
  return origins.map((origin) => {
    const level = levelAt(origin);
    return Float64Array.from({ length: horizon }, (_, j) => {
      let deviation = 0;
      let total = 0;
      let weight = 1;
      // Beyond one season ahead the same slot repeats, with the level of the same origin.
      const ahead = j % season;
      for (let k = 1; k <= CYCLES; k++) {
        const then = origin - season * k;
        if (then < season) break;
        deviation += weight * (entry(z, then + ahead) - levelAt(then));
        total += weight;
        weight *= FADING;
      }
      if (total > 0) return level + deviation / total;
      return entry(z, Math.max(0, origin - season + (j % season)));
    });
  });
}

/** Windows that count, how steeply likeness counts, and the share of the difference in level that is taken over. */
const NEAREST = 6;
const STEEPNESS = 2;
const LEVELLING = 0.7;

/** What followed the past windows most like the latest `window` values, moved to today's level. */
export function analogPaths(
  z: Float64Array,
  season: number,
  window: number,
  origins: readonly number[],
  horizon: number,
): Float64Array[] {
  return origins.map((origin) => {
    const candidates: { distance: number; start: number; shift: number }[] = [];
    for (let start = origin - season; start - window >= 0; start -= season) {
      let shift = 0;
      for (let i = 1; i <= window; i++) shift += ((z[origin - i] as number) - (z[start - i] as number)) / window;
      let distance = 0.5 * window * shift * shift;
      for (let i = 1; i <= window; i++) {
        const difference = (z[origin - i] as number) - (z[start - i] as number) - shift;
        distance += difference * difference * (i <= season ? 2 : 1);
      }
      candidates.push({ distance, start, shift });
    }
    candidates.sort((a, b) => a.distance - b.distance);
    const scale = candidates[Math.min(candidates.length - 1, NEAREST / 2)]?.distance || 1;
    const nearest = candidates.slice(0, NEAREST);
    return Float64Array.from({ length: horizon }, (_, j) => {
      let sum = 0;
      let total = 0;
      for (const { distance, start, shift } of nearest) {
        if (start + j >= origin) continue;
        const weight = Math.exp((-STEEPNESS * distance) / scale);
        sum += weight * (entry(z, start + j) + LEVELLING * shift);
        total += weight;
      }
      return total > 1e-300 ? sum / total : entry(z, Math.max(0, origin - season + (j % season)));
    });
  });
}
