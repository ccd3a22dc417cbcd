/**
 * The pulse: reads the rollups when something changed, at most four times a second, computes the wall's state once for
 * everyone and appends what changed to the pulse topic. One instance at a time: the one that holds the changes topic.
 */
import { randomUUID } from 'node:crypto';
import {
  addDays,
  type Catalogue,
  type Change,
  diff,
  localDay,
  type Pulse,
  startOfDay,
  TOPICS,
  type WallState,
} from '@room/contract';
import type { EventLog } from '@room/log';
import type { Quarantine, WallQueries } from '@room/warehouse';
import { Baseline, comparableDays } from './baseline.ts';
import { type Reading, runningState } from './state.ts';

const GROUP = 'pulse';
/** At most four a second. */
const PAUSE_MS = 250;
/** Time alone changes a wall: sources fall silent, minutes pass. */
const IDLE_MS = 1_000;
/** A wall that hears nothing for longer than this knows that the pipeline is gone, not that the country sleeps. */
const KEEPALIVE_MS = 5_000;
/** A server that starts reads back this far at most until it finds a full state. */
export const FULL_STATE_EVERY = 50;
const SLOW_MS = 60_000;
const OUTDATED_MS = 5_000;
const ASIDES_MS = 3_000;
const BACKLOG_REACH_MS = 40 * 86_400_000;
const HOUR_MS = 3_600_000;
const SECONDS_SHOWN_MS = 600_000;

export interface PulseOptions {
  catalogue: Catalogue;
  log: Pick<EventLog, 'subscribe' | 'append' | 'pending'>;
  queries: WallQueries;
  quarantine: Pick<Quarantine, 'waiting'>;
  ingestGroup: string;
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
  /** An earlier day changed since: read again soon. */
  outdated: boolean;
}

/** Footnotes of the wall, which need not be of this second. */
interface Asides {
  day: string;
  readAt: number;
  late: Reading['late'];
  quarantined: number;
}

export async function startPulse(options: PulseOptions): Promise<AsyncDisposable> {
  const { catalogue, log, report } = options;
  let leading: Publisher | undefined;

  const stop = async (): Promise<void> => {
    const publisher = leading;
    leading = undefined;
    await publisher?.stop();
  };

  const subscription = await log.subscribe({
    topic: TOPICS.changes,
    group: GROUP,
    maxRecords: 500,
    assigned: async (partitions) => {
      await stop();
      if (partitions.length === 0) return;
      leading = new Publisher(options);
      leading.start();
      report('info', 'this process computes the pulse');
    },
    revoked: () => void stop(),
    redelivering: () => undefined,
    handle: async (batch) => {
      const days = new Set<string>();
      for (const record of batch.records)
        for (const day of (JSON.parse(record.value.toString()) as Change).days) days.add(day);
      leading?.changed(days);
      const last = batch.records.at(-1);
      if (last !== undefined) await batch.commit({ offset: last.offset + 1, metadata: '' });
    },
  });
  report('debug', `pulse of ${catalogue.id} ready`);
  return {
    [Symbol.asyncDispose]: async () => {
      await subscription[Symbol.asyncDispose]();
      await stop();
    },
  };
}

class Publisher {
  readonly #options: PulseOptions;
  readonly #epoch = randomUUID();
  #seq = 0;
  #state: WallState | undefined;
  #publishedAt = 0;
  #slow: Slow | undefined;
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
      if (this.#slow !== undefined && day !== this.#slow.day) this.#slow.outdated = true;
    }
    this.#dirty = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const began = performance.now();
      this.#dirty = false;
      try {
        await this.#publish();
      } catch (error) {
        this.#options.report('warn', `the pulse pauses: ${(error as Error).message}`);
      }
      await this.#sleep(Math.max(0, PAUSE_MS - (performance.now() - began)), false);
      if (!this.#dirty) await this.#sleep(IDLE_MS - PAUSE_MS, true);
    }
  }

  #sleep(ms: number, wakeable: boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      if (wakeable || !this.#running)
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      else this.#wake = () => undefined;
    });
  }

  async #publish(): Promise<void> {
    const days = [...this.#days];
    this.#days.clear();
    const now = Date.now();
    const state = await this.#read(now);
    const patch =
      this.#state === undefined ? undefined : diff({ ...this.#state, computedAt: 0 }, { ...state, computedAt: 0 });
    if (this.#state !== undefined && patch === undefined && days.length === 0 && now - this.#publishedAt < KEEPALIVE_MS)
      return;
    const head = { epoch: this.#epoch, seq: this.#seq, days };
    const pulse: Pulse =
      this.#state === undefined || this.#seq % FULL_STATE_EVERY === 0
        ? { kind: 'state', ...head, state }
        : { kind: 'patch', ...head, patch: { ...(patch as Record<string, never> | undefined), computedAt: now } };
    await this.#options.log.append(TOPICS.pulse, [{ key: 'pulse', value: JSON.stringify(pulse) }]);
    this.#seq++;
    this.#state = state;
    this.#publishedAt = now;
  }

  async #read(now: number): Promise<WallState> {
    const { catalogue, log, queries, ingestGroup } = this.#options;
    const day = localDay(now, catalogue.timeZone);
    const midnight = startOfDay(day, catalogue.timeZone);
    const slow = await this.#readSlow(day, now);
    const asides = await this.#readAsides(day, now);
    const [running, seconds, pending] = await Promise.all([
      queries.running(midnight, startOfDay(addDays(day, 1), catalogue.timeZone)),
      queries.seconds(now - SECONDS_SHOWN_MS, now + 1_000),
      log.pending(TOPICS.submissions, ingestGroup),
    ]);
    // Shortly after midnight the last hour reaches into yesterday; its totals do not.
    const earlier = now - midnight < HOUR_MS ? (await queries.running(now - HOUR_MS, midnight)).minutes : [];
    return runningState(
      {
        now,
        totals: running.totals,
        minutes: [...earlier, ...running.minutes],
        seconds,
        lastSeen: slow.lastSeen,
        late: asides.late,
        backlog: slow.backlog,
        baseline: slow.baseline,
        everSimulated: slow.everSimulated || running.minutes.some((row) => row.simulated > 0),
        lastDay: slow.span?.last,
        pending,
        quarantined: asides.quarantined,
      },
      catalogue,
    );
  }

  async #readAsides(day: string, now: number): Promise<Asides> {
    if (this.#asides === undefined || this.#asides.day !== day || now - this.#asides.readAt > ASIDES_MS) {
      const { queries, quarantine } = this.#options;
      const [late, quarantined] = await Promise.all([queries.late(day), quarantine.waiting()]);
      this.#asides = { day, readAt: now, late, quarantined };
    }
    return this.#asides;
  }

  async #readSlow(day: string, now: number): Promise<Slow> {
    if (
      this.#slow === undefined ||
      this.#slow.day !== day ||
      now - this.#slow.readAt > (this.#slow.outdated ? OUTDATED_MS : SLOW_MS)
    ) {
      const { catalogue, queries } = this.#options;
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
        outdated: false,
      };
    }
    return this.#slow;
  }
}
