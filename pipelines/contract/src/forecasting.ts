/**
 * What is expected, and what is out of the ordinary: made by the forecasting job, shown by every client, kept to be scored.
 * Counts are dossiers submitted unless a metric says otherwise; instants are milliseconds since 1970 UTC; shares are 0..1.
 */
import type { Dimension } from './dimensions.ts';
import type { Metric } from './sums.ts';

/** Shares of the truth that the three bands are to hold, narrowest first. */
export const LEVELS = [0.5, 0.8, 0.95] as const;

/** Lower and upper bound for each of `LEVELS`, in their order. */
export type Bands = readonly (readonly [low: number, high: number])[];

export interface Expected {
  mean: number;
  bands: Bands;
}

/** Why there is no forecast: said instead of a number. */
export interface NoForecast {
  reason: 'not-enough-history' | 'too-old' | 'mostly-gaps' | 'bad-request';
  detail: string;
}

export const HORIZONS = ['day', 'month', 'year'] as const;
export type Horizon = (typeof HORIZONS)[number];

/** Where a period's total will end. */
export interface Projection extends Expected {
  /** Local days of the period, both inclusive. */
  from: string;
  to: string;
  /** Counted when it was made; on a wall by now. */
  counted: number;
  /** Earlier periods of its kind whose total was forecast at the same distance from its end: what the bands stand on. */
  backtests: number;
}

interface Outlook {
  id: string;
  /** Probability that it is met by its date. */
  probability: number;
  /** First local day that was counted, where counting began after the target did. */
  since?: string;
  /** The last local day on which it can still be met at the best pace that is plausible. */
  lastDay?: string;
  state: 'met' | 'missed' | 'open';
}

/** Of a target that is a count: all numbers are dossiers. */
export interface CountOutlook extends Outlook {
  unit: 'dossiers';
  /** So far. */
  reached: number;
  /** Needed a remaining working day; absent where it is met or missed already. */
  neededPerDay?: number;
  /** What a working day usually brings now. */
  usualPerDay?: number;
  expected?: Expected;
}

/** Of a target that is a share: all numbers are shares, 0..1, and more than 1 where all of the rest would not do. */
export interface ShareOutlook extends Outlook {
  unit: 'share';
  /** So far. */
  reached: number;
  /** Needed of the rest; absent where it is met or missed already, and where nothing more is needed. */
  neededShare?: number;
  /** What stretches of such a length usually have. */
  usualShare?: number;
}

export type TargetOutlook = CountOutlook | ShareOutlook;

/** Where a target stands, or why that cannot be said yet. */
export type TargetStanding = TargetOutlook | ({ id: string } & NoForecast);

/** A stretch in which a series was not what its slot and day type promised. At most one a cause. */
export interface Episode {
  id: string;
  kind: 'surge' | 'drop' | 'silence';
  /** What it is about: the national series where nothing smaller explains it. */
  dim: 'all' | Dimension;
  code: string;
  metric: Metric;
  onset: number;
  /** Absent while it goes on. */
  end?: number;
  observed: number;
  expected: number;
  /** Largest robust score within it. */
  score: number;
  /** What explains most of the difference, largest share first. */
  drivers: readonly { dim: Dimension; code: string; share: number }[];
}

export interface Forecasts {
  /** When it was made, and up to when what it knew had been reported. */
  madeAt: number;
  knownTo: number;
  /** Hours of today that were to come when it was made, keyed by the hour's first instant in epoch seconds. */
  hours: Record<string, Expected>;
  /** Keyed by `HORIZONS`; a reason where history carries none. */
  projections: Partial<Record<Horizon, Projection | NoForecast>>;
  /** Those of the catalogue that count today. */
  targets: readonly TargetStanding[];
  /** Of today and what still goes on, the latest first. */
  episodes: readonly Episode[];
}

/** How often past bands held the truth. */
export interface Calibration {
  metric: Metric;
  horizon: Horizon | 'hour';
  /** In the order of `LEVELS`. */
  levels: readonly { level: number; held: number; of: number; low: number; high: number }[];
  /** Mean absolute error as a share of the truth; absent where there is none to score. */
  error?: number;
}
