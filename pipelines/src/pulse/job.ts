/**
 * The pulse: reads the rollups when something changed, at most five times a second, computes the wall's state once for
 * everyone and appends what changed to the pulse topic. One instance at a time: the one that holds the changes topic.
 */
import { randomUUID } from 'node:crypto';
import {
  addDays,
  type Catalogue,
  type Change,
  diff,
  type Foresight,
  localDay,
  type Pulse,
  startOfDay,
  TOPICS,
  type WallState,
} from '@room/contract';
import type { EventLog } from '@room/log';
import type { ForesightStore, Quarantine, WallQueries } from '@room/warehouse';
import { ended, takeLead } from '../leading.ts';
import { Baseline, comparableDays } from './baseline.ts';
import { foresightOf } from './foresight.ts';
import type { PulseObserver } from './observer.ts';
import { type Reading, runningState, steadySources } from './state.ts';

const GROUP = 'pulse';
/** At most five a second in the long run. */
const PAUSE_MS = 200;
/** So much before its turn a pulse may follow what ingest just counted, which would wait for the turn after it otherwise. */
const EARLY_MS = 80;
/** Time alone changes a wall: sources fall silent, minutes pass. */
const IDLE_MS = 1_000;
/** A wall that hears nothing for longer than this knows that the pipeline is gone, not that the country sleeps. */
const KEEPALIVE_MS = 5_000;
/** A server that starts reads back this far at most until it finds a full state. */
export const FULL_STATE_EVERY = 50;
const SLOW_MS = 60_000;
const OUTDATED_MS = 5_000;
const ASIDES_MS = 3_000;
/** So long a source's times stay as they were shown while its status does: they move with every report, and 52 of them are most of a patch. */
const SOURCES_MS = 5_000;
const BACKLOG_REACH_MS = 40 * 86_400_000;
const HOUR_MS = 3_600_000;
const SECONDS_SHOWN_MS = 600_000;

export interface PulseOptions {
  catalogue: Catalogue;
  log: Pick<EventLog, 'subscribe' | 'append' | 'pending'>;
  queries: WallQueries;
  quarantine: Pick<Quarantine, 'waiting'>;
  foresight: Pick<ForesightStore, 'newestMadeAt' | 'newest'>;
  ingestGroup: string;
  observer: PulseObserver;
  report: (level: 'debug' | 'info' | 'warn', message: string) => void;
}

/** What changes slowly and is read once a minute, or when the day turns. */
interface Slow {
  day: string;
  readAt: number;
  baseline: Baseline;
  lastSeen: Reading['lastSeen'];
  backlog: WallState['backlog'];
  span: { first: string; last: string } | undefined;
  everSimulated: boolean;
}

/** Footnotes of the wall, which need not be of this second. */
interface Asides {
  day: string;
  readAt: number;
  late: Reading['late'];
  quarantined: number;
  foresight: Foresight | undefined;
}

export async function startPulse(options: PulseOptions): Promise<AsyncDisposable> {
  const { catalogue, log, observer, report } = options;
  const leading = await takeLead({
    log,
    group: GROUP,
    begin: () => new Publisher(options),
    leads: (isLeading) => {
      observer.leads(isLeading);
      if (isLeading) report('info', 'this process computes the pulse');
    },
    changed: (publisher, records) => publisher.changed(new Set(records.flatMap(daysOf))),
  });
  report('debug', `pulse of ${catalogue.id} ready`);
  return leading;
}

const daysOf = ({ value }: { value: Buffer }): Change['days'] => (JSON.parse(value.toString()) as Change).days;

class Publisher {
  readonly #options: PulseOptions;
  readonly #epoch = randomUUID();
  #seq = 0;
  #state: WallState | undefined;
  #publishedAt = 0;
  #sources: { shownAt: number; shown: WallState['sources'] } | undefined;
  #slow: Slow | undefined;
  /** An earlier day changed since `#slow` began to be read: read it again soon. */
  #isSlowOutdated = false;
  #asides: Asides | undefined;
  readonly #days = new Set<string>();
  #dirty = true;
  #wake: () => void = () => undefined;
  #running = true;
  #done: Promise<void> = Promise.resolve();

  constructor(options: PulseOptions) {
    this.#options = options;
  }

  start(): void {
    this.#done = this.#run();
  }

