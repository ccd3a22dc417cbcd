import { createRegistry } from '@room/operations';
import { ForecastingMetrics } from '@room/pipelines';
import { afterEach, expect, it, vi } from 'vitest';
import { metricsOf } from '../../harness/metrics.ts';

afterEach(() => void vi.useRealTimers());

it('tells how long refreshes take, what they made, how old it is, and what failed', async () => {
  const registry = createRegistry();
  const observer = new ForecastingMetrics(registry);
  const told = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      [...metricsOf(await registry.metrics())].filter(([series]) => /^room_forecasting_(?!\w+_bucket)/.test(series)),
    );
  expect(await told()).not.toHaveProperty('room_forecasting_age_seconds');
  observer.foretells(true);
  observer.foretellingFailed();
  observer.foretold({ madeAt: Date.now() - 60_000, series: 512, ms: 9_000 });
  const { room_forecasting_age_seconds: age, ...rest } = await told();
  expect(rest).toEqual({
    room_forecasting_leading: 1,
    room_forecasting_failures_total: 1,
    room_forecasting_series: 512,
    room_forecasting_refresh_duration_seconds_sum: 9,
    room_forecasting_refresh_duration_seconds_count: 1,
  });
  expect(age).toBeGreaterThanOrEqual(60);
  observer.foretells(false);
  // Another process makes them now, and says how old they are.
  expect(await told()).not.toHaveProperty('room_forecasting_age_seconds');
});

it('has an age before the first forecasts too, where there is enough to foresee from', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const registry = createRegistry();
  const observer = new ForecastingMetrics(registry);
  const age = async () => metricsOf(await registry.metrics()).get('room_forecasting_age_seconds');
  observer.foretells(true);
  expect(await age()).toBe(0);
  vi.setSystemTime(Date.now() + 7_000_000);
  expect(await age()).toBe(7_000);
  observer.lacksHistory();
  expect(await age()).toBe(0);
  vi.setSystemTime(Date.now() + 9_000_000);
  observer.foretellingFailed();
  expect(await age()).toBe(9_000);
});
