/**
 * What is expected, and what is out of the ordinary: made by the forecasting job, shown by every client, kept to be scored.
 * Counts are dossiers submitted unless a metric says otherwise; instants are milliseconds since 1970 UTC; shares are 0..1.
 */
import { z } from 'zod';
import { dimensionsThat } from './dimensions.ts';
import { HORIZONS } from './horizons.ts';
import { type Parsed, parsedJson } from './parsed.ts';
import { absentOr, by, count, day, instant, number } from './schema.ts';
import { METRICS } from './sums.ts';

const dimension = z.enum(dimensionsThat(() => true));

const expected = {
  mean: number,
  /** Lower and upper bound for each of `LEVELS`, in their order. */
  bands: z
    .array(z.tuple([number, number]).readonly())
    .readonly()
    .meta({ description: 'low and high that hold 50, 80 and 95 % of the truth' }),
};
const expectedSchema = z.object(expected).meta({ id: 'Expected' });
export type Expected = z.infer<typeof expectedSchema>;
export type Bands = Expected['bands'];

const noForecast = {
  reason: z.enum(['not-enough-history', 'too-old', 'mostly-gaps', 'bad-request']),
  detail: z.string(),
};
const noForecastSchema = z.object(noForecast).meta({ id: 'NoForecast' });
/** Why there is no forecast: said instead of a number. */
export type NoForecast = z.infer<typeof noForecastSchema>;

const projectionSchema = z.object({
  ...expected,
  /** Local days of the period, both inclusive. */
  from: day,
  to: day,
  /** Counted when it was made; on a wall by now. */
  counted: count,
  /** Earlier periods of its kind whose total was forecast at the same distance from its end: what the bands stand on. */
  backtests: count,
});
/** Where a period's total will end. */
export type Projection = z.infer<typeof projectionSchema>;

const outlook = {
  id: z.string(),
  /** Probability that it is met by its date. */
  probability: number,
  /** So far: dossiers, or their share. */
  reached: number,
  /** First local day that was counted, where counting began after the target did. */
  since: absentOr(day),
  /** The last local day on which it can still be met at the best pace that is plausible. */
  lastDay: absentOr(day),
  state: z.enum(['met', 'missed', 'open']),
};

const countOutlookSchema = z
  .object({
    ...outlook,
    unit: z.literal('dossiers'),
    /** Needed a remaining working day; absent where it is met or missed already. */
    neededPerDay: absentOr(number),
    /** What a working day usually brings now. */
    usualPerDay: absentOr(number),
    expected: absentOr(expectedSchema),
  })
  .meta({ id: 'CountOutlook' });
/** Of a target that is a count: all numbers are dossiers. */
export type CountOutlook = z.infer<typeof countOutlookSchema>;

const shareOutlookSchema = z
  .object({
    ...outlook,
    unit: z.literal('share'),
    /** Needed of the rest; absent where it is met or missed already, and where nothing more is needed. */
    neededShare: absentOr(number),
    /** What stretches of such a length usually have. */
    usualShare: absentOr(number),
    /** What it will be at its end. */
    projected: absentOr(number),
  })
  .meta({ id: 'ShareOutlook' });
/** Of a target that is a share: all numbers are shares, 0..1, and more than 1 where all of the rest would not do. */
export type ShareOutlook = z.infer<typeof shareOutlookSchema>;

export type TargetOutlook = CountOutlook | ShareOutlook;

const targetSchema = z.union([
  z.discriminatedUnion('unit', [countOutlookSchema, shareOutlookSchema]),
  z.object({ id: z.string(), ...noForecast }),
]);
/** Where a target stands, or why that cannot be said yet. */
export type TargetStanding = z.infer<typeof targetSchema>;

const episodeSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['surge', 'drop', 'silence']),
    /** What it is about: the national series where nothing smaller explains it. */
    dim: dimension.or(z.literal('all')),
    code: z.string(),
    metric: z.enum(METRICS),
    onset: instant,
    /** Absent while it goes on. */
    end: absentOr(instant),
    observed: number,
    expected: number,
    /** Largest robust score within it. */
    score: number,
    /** What explains most of the difference, largest share first. */
    drivers: z.array(z.object({ dim: dimension, code: z.string(), share: number })).readonly(),
  })
  .meta({ id: 'Episode' });
/** A stretch in which a series was not what its slot and day type promised. At most one a cause. */
export type Episode = z.infer<typeof episodeSchema>;

export const forecastsSchema = z
  .object({
    /** When it was made, and up to when what it knew had been reported. */
    madeAt: instant,
    knownTo: instant,
    /** Hours of today that were to come when it was made. */
    hours: by(expectedSchema, 'first instant of the hour, in epoch seconds'),
    /** A reason where history carries none. */
    projections: z.partialRecord(z.enum(HORIZONS), z.union([projectionSchema, noForecastSchema])),
    /** Those of the catalogue that count today. */
    targets: z.array(targetSchema).readonly(),
    /** Of today and what still goes on, the latest first. */
    episodes: z.array(episodeSchema).readonly(),
  })
  .meta({ id: 'Forecasts' });
export type Forecasts = z.infer<typeof forecastsSchema>;

export const calibrationSchema = z
  .object({
    metric: z.enum(METRICS),
    horizon: z.enum([...HORIZONS, 'hour']),
    /** In the order of `LEVELS`. */
    levels: z.array(z.object({ level: number, held: count, of: count, low: number, high: number })).readonly(),
    /** Mean absolute error as a share of the truth; absent where there is none to score. */
    error: absentOr(number),
  })
  .meta({ id: 'Calibration' });
/** How often past bands held the truth. */
export type Calibration = z.infer<typeof calibrationSchema>;

const foreseenDimensions = dimensionsThat(({ foreseen }) => foreseen !== undefined);
export const seriesAskedSchema = z.strictObject({
  dim: z.enum(['all', ...foreseenDimensions]).default('all'),
  code: z.string().default('').meta({ description: 'id of the unit, or its code today; none for the whole country' }),
  metric: z.enum(METRICS).default('submitted'),
  grain: z.enum(['hour', 'day']).default('hour'),
});
export const seriesForecastSchema = z
  .strictObject({
    dim: z.string(),
    code: z.string(),
    metric: z.enum(METRICS),
    grain: z.enum(['hour', 'day']),
    madeAt: instant,
    knownTo: instant,
    start: instant,
    mean: z.array(number),
    bounds: z.array(number).meta({
      description: 'low and high of each level, narrowest first: the lows of all steps, then their highs, and so on',
    }),
  })
  .meta({ id: 'Forecast' });
/** Of one series, steps from `start` on. */
export type SeriesForecastAnswer = z.infer<typeof seriesForecastSchema>;

/** What was stored as JSON, perhaps by another version of the room. */
export const readForecasts = (text: string): Parsed<Forecasts> => parsedJson(forecastsSchema, text);
export const readCalibration = (text: string): Parsed<Calibration[]> => parsedJson(z.array(calibrationSchema), text);
export const readEpisode = (text: string): Parsed<Episode> => parsedJson(episodeSchema, text);
