/**
 * The pulse: reads what changed in the rollups, at most five times a second and once while nobody watches, computes the wall's
 * state once for everyone and appends what changed to the pulse topic. One instance at a time: the one that holds the changes topic.
 */
import { randomUUID } from 'node:crypto';
import {
  addDays,
  type Catalogue,
  diff,
  EVERYTHING,
  type Forecasts,
  FULL_STATE_EVERY,
  judged,
  localDay,
  type Pulse,
  pulseRecord,
  startOfDay,
  TOPICS,
  type WallState,
} from '@room/contract';
import type { EventLog } from '@room/log';
import type { ForecastStore, Quarantine, WallQueries } from '@room/warehouse';
import { ended, runWhileLeader } from '../leader-election.ts';
import type { Watch } from '../watch.ts';
import { changeOf, type Noted } from './change.ts';
import { type Changed, RunningDay } from './day.ts';
import { type AllAndObserved, EarlierDays } from './earlier.ts';
import { HistoryFilling } from './filling.ts';
import { forecastsOf } from './forecasting.ts';
import type { PulseObserver } from './observer.ts';
import { isSimulated, type Reading, runningState, steadySources } from './state.ts';

const GROUP = 'pulse';
/** At most five a second in the long run. */
const PAUSE_MS = 200;
/** So much before its turn a pulse may follow what ingest just counted, which would wait for the turn after it otherwise. */
const EARLY_MS = 80;
/** Time alone changes a wall: sources fall silent, minutes pass. */
const IDLE_MS = 1_000;
/** While nobody watches what changed is computed so often: rules are looked at by it, and people told. */
const UNWATCHED_MS = 1_000;
/** A wall that hears nothing for longer than this knows that the pipeline is gone, not that the country sleeps. */
const KEEPALIVE_MS = 5_000;
/** So much earlier a pulse counts as one after that time: timers are not exact. */
const EARLY_KEEPALIVE_MS = 500;
const SLOW_MS = 60_000;
const OUTDATED_MS = 5_000;
const ASIDES_MS = 3_000;
/** So long a source's times stay as they were shown while its status does: they move with every report, and 52 of them are most of a patch. */
const SOURCES_MS = 5_000;
/** After so many changed hours between two pulses the day is read as a whole. */
const MOST_HOURS = 100;

export interface PulseOptions {
  catalogue: Catalogue;
  log: Pick<EventLog, 'subscribe' | 'append' | 'pending'>;
  queries: WallQueries;
  quarantine: Pick<Quarantine, 'waiting'>;
  forecasts: Pick<ForecastStore, 'newestMadeAt' | 'newest'>;
  ingestGroup: string;
  /** Events that wait to be counted, where somebody measures that already; undefined while it is not known. */
  pending?: () => number | undefined;
  watch: Watch;
  observer: PulseObserver;
  report: (level: 'debug' | 'info' | 'warn', message: string) => void;
}

/** What changes slowly and is read once a minute, or when the day turns. `readAt` is on the clock of `performance.now()`. */
interface Slow extends AllAndObserved {
  day: string;
  readAt: number;
  lastSeen: Reading['lastSeen'];
  span: Awaited<ReturnType<WallQueries['span']>>;
}

/** Footnotes of the wall, which need not be of this second. */
interface Asides {
  day: string;
  readAt: number;
  late: Reading['late'];
  filling: Reading['filling'];
  quarantined: number;
  forecasts: Forecasts | undefined;
}

export async function startPulse(options: PulseOptions): Promise<AsyncDisposable> {
  const { catalogue, log, observer, report } = options;
  const leading = await runWhileLeader({
    log,
    group: GROUP,
    begin: () => new Publisher(options),
    leads: (isLeading) => {
      observer.leads(isLeading);
      if (isLeading) report('info', 'this process computes the pulse');
    },
    changed: (publisher, records) => publisher.changed(records.map(({ value }) => changeOf(value))),
  });
  report('debug', `pulse of ${catalogue.id} ready`);
  return leading;
}

/** What ends a sleep before its time, besides the end of the work. */
type Wake = 'change' | 'watched';