  changed(days: ReadonlySet<string>): void {
    for (const day of days) {
      this.#days.add(day);
      if (day !== this.#slow?.day) this.#isSlowOutdated = true;
    }
    this.#dirty = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#wake();
    await ended(this.#done);
  }

  async #run(): Promise<void> {
    let turn = 0;
    while (this.#running) {
      const began = performance.now();
      turn = Math.max(turn, began) + PAUSE_MS;
      this.#dirty = false;
      try {
        await this.#publish();
        await this.#refresh();
      } catch (error) {
        this.#options.report('warn', `the pulse pauses: ${(error as Error).message}`);
      }
      await this.#sleepUntil(turn - EARLY_MS, false);
      await this.#sleepUntil(turn, true);
      if (!this.#dirty) await this.#sleepUntil(began + IDLE_MS, true);
    }
  }

  #sleepUntil(at: number, wakeable: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#running) return resolve();
      const timer = setTimeout(resolve, Math.max(0, at - performance.now()));
      this.#wake = () => {
        if (!wakeable && this.#running) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #publish(): Promise<void> {
    const days = [...this.#days];
    this.#days.clear();
    try {
      await this.#publishChange(days);
    } catch (error) {
      for (const day of days) this.#days.add(day);
      throw error;
    }
  }

  async #publishChange(days: readonly string[]): Promise<void> {
    const now = Date.now();
    const began = performance.now();
    const state = this.#steady(await this.#read(now), now);
    this.#options.observer.computed(performance.now() - began);
    const patch =
      this.#state === undefined ? undefined : diff({ ...this.#state, computedAt: 0 }, { ...state, computedAt: 0 });
    if (this.#state !== undefined && patch === undefined && days.length === 0 && now - this.#publishedAt < KEEPALIVE_MS)
      return;
    const head = { epoch: this.#epoch, seq: this.#seq, days: [...days] };
    const pulse: Pulse =
      this.#state === undefined || this.#seq % FULL_STATE_EVERY === 0
        ? { kind: 'state', ...head, state }
        : { kind: 'patch', ...head, patch: { ...(patch as Record<string, never> | undefined), computedAt: now } };
    this.#seq++;
    // A log that could not say so may have stored it after all: the next pulse then does not build on it.
    this.#state = undefined;
    await this.#options.log.append(TOPICS.pulse, [{ key: 'pulse', value: JSON.stringify(pulse) }]);
    this.#options.observer.published();
    this.#state = state;
    this.#publishedAt = now;
  }

  #steady(state: WallState, now: number): WallState {
    if (this.#sources === undefined || now - this.#sources.shownAt >= SOURCES_MS)
      this.#sources = { shownAt: now, shown: state.sources };
    return { ...state, sources: steadySources(state.sources, this.#sources.shown) };
  }

  async #read(now: number): Promise<WallState> {
    const { catalogue, log, queries, ingestGroup } = this.#options;
    const day = localDay(now, catalogue.timeZone);
    const midnight = startOfDay(day, catalogue.timeZone);
    const slow = this.#slow?.day === day ? this.#slow : await this.#readSlow(day, now);
    const asides = this.#asides?.day === day ? this.#asides : await this.#readAsides(day, now);
    const [running, seconds, pending, before] = await Promise.all([
      queries.running(midnight, startOfDay(addDays(day, 1), catalogue.timeZone)),
      queries.seconds(now - SECONDS_SHOWN_MS, now + 1_000),
      log.pending(TOPICS.submissions, ingestGroup),
      // Shortly after midnight the last hour reaches into yesterday; its totals do not.
      now - midnight < HOUR_MS ? queries.running(now - HOUR_MS, midnight) : undefined,
    ]);
    return runningState(
      {
        now,
        totals: running.totals,
        minutes: [...(before?.minutes ?? []), ...running.minutes],
        seconds,
        lastSeen: slow.lastSeen,
        late: asides.late,
        backlog: slow.backlog,
        baseline: slow.baseline,
        everSimulated: slow.everSimulated || running.minutes.some((row) => row.simulated > 0),
        lastDay: slow.span?.last,
        pending,
        quarantined: asides.quarantined,
        foresight: foresightOf(asides.foresight, day, midnight, catalogue.timeZone),
      },
      catalogue,
    );
  }

  /** Reads what has grown old, after a pulse and not before it: numbers do not wait for footnotes. */
  async #refresh(): Promise<void> {
    const now = Date.now();
    const day = localDay(now, this.#options.catalogue.timeZone);
    if (this.#asides === undefined || now - this.#asides.readAt > ASIDES_MS) await this.#readAsides(day, now);
    const slow = this.#slow;
    if (slow === undefined || now - slow.readAt > (this.#isSlowOutdated ? OUTDATED_MS : SLOW_MS))
      await this.#readSlow(day, now);
  }

  async #readAsides(day: string, now: number): Promise<Asides> {
    const { queries, quarantine } = this.#options;
    const [late, quarantined, foresight] = await Promise.all([
      queries.late(day),
      quarantine.waiting(),
      this.#newestForesight(),
    ]);
    this.#asides = { day, readAt: now, late, quarantined, foresight };
    return this.#asides;
  }

  /** Read only where there is a newer one. */
  async #newestForesight(): Promise<Foresight | undefined> {
    const { foresight } = this.#options;
    const known = this.#asides?.foresight;
    const madeAt = await foresight.newestMadeAt();
    if (madeAt === undefined || madeAt === known?.madeAt) return known;
    return (await foresight.newest())?.foresight;
  }

  async #readSlow(day: string, now: number): Promise<Slow> {
    const { catalogue, queries } = this.#options;
    this.#isSlowOutdated = false;
    const span = await queries.span();
    const candidates = span === undefined ? [] : comparableDays(catalogue, day, span.first);
    const [rows, sources, backlog] = await Promise.all([
      queries.hoursOf(candidates),
      queries.sources(),
      queries.backlog(now - BACKLOG_REACH_MS),
    ]);
    this.#slow = {
      day,
      readAt: now,
      baseline: new Baseline(candidates, rows, catalogue.timeZone),
      lastSeen: new Map(sources.map((row) => [row.code, row])),
      backlog,
      span,
      everSimulated: sources.some((row) => row.simulated > 0),
    };
    return this.#slow;
  }
}
