/** What the forecasting job tells of itself, for metrics. */
export interface ForecastingObserver {
  /** This process makes the forecasts from now on, or no longer. */
  foretells(isLeading: boolean): void;
  /** A whole refresh was made and stored: so many series, in so many milliseconds. */
  foretold(run: { madeAt: number; series: number; ms: number }): void;
  /** There is too little history to foresee anything from: nothing is overdue. */
  lacksHistory(): void;
  /** A refresh did not come to its end, and is tried again. */
  foretellingFailed(): void;
}
