/** One registry a process, and what is measured alike in each: the process itself, its readiness, and how far counting is behind. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Cause, isReady } from './cause.ts';
import type { Lag } from './lag.ts';

export type { Registry };

/** With Node's own metrics: memory, CPU, event loop, garbage collection. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

export function measureReadiness(registry: Registry, causes: () => readonly Cause[]): void {
  new Gauge({
    name: 'room_ready',
    help: '1 while the process can do its job, as /readyz says',
    registers: [registry],
    collect() {
      this.set(isReady(causes()) ? 1 : 0);
    },
  });
  new Gauge({
    name: 'room_not_ready',
    help: '1 for each cause that /readyz names now',
    labelNames: ['cause'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { code } of causes()) this.set({ cause: code }, 1);
    },
  });
}

export function measureLag(registry: Registry, lag: Pick<Lag, 'partitions' | 'isSilent'>): void {
  new Gauge({
    name: 'room_log_lag_events',
    help: 'Events appended to the log and not yet counted; absent while the log does not answer',
    labelNames: ['partition'],
    registers: [registry],
    collect() {
      this.reset();
      if (lag.isSilent) return;
      for (const [partition, records] of lag.partitions ?? []) this.set({ partition }, records);
    },
  });
}
