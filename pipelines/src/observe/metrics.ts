/** Hears what ingest and pulse tell of themselves, and keeps it as metrics and as progress. */
import { QUARANTINE_CODES } from '@room/contract';
import type { Cause } from '@room/operations';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CountedRange, IngestObserver } from '../ingest/observer.ts';
import type { PulseObserver } from '../pulse/observer.ts';
import { Progress, type ProgressOptions } from './progress.ts';

/** A producer may put any code into a verdict's header; beyond so many the rest is one. */
const MOST_CODES = 40;
const OTHER = 'other';

export class PipelinesObserver implements IngestObserver, PulseObserver {
  readonly #progress: Progress;
  readonly #events: Counter;
  readonly #quarantined: Counter;
  readonly #codes = new Set<string>(QUARANTINE_CODES);
  readonly #rangeEvents: Histogram;
  readonly #insertSeconds: Histogram;
  readonly #insertBytes: Counter;
  readonly #refused: Counter;
  readonly #restarts: Counter;
  readonly #pulseSeconds: Histogram;
  readonly #published: Counter;
  readonly #pulseFailed: Counter;

  constructor(registry: Registry, options: ProgressOptions) {
    const progress = new Progress(options);
    this.#progress = progress;
    const registers = [registry];
    this.#events = new Counter({
      name: 'room_ingest_events_total',
      help: 'Events that ingest took from the log, by what became of them: counted, duplicate, quarantined; or appended again: moved, deferred',
      labelNames: ['result'],
      registers,
    });
    for (const result of ['counted', 'duplicate', 'quarantined', 'moved', 'deferred']) this.#events.inc({ result }, 0);
    this.#quarantined = new Counter({
      name: 'room_ingest_quarantined_total',
      help: 'Events put into quarantine, by the code of the reason',
      labelNames: ['code'],
      registers,
    });
    // A counter that is born with its first case never grew, as an alarm on its growth sees it.
    for (const code of [...QUARANTINE_CODES, OTHER]) this.#quarantined.inc({ code }, 0);
    this.#rangeEvents = new Histogram({
      name: 'room_ingest_insert_events',
      help: 'Events of one insert',
      buckets: [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
      registers,
    });
    this.#insertSeconds = new Histogram({
      name: 'room_ingest_insert_duration_seconds',
      help: 'Time of one insert into the warehouse, with all its rollups',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.#insertBytes = new Counter({
      name: 'room_ingest_insert_bytes_total',
      help: 'Rows sent to the warehouse by inserts, in bytes',
      registers,
    });
    this.#refused = new Counter({
      name: 'room_ingest_insert_failures_total',
      help: 'Tries that the warehouse refused or did not answer; the range is tried again',
      registers,
    });
    this.#restarts = new Counter({
      name: 'room_ingest_restarts_total',
      help: 'Times that the watchdog started a consumer again that made no progress',
      registers,
    });
    new Gauge({
      name: 'room_ingest_ranges_pending',
      help: 'Partitions of this process with a range whose insert is under way',
      registers,
      collect() {
        this.set(progress.rangesPending);
      },
    });
    this.#pulseSeconds = new Histogram({
      name: 'room_pulse_computation_duration_seconds',
      help: 'Time to read the rollups and compute the state of the walls',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#published = new Counter({
      name: 'room_pulse_publications_total',
      help: 'States and patches published to the servers',
      registers,
    });
    this.#pulseFailed = new Counter({
      name: 'room_pulse_failures_total',
      help: 'States that could not be computed or published; tried again at once',
      registers,
    });
    new Gauge({
      name: 'room_pulse_leading',
      help: '1 in the process that computes the pulse',
      registers,
      collect() {
        this.set(progress.isLeading ? 1 : 0);
      },
    });
  }

  /** Why ingest or pulse do not get on. */
  causes(): Cause[] {
    return this.#progress.causes();
  }

  assigned(partitions: readonly number[]): void {
    this.#progress.assigned(partitions);
  }

  pending(partition: number, isPending: boolean): void {
    this.#progress.pending(partition, isPending);
  }

  counted({ partition, records, quarantined, bytes, insertMs, ...range }: CountedRange): void {
    this.#progress.counted(partition);
    this.#events.inc({ result: 'counted' }, range.counted);
    this.#events.inc({ result: 'duplicate' }, range.duplicates);
    this.#events.inc({ result: 'moved' }, range.moved);
    this.#events.inc({ result: 'deferred' }, range.deferred);
    for (const [code, cases] of Object.entries(quarantined)) {
      this.#events.inc({ result: 'quarantined' }, cases);
      if (this.#codes.size < MOST_CODES) this.#codes.add(code);
      this.#quarantined.inc({ code: this.#codes.has(code) ? code : OTHER }, cases);
    }
    this.#rangeEvents.observe(records);
    this.#insertSeconds.observe(insertMs / 1_000);
    this.#insertBytes.inc(bytes);
  }

  refused(): void {
    this.#progress.refused();
    this.#refused.inc();
  }

  restarted(): void {
    this.#progress.restarted();
    this.#restarts.inc();
  }

  leads(isLeading: boolean): void {
    this.#progress.leads(isLeading);
  }

  computed(ms: number): void {
    this.#pulseSeconds.observe(ms / 1_000);
  }

  published(): void {
    this.#progress.published();
    this.#published.inc();
  }

  failed(): void {
    this.#pulseFailed.inc();
  }
}
