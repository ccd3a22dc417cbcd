/** What a server measures: portals' requests, walls and what reaches them, and how old the sources are. */
import type { Snapshot, WallState } from '@room/contract';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Audience, LiveObserver } from '../live/observer.ts';
import type { AnsweredRequest } from '../requests.ts';

export interface ServerMetricsOptions {
  current: () => Snapshot | undefined;
  /** Age of the newest state of the walls. */
  pulseAgeMs: () => number | undefined;
  audience: () => Audience;
  /** Bytes that the warehouse may still write, where the disk is the room's own. */
  spare: () => number | undefined;
  /** Why the database does not answer; undefined while it does. */
  databaseTrouble: () => string | undefined;
}

const STATUSES = ['reporting', 'late', 'silent', 'never'] as const;
/** What a portal may be told; born at zero, as an alarm on a counter's growth does not see how it came into being. */
const ANSWERS = [202, 400, 401, 403, 408, 413, 415, 429, 500, 503, 'aborted'] as const;
const EVENTS = ['accepted', 'duplicate', 'quarantined'] as const;

export class ServerMetrics implements LiveObserver {
  readonly #requests: Counter;
  readonly #requestSeconds: Histogram;
  readonly #events: Counter;
  readonly #overRate: Counter;
  readonly #delivery: Histogram;
  readonly #dropped: Counter;
  readonly #resyncs: Counter;
  readonly #startedAt = Date.now();
  /** When the newest event that any state held became durable, milliseconds since 1970 UTC. */
  #newest = 0;

  constructor(registry: Registry, options: ServerMetricsOptions) {
    const { current, pulseAgeMs, audience, spare, databaseTrouble } = options;
    const registers = [registry];
    this.#requests = new Counter({
      name: 'room_gateway_requests_total',
      help: 'Requests of portals to bring events, by HTTP status; aborted: the sender left before it was answered',
      labelNames: ['status'],
      registers,
    });
    for (const status of ANSWERS) this.#requests.inc({ status }, 0);
    this.#requestSeconds = new Histogram({
      name: 'room_gateway_request_duration_seconds',
      help: "Time from the head of a portal's request to its answer",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#events = new Counter({
      name: 'room_gateway_events_total',
      help: 'Events in answered requests, by what the portal was told: accepted, duplicate, quarantined',
      labelNames: ['result'],
      registers,
    });
    for (const result of EVENTS) this.#events.inc({ result }, 0);
    this.#overRate = new Counter({
      name: 'room_gateway_over_rate_total',
      help: "Requests refused because their key brought more than its events a second, by source; born with a source's first request",
      labelNames: ['source'],
      registers,
    });
    this.#delivery = new Histogram({
      name: 'room_delivery_delay_seconds',
      help: "From the moment the newest counted event was durable in the log until its numbers went to the walls' sockets, while somebody watches",
      buckets: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2, 5, 10, 30, 60],
      registers,
    });
    this.#dropped = new Counter({
      name: 'room_deltas_dropped_total',
      help: 'Deltas not sent to a viewer, as its WebSocket had not taken the one before; it asks again for the whole',
      registers,
    });
    this.#resyncs = new Counter({
      name: 'room_viewer_resyncs_total',
      help: 'Times that a viewer asked again for the room it is in, as a delta did not reach it',
      registers,
    });
    new Gauge({
      name: 'room_viewers',
      help: 'Connected viewers, by what they look at: the running day, a past period, nothing yet',
      labelNames: ['room'],
      registers,
      collect() {
        const { now, past, none } = audience();
        this.set({ room: 'now' }, now);
        this.set({ room: 'past' }, past);
        this.set({ room: 'none' }, none);
      },
    });
    new Gauge({
      name: 'room_viewers_stalled',
      help: 'Viewers whose connection takes nothing at the moment; deltas for them are dropped',
      registers,
      collect() {
        this.set(audience().stalled);
      },
    });
    new Gauge({
      name: 'room_pulse_age_seconds',
      help: 'Age of the newest state of the walls; absent while there is none',
      registers,
      collect() {
        const ms = pulseAgeMs();
        if (ms === undefined) this.remove();
        else this.set(ms / 1_000);
      },
    });
    new Gauge({
      name: 'room_quarantine_waiting_events',
      help: 'Events in quarantine that nobody has resolved; absent while there is no state of the walls',
      registers,
      collect() {
        const cases = current()?.state.pipeline.quarantined;
        if (cases === undefined) this.remove();
        else this.set(cases);
      },
    });
    new Gauge({
      name: 'room_disk_spare_bytes',
      help: 'What the embedded warehouse may still write beyond MIN_FREE_MB, and merges have not reserved; absent without it',
      registers,
      collect() {
        const bytes = spare();
        if (bytes === undefined) this.remove();
        else this.set(bytes);
      },
    });
    new Gauge({
      name: 'room_database_away',
      help: '1 while the database does not answer: edits are refused, everything else goes on',
      registers,
      collect() {
        this.set(databaseTrouble() === undefined ? 0 : 1);
      },
    });
    new Gauge({
      name: 'room_source_staleness_seconds',
      help: 'Time since the moment up to which a source has reported; absent for one that never has',
      labelNames: ['source'],
      registers,
      collect() {
        this.reset();
        for (const [source, { reportedTo }] of Object.entries(current()?.state.sources ?? {}))
          if (reportedTo !== undefined) this.set({ source }, (Date.now() - reportedTo) / 1_000);
      },
    });
    new Gauge({
      name: 'room_source_status',
      help: '1 for what a source is by its own limits: reporting, late, silent, never; 0 for what it is not',
      labelNames: ['source', 'status'],
      registers,
      collect() {
        this.reset();
        for (const [source, state] of Object.entries(current()?.state.sources ?? {}))
          for (const status of STATUSES) this.set({ source, status }, state.status === status ? 1 : 0);
      },
    });
  }

  answered({ method, route, status, ms, events, portal, code }: AnsweredRequest): void {
    if (method !== 'POST' || route !== '/v1/events') return;
    if (portal !== undefined) this.#overRate.inc({ source: portal }, code === 'over_rate' ? 1 : 0);
    this.#requests.inc({ status: status ?? 'aborted' });
    this.#requestSeconds.observe(ms / 1_000);
    for (const result of EVENTS) this.#events.inc({ result }, events?.[result] ?? 0);
  }

  /**
   * Its delay is measured where nothing made it wait; what was computed before this process started tells nothing of its own.
   */
  delivered({ pipeline, computedAt }: Pick<WallState, 'pipeline' | 'computedAt'>, isPrompt: boolean): void {
    const newest = pipeline.receivedAt ?? 0;
    if (isPrompt && newest > this.#newest && computedAt >= this.#startedAt)
      this.#delivery.observe((Date.now() - newest) / 1_000);
    this.#newest = Math.max(this.#newest, newest);
  }

  dropped(deltas: number): void {
    this.#dropped.inc(deltas);
  }

  resynced(): void {
    this.#resyncs.inc();
  }
}
