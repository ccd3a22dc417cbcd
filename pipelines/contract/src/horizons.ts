/** What forecasts are made for, and how much of the truth their bands are to hold. */

/** Shares of the truth that the three bands are to hold, narrowest first. */
export const LEVELS = [0.5, 0.8, 0.95] as const;

export const HORIZONS = ['day', 'month', 'year'] as const;
export type Horizon = (typeof HORIZONS)[number];