class Publisher {
  readonly #options: PulseOptions;
  readonly #epoch = randomUUID();
  #seq = 0;
  #state: WallState | undefined;
  /** The newest state, published or not: what its numbers were judged by stays until they are clear of an edge. */
  #judged: WallState | undefined;
  #publishedAt = Number.NEGATIVE_INFINITY;
  #sources: { shownAt: number; shown: WallState['sources'] } | undefined;
  #slow: Slow | undefined;
  /** An earlier day or what waits changed since `#slow` began to be read: read it again soon. */
  #isSlowOutdated = false;
  #asides: Asides | undefined;
  readonly #earlier: EarlierDays;
  readonly #filling = new HistoryFilling();
  #running: RunningDay | undefined;
  /** Why changes could not be read, each said once. */
  readonly #unread = new Set<string>();
  readonly #days = new Set<string>();
  readonly #hours = new Set<number>();
  #isAllChanged = true;
  #dirty = true;
  #wake: (by: Wake | 'stop') => void = () => undefined;
  #isRunning = true;
  #done: Promise<void> = Promise.resolve();
  #unwatch: () => void = () => undefined;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#earlier = new EarlierDays(options.queries, options.catalogue);
  }

  start(): void {
    this.#unwatch = this.#options.watch.onWatched(() => {
      this.#dirty = true;
      this.#wake('watched');
    });
    this.#done = this.#run();
  }

  changed(changes: readonly Noted[]): void {
    for (const { days, hours, levels, unread } of changes) {
      if (unread !== undefined && !this.#unread.has(unread)) {
        this.#unread.add(unread);
        this.#options.report('warn', `all is read again for what a change does not tell: ${unread}`);
      }
      for (const day of days) {
        this.#days.add(day);
        if (day !== this.#slow?.day) this.#isSlowOutdated = true;
      }
      if (levels === true) this.#isSlowOutdated = true;
      this.#note(hours);
    }
    this.#dirty = true;
    this.#wake('change');
  }

  #note(hours: Changed): void {
    if (hours === 'all') this.#isAllChanged = true;
    else for (const hour of hours) this.#hours.add(hour);
    if (this.#hours.size > MOST_HOURS) this.#isAllChanged = true;
    if (this.#isAllChanged) this.#hours.clear();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#unwatch();
    this.#wake('stop');
    await ended(this.#done);
  }

  async #run(): Promise<void> {
    let turn = 0;
    while (this.#isRunning) {
      const began = performance.now();
      // What only time brought takes no turn, or the next event would wait for it.
      if (this.#dirty) turn = Math.max(turn, began) + PAUSE_MS;
      this.#dirty = false;
      try {
        await this.#publish();
        await this.#refresh();
      } catch (error) {
        this.#options.report('warn', `the pulse pauses: ${(error as Error).message}`);
      }
      await this.#sleepUntil(turn - EARLY_MS);
      await this.#sleepUntil(turn, 'change', 'watched');
      const { watch } = this.#options;
      if (!watch.isWatched) await this.#sleepUntil(began + UNWATCHED_MS, 'watched');
      if (!this.#dirty) await this.#sleepUntil(began + (watch.isWatched ? IDLE_MS : KEEPALIVE_MS), 'change', 'watched');
    }
  }

  #sleepUntil(at: number, ...wakes: Wake[]): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#isRunning) return resolve();
      const timer = setTimeout(resolve, Math.max(0, at - performance.now()));
      this.#wake = (by) => {
        if (by !== 'stop' && !wakes.includes(by)) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #publish(): Promise<void> {
    const days = [...this.#days];
    const changed = this.#isAllChanged ? 'all' : new Set(this.#hours);
    this.#days.clear();
    this.#hours.clear();
    this.#isAllChanged = false;
    try {
      await this.#publishChange(days, changed);
    } catch (error) {
      for (const day of days) this.#days.add(day);
      this.#note(changed);
      throw error;
    }
  }

  async #publishChange(days: readonly string[], changed: Changed): Promise<void> {
    const now = Date.now();
    const began = performance.now();
    const read = judged(await this.#read(now, changed), this.#options.catalogue.thresholds, this.#judged);
    this.#judged = read;
    const state = this.#steady(read, began);
    this.#options.observer.computed(performance.now() - began);
    const patch =
      this.#state === undefined ? undefined : diff({ ...this.#state, computedAt: 0 }, { ...state, computedAt: 0 });
    const isSilent = began - this.#publishedAt >= KEEPALIVE_MS - EARLY_KEEPALIVE_MS;
    if (this.#state !== undefined && patch === undefined && days.length === 0 && !isSilent) return;
    const head = { epoch: this.#epoch, seq: this.#seq, days: [...days] };
    const pulse: Pulse =
      this.#state === undefined || this.#seq % FULL_STATE_EVERY === 0
        ? { kind: 'state', ...head, state }
        : { kind: 'patch', ...head, patch: { ...(patch as Record<string, never> | undefined), computedAt: now } };
    this.#seq++;
    // A log that could not say so may have stored it after all: the next pulse then does not build on it.
    this.#state = undefined;
    await this.#options.log.append(TOPICS.pulse, [pulseRecord(pulse)]);
    this.#options.observer.published();
    this.#state = state;
    this.#publishedAt = began;
  }

  #steady(state: WallState, at: number): WallState {
    if (this.#sources === undefined || at - this.#sources.shownAt >= SOURCES_MS)
      this.#sources = { shownAt: at, shown: state.sources };
    return { ...state, sources: steadySources(state.sources, this.#sources.shown) };
  }

  async #read(now: number, changed: Changed): Promise<WallState> {
    const { catalogue, log, queries, ingestGroup, pending } = this.#options;
    const day = localDay(now, catalogue.timeZone);
    const midnight = startOfDay(day, catalogue.timeZone);
    const slow = this.#slow?.day === day ? this.#slow : await this.#readSlow(day, now);
    const asides = this.#asides?.day === day ? this.#asides : await this.#readAsides(day);
    if (this.#running?.midnight !== midnight)
      this.#running = new RunningDay(queries, midnight, startOfDay(addDays(day, 1), catalogue.timeZone));
    const [rows, waiting] = await Promise.all([
      this.#running.read(now, changed),
      pending?.() ?? log.pending(TOPICS.submissions, ingestGroup),
    ]);
    const simulated = isSimulated(rows.minutes, midnight, slow.span?.isLastSimulated ?? false);
    return runningState(
      {
        now,
        ...rows,
        ...(simulated ? slow.all : slow.observed),
        lastSeen: slow.lastSeen,
        late: asides.late,
        filling: asides.filling,
        isSimulated: simulated,
        lastDay: slow.span?.last,
        pending: waiting,
        quarantined: asides.quarantined,
        forecasts: forecastsOf(asides.forecasts, day, midnight, catalogue.timeZone),
      },
      catalogue,
    );
  }

  /** Reads what has grown old, after a pulse and not before it: numbers do not wait for footnotes. */
  async #refresh(): Promise<void> {
    const now = Date.now();
    const at = performance.now();
    const day = localDay(now, this.#options.catalogue.timeZone);
    if (this.#asides === undefined || at - this.#asides.readAt > ASIDES_MS) await this.#readAsides(day);
    const slow = this.#slow;
    if (slow === undefined || at - slow.readAt > (this.#isSlowOutdated ? OUTDATED_MS : SLOW_MS)) {
      await this.#readSlow(day, now);
      // A change that nobody told would be shown at the next pulse.
      this.#note('all');
    }
  }

  async #readAsides(day: string): Promise<Asides> {
    const { catalogue, queries, quarantine } = this.#options;
    const readAt = performance.now();
    const [late, arrived, quarantined, forecasts] = await Promise.all([
      queries.late(day),
      queries.arrived(day, addDays(day, -1)),
      quarantine.waiting(EVERYTHING),
      this.#newestForecasts(),
    ]);
    const midnight = startOfDay(day, catalogue.timeZone);
    const filling = this.#filling.heard({ day, ...arrived }, { now: Date.now(), at: readAt, midnight });
    this.#asides = { day, readAt, late, filling, quarantined, forecasts };
    return this.#asides;
  }

  /** Read only where there is a newer one. */
  async #newestForecasts(): Promise<Forecasts | undefined> {
    const { forecasts } = this.#options;
    const known = this.#asides?.forecasts;
    const madeAt = await forecasts.newestMadeAt();
    if (madeAt === undefined || madeAt === known?.madeAt) return known;
    return (await forecasts.newest())?.forecasts;
  }

  async #readSlow(day: string, now: number): Promise<Slow> {
    const { queries } = this.#options;
    const readAt = performance.now();
    this.#isSlowOutdated = false;
    const span = await queries.span();
    const [sources, against] = await Promise.all([queries.sources(), this.#earlier.read(day, now, span?.first)]);
    this.#slow = { day, readAt, lastSeen: new Map(sources.map((row) => [row.code, row])), span, ...against };
    return this.#slow;
  }
}
