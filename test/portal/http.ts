/** Sends events to a room's gateway, each portal with its own key and in its own order. */
import { MAX_BATCH_EVENTS } from '@room/contract';
import { postBatch, Stopped } from '../../pipelines/src/import/gateway.ts';
import type { SimEvent } from './model.ts';
import type { Transport } from './transport.ts';

const PARALLEL = 8;
const MOST_WAITING = 100_000;

interface Lane {
  key: string;
  waiting: string[];
  running: boolean;
}

export interface HttpOptions {
  url: string;
  /** Key by source; a portal without one stays silent. */
  keys: ReadonlyMap<string, string>;
  stop: AbortSignal;
  note(text: string): void;
}

export class HttpTransport implements Transport {
  accepted = 0;
  duplicate = 0;
  quarantined = 0;
  private readonly lanes = new Map<string, Lane>();
  private readonly wakers = new Set<() => void>();
  private running = 0;
  private waiting = 0;
  private hasty = false;
  private failure: unknown;

  constructor(private readonly options: HttpOptions) {
    for (const [source, key] of options.keys) this.lanes.set(source, { key, waiting: [], running: false });
  }

  async send(events: readonly SimEvent[], hasty: boolean): Promise<void> {
    for (const event of events) {
      const lane = this.lanes.get(event.source);
      if (lane === undefined) continue;
      lane.waiting.push(event.json);
      this.waiting += 1;
    }
    this.hasty = hasty;
    this.pump();
    await this.until(() => this.waiting < MOST_WAITING && (hasty || !this.hasFullLane()));
  }

  async flush(): Promise<void> {
    this.hasty = true;
    this.pump();
    await this.until(() => this.waiting === 0 && this.running === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.until(() => this.running === 0).catch(() => undefined);
  }

  /** More than the workers can take at once is waiting in full batches: no need to make more yet. */
  private hasFullLane(): boolean {
    return this.running >= PARALLEL && [...this.lanes.values()].some((lane) => lane.waiting.length >= MAX_BATCH_EVENTS);
  }

  private pump(): void {
    const least = this.hasty ? 1 : MAX_BATCH_EVENTS;
    const ready = [...this.lanes.values()].filter((lane) => !lane.running && lane.waiting.length >= least);
    ready.sort((one, other) => other.waiting.length - one.waiting.length);
    for (const lane of ready) {
      if (this.running >= PARALLEL || this.failure !== undefined) break;
      this.running += 1;
      lane.running = true;
      void this.post(lane)
        .catch((error: unknown) => {
          this.failure ??= error;
        })
        .finally(() => {
          this.running -= 1;
          lane.running = false;
          this.pump();
          for (const wake of this.wakers) wake();
        });
    }
  }

  private async post(lane: Lane): Promise<void> {
    const batch = lane.waiting.splice(0, MAX_BATCH_EVENTS);
    this.waiting -= batch.length;
    const { url, stop, note } = this.options;
    for (const result of await postBatch({ url, key: lane.key, stop, note }, batch)) {
      this[result.result] += 1;
      if (result.result === 'quarantined' && this.quarantined <= 5)
        note(`quarantined: ${result.id}: ${result.reason ?? result.code}`);
    }
  }

  private async until(condition: () => boolean): Promise<void> {
    for (;;) {
      if (this.failure instanceof Stopped) return;
      if (this.failure !== undefined) throw this.failure;
      if (condition()) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.wakers.delete(wake);
          resolve();
        };
        this.wakers.add(wake);
      });
    }
  }
}
