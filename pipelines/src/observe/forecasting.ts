/** Hears what the forecasting job tells of itself, and keeps it as metrics. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ForecastingObserver } from '../forecasting/observer.ts';

export class ForecastingMetrics implements ForecastingObserver {
  readonly #seconds: Histogram;
  readonly #series: Gauge;
  readonly #failed: Counter;
  readonly #leading: Gauge;
  /** Milliseconds since 1970 UTC; undefined while another process makes the forecasts. */
  #countedFrom: number | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#seconds = new Histogram({
      name: 'room_forecasting_refresh_duration_seconds',
      help: 'Time to read the history of all series, to foresee them in a thread of its own, and to store what was made',
      buckets: [1, 2.5, 5, 10, 20, 40, 80, 120, 240, 480],
      registers,
    });
    this.#series = new Gauge({
      name: 'room_forecasting_series',
      help: 'Forecasts that the last refresh stored',
      registers,
    });
    this.#failed = new Counter({
      name: 'room_forecasting_failures_total',
      help: 'Refreshes that did not come to their end; tried again after a while',
      registers,
    });
    this.#leading = new Gauge({
      name: 'room_forecasting_leading',
      help: '1 in the process that makes the forecasts',
      registers,
    });
    const countedFrom = (): number | undefined => this.#countedFrom;
    new Gauge({
      name: 'room_forecasting_age_seconds',
      help: 'Age of the last forecasts that the leading process made, before the first of its lead, or of its last look that found too little history; absent elsewhere',
      registers,
      collect() {
        const at = countedFrom();
        if (at === undefined) this.remove();
        else this.set((Date.now() - at) / 1_000);
      },
    });
  }

  foretells(isLeading: boolean): void {
    this.#leading.set(isLeading ? 1 : 0);
    this.#countedFrom = isLeading ? Date.now() : undefined;
  }

  foretold({ madeAt, series, ms }: Parameters<ForecastingObserver['foretold']>[0]): void {
    this.#countedFrom = madeAt;
    this.#series.set(series);
    this.#seconds.observe(ms / 1_000);
  }

  lacksHistory(): void {
    this.#countedFrom = Date.now();
  }

  foretellingFailed(): void {
    this.#failed.inc();
  }
}
