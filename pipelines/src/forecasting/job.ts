/**
 * The forecasting job: a few minutes after every full hour it reads the history of all series that can be shown, has a thread
 * foresee them, and stores what was made with the time it was made and what it knew. One instance at a time: the one that holds
 * the changes topic under the job's own group.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Catalogue,
  DIMENSIONS,
  type Dimension,
  type Forecasts,
  HORIZONS,
  localDay,
  type NoForecast,
  targetsOn,
} from '@room/contract';
import type { EventLog } from '@room/log';
import type {
  ForecastRun,
  ForecastStore,
  HistoryQueries,
  OutcomeQueries,
  ScoringRequest,
  Slice,
  WallQueries,
} from '@room/warehouse';
import { ended, runWhileLeader } from '../leader-election.ts';
import { Calendar, HOUR } from './calendar.ts';
import { calibrationOf } from './calibration.ts';
import { type Computing, startComputing } from './compute.ts';
import { LOOKED_BACK_MS } from './episodes.ts';
import { type Grids, gridsAt } from './grids.ts';
import type { ForecastingObserver } from './observer.ts';
import { EXPLAINING, FORESEEN, NATION, subjectsOf } from './plan.ts';
import type { Made } from './refresh.ts';
import { isDue, knownTo, type Observation } from './schedule.ts';
import type { Backtests } from './totals.ts';

/** The name under which processes of an earlier version follow too: with another one two would lead at once. */
const GROUP = 'foresight';
const LOOK_MS = 15_000;
/** After a failure: soon, and then less and less often. */
const RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 600_000;
/** Units of one read, so that none is long. */
const SLICE = 60;
/** Episodes that began so long ago may still go on. */
const TOLD_SINCE_MS = 4 * LOOKED_BACK_MS;
/** Less than a day of hours foretells nothing. */
const LEAST_HOURS = 24;
/** Runs that are held against what became of them. */
const SCORED_MS = 35 * 24 * HOUR;

export interface ForecastingOptions {
  catalogue: Catalogue;
  log: Pick<EventLog, 'subscribe'>;
  queries: Pick<WallQueries, 'sources' | 'span'>;
  history: HistoryQueries;
  outcomes: OutcomeQueries;
  store: ForecastStore;
  observer: ForecastingObserver;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Time between two looks whether there is more to know, in milliseconds. */
  lookMs?: number;
  /** Milliseconds since 1970 UTC. */
  now?: () => number;
}

export function startForecasting(options: ForecastingOptions): Promise<AsyncDisposable> {
  const { log, observer, report } = options;
  return runWhileLeader({
    log,
    group: GROUP,
    begin: () => new Foreteller(options),
    leads: (isLeading) => {
      observer.foretells(isLeading);
      if (isLeading) report('debug', 'this process makes the forecasts');
    },
  });
}

class Foreteller {
  readonly #options: ForecastingOptions;
  readonly #stopping = new AbortController();
  #computing: Computing | undefined;
  #seen: Observation | undefined;
  #last: Observation | undefined;
  #daysMadeOn = '';
  #backtests: Backtests = { day: '', past: {} };
  #failures = 0;
  #done: Promise<void> = Promise.resolve();

