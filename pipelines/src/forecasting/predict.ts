/** One series, foreseen by hour or by day. Pure. */
import { type Bands, type Expected, LEVELS, type NoForecast } from '@room/contract';
import { normalQuantile, type BandedForecast as Path, tryForecastBands, type WholeDays } from '@room/forecast';

const SEASONS = { hour: [24, 168], day: [7, 365] } as const;

export type Foreseen = { ok: true; path: Path } | { ok: false; why: NoForecast };

/** `labels` are those of the values and of the `horizon` after them; `wholeDays` tells of days too rare for hours. */
export function foresee(
  values: Float64Array,
  grain: keyof typeof SEASONS,
  labels: readonly (string | null)[],
  horizon: number,
  wholeDays?: WholeDays,
): Foreseen {
  // The time before anything was known says nothing, and costs.
  const from = Math.max(
    0,
    values.findIndex((value) => !Number.isNaN(value)),
  );
  const made = tryForecastBands(values.subarray(from), {
    horizon,
    seasons: SEASONS[grain],
    levels: LEVELS,
    dayTypes: labels.slice(from),
    wholeDays,
  });
  return made.ok ? { ok: true, path: made.forecast } : { ok: false, why: { reason: made.reason, detail: made.detail } };
}

/** The first `steps` as wide as a standard deviation of `doubt`, a share of the mean, leaves them beside their own. */
export function widened({ mean, bands }: Path, doubt: number, steps: number): Path {
  const wide = (bound: Float64Array, level: number): Float64Array =>
    bound.map((value, step) => {
      const middle = mean[step] as number;
      const open = step < steps ? normalQuantile((1 + level) / 2) * doubt * middle : 0;
      return Math.max(0, middle + Math.sign(value - middle) * Math.hypot(value - middle, open));
    });
  return {
    mean,
    bands: bands.map(({ level, lower, upper }) => ({ level, lower: wide(lower, level), upper: wide(upper, level) })),
  };
}

export const expectedAt = ({ mean, bands }: Path, step: number): Expected => ({
  mean: tenth(mean[step] ?? 0),
  bands: bands.map(({ lower, upper }) => [tenth(lower[step] ?? 0), tenth(upper[step] ?? 0)] as const) satisfies Bands,
});

/** Dossiers are whole: a tenth is more than anybody can see. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;

/** As it is stored: means, and flat low and high of each level, narrowest first. */
export const flat = ({ mean, bands }: Path): { mean: Float32Array; bounds: Float32Array } => {
  const n = mean.length;
  const bounds = new Float32Array(2 * LEVELS.length * n);
  for (const [at, { lower, upper }] of bands.entries()) {
    bounds.set(lower, 2 * at * n);
    bounds.set(upper, (2 * at + 1) * n);
  }
  return { mean: Float32Array.from(mean), bounds };
};
