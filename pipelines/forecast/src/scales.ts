/** Standardised views of a series: on its own scale, on the logarithm, where growth and season multiply, and on the root between. */
import { entry } from './linear.ts';

export interface Scale {
  z: Float64Array;
  /** From the standardised scale back to counts; never below 0, never above `ceiling`. */
  back(z: number): number;
}

function standardise(values: Float64Array): { z: Float64Array; mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = Math.sqrt(variance) || 1;
  return { z: values.map((value) => (value - mean) / deviation), mean, deviation };
}

const within = (value: number, ceiling: number): number => Math.max(0, Math.min(ceiling, value));

export function plainScale(values: Float64Array, ceiling: number): Scale {
  const { z, mean, deviation } = standardise(values);
  return { z, back: (it) => within(mean + deviation * it, ceiling) };
}

export function rootScale(values: Float64Array, ceiling: number): Scale {
  const { z, mean, deviation } = standardise(values.map(Math.sqrt));
  return { z, back: (it) => within(Math.max(0, mean + deviation * it) ** 2, ceiling) };
}

/** Share of zeros from which on they belong to the series, and everything is moved by the least count above them. */
const ZEROS = 0.005;

export function logScale(values: Float64Array, ceiling: number): Scale {
  let zeros = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let t = 0; t < values.length; t++) {
    const value = entry(values, t);
    if (value === 0) zeros++;
    else least = Math.min(least, value);
  }
  if (zeros === values.length) least = 1;
  const moved = zeros > Math.max(2, ZEROS * values.length) ? least : 0;
  const floor = moved > 0 ? 0 : least / 2;
  const { z, mean, deviation } = standardise(values.map((value) => Math.log(Math.max(value, floor) + moved)));
  return { z, back: (it) => within(Math.exp(Math.min(700, mean + deviation * it)) - moved, ceiling) };
}