  constructor(options: ForecastingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#computing?.[Symbol.asyncDispose]();
    await ended(this.#done);
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    const { report, observer, lookMs = LOOK_MS } = this.#options;
    while (!this.#isStopped) {
      let pause = lookMs;
      try {
        await this.#lookAndRefresh();
        this.#failures = 0;
      } catch (error) {
        if (this.#isStopped) return;
        observer.foretellingFailed();
        report('warn', `forecasting is tried again: ${(error as Error).message}`);
        pause = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** this.#failures++);
      }
      await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async #lookAndRefresh(): Promise<void> {
    const { catalogue, queries, history, observer, now = Date.now } = this.#options;
    const [sources, span] = await Promise.all([queries.sources(), queries.span()]);
    const madeAt = now();
    const known = knownTo(sources, catalogue, madeAt);
    if (known === undefined || span === undefined) return observer.lacksHistory();
    const grids = gridsAt(known, new Calendar(catalogue));
    const [held, counted] = await Promise.all([
      history.known(grids.hours.start, grids.midnight, known),
      history.countedOnDays(grids.days.first, grids.today),
    ]);
    const look: Observation = { at: madeAt, knownTo: known, first: span.first, counted, ...held };
    const before = this.#seen;
    this.#seen = look;
    if (this.#isStopped || !isDue(look, before, this.#last)) return;
    const run: ForecastRun = { madeAt, knownTo: known };
    if (look.hours < LEAST_HOURS) await this.#sayWhyNot(run, look.hours);
    else await this.#refresh(run, grids);
    this.#last = look;
  }

  async #sayWhyNot(run: ForecastRun, hours: number): Promise<void> {
    const { catalogue, store } = this.#options;
    const why: NoForecast = {
      reason: 'not-enough-history',
      detail: `${hours} hours are known; ${LEAST_HOURS} are needed.`,
    };
    const forecasts: Forecasts = {
      ...run,
      hours: {},
      projections: Object.fromEntries(HORIZONS.map((horizon) => [horizon, why])),
      targets: targetsOn(catalogue, localDay(run.knownTo, catalogue.timeZone)).map(({ id }) => ({
        id,
        ...why,
      })),
      episodes: [],
    };
    await store.writeRun(run, { forecasts, calibration: [] });
    this.#options.observer.lacksHistory();
    this.#options.report('info', `no forecasts yet: ${why.detail}`);
  }

  async #refresh(run: ForecastRun, grids: Grids): Promise<void> {
    const { catalogue, history, observer, report, store } = this.#options;
    const began = performance.now();
    const withDays = this.#daysMadeOn !== grids.today;
    const told = await store.episodes(run.knownTo - TOLD_SINCE_MS);
    await using computing = startComputing({ catalogue, ...run, backtests: this.#backtests, told, withDays });
    this.#computing = computing;
    for (const slice of this.#slices(grids.today)) {
      if (this.#isStopped) return;
      const { dim, daily } = slice;
      computing.give({ grain: 'hour', dim, bytes: await history.hours(slice, grids.hours.start, run.knownTo) });
      if (!daily) continue;
      computing.give({ grain: 'day', dim, bytes: await history.days(slice, grids.days.first, grids.today) });
    }
    for await (const made of computing.made()) {
      if (this.#isStopped) return;
      await this.#keep(run, grids, made);
      if (made.kind !== 'done') continue;
      this.#backtests = made.backtests;
      if (withDays) this.#daysMadeOn = grids.today;
      const ms = performance.now() - began;
      observer.foretold({ madeAt: run.madeAt, series: made.series, ms });
      report('info', 'forecasts were made', { series: made.series, ms: Math.round(ms) });
    }
  }

  *#slices(today: string): Generator<Slice & { daily: boolean }> {
    const { catalogue } = this.#options;
    const subjects = subjectsOf(catalogue, today);
    const codesOf = (dim: string): string[] => subjects.filter((it) => it.dim === dim).map(({ code }) => code);
    const membersOf = (dim: Dimension): string[] => DIMENSIONS[dim].members(catalogue).map(({ code }) => code);
    const wanted = [
      { dim: NATION.dim, codes: [NATION.code], daily: true },
      { dim: 'source', codes: membersOf('source'), daily: true },
      ...FORESEEN.map((dim) => ({ dim, codes: codesOf(dim), daily: true })),
      // Of what only explains, no day ahead is asked.
      ...EXPLAINING.filter((dim) => !FORESEEN.includes(dim)).map((dim) => ({
        dim,
        codes: membersOf(dim),
        daily: false,
      })),
    ];
    for (const { dim, codes, daily } of wanted)
      for (let at = 0; at < codes.length; at += SLICE) yield { dim, codes: codes.slice(at, at + SLICE), daily };
  }

  async #keep(run: ForecastRun, grids: Grids, made: Made): Promise<void> {
    const { store } = this.#options;
    if (made.kind === 'forecasts') await store.writeForecasts(run, made.forecasts);
    if (made.kind !== 'summary') return;
    const since = run.knownTo - LOOKED_BACK_MS;
    await store.writeProjections(run, made.projections);
    await store.writeEpisodes(run, made.episodes, since);
    const calibration = calibrationOf(await this.#options.outcomes.read(await this.#asked(run, grids)));
    await store.writeRun(run, { forecasts: made.forecasts, calibration });
  }

  async #asked({ madeAt, knownTo }: ForecastRun, { today }: Grids): Promise<ScoringRequest> {
    const since = madeAt - SCORED_MS;
    // Totals are scored for ever, and a day on which a source was silent is never one to score.
    const silences = (await this.#options.store.episodes(0))
      .filter(({ kind }) => kind === 'silence')
      .map(({ onset, end }) => ({ from: onset, to: end ?? knownTo }));
    return { since, knownTo, knownDay: today, timeZone: this.#options.catalogue.timeZone, silences };
  }
}
