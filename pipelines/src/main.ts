/** Builds, starts and disposes the stages; they meet only here. Importing it does nothing. */
import type { LoadedCatalogue } from '@room/catalogue';
import { INGEST_GROUP } from '@room/contract';
import type { EventLog } from '@room/log';
import type { Cause, Owned, Registry } from '@room/operations';
import {
  type Access,
  ForecastStore,
  HistoryQueries,
  Ledger,
  OutcomeQueries,
  Quarantine,
  type Retention,
  ShownStore,
  startRetention,
  WallQueries,
} from '@room/warehouse';
import { startArchive } from './archive/job.ts';
import { startForecasting } from './forecasting/job.ts';
import type { ForecastingObserver } from './forecasting/observer.ts';
import type { IngestObserver } from './ingest/observer.ts';
import { startIngest } from './ingest/worker.ts';
import { ForecastingMetrics } from './observe/forecasting.ts';
import { PipelinesObserver } from './observe/metrics.ts';
import { startPulse } from './pulse/job.ts';
import type { PulseObserver } from './pulse/observer.ts';
import type { Stores } from './stores.ts';
import { ALWAYS_WATCHED, type Watch } from './watch.ts';

export { upgradeWarehouse } from './ingest/upgrade.ts';
export { runWhileLeader } from './leader-election.ts';
export { ForecastingMetrics } from './observe/forecasting.ts';
export { PipelinesObserver } from './observe/metrics.ts';
export { openStores, type Stores } from './stores.ts';

/** Rows of an office's file by a mapping; what reads them is loaded when the first file comes. */
export const readRows = async (...given: Parameters<typeof import('./import/rows.ts').rowsIn>) =>
  (await import('./import/rows.ts')).rowsIn(...given);

/**
 * Sizes of fetches and inserts. A process that only counts reads a backlog in large pieces, as an insert's cost is mostly
 * fixed; one that also serves portals and walls must not keep them waiting.
 */
export const SIZES = {
  alone: { fetchBytes: 24 * 1024 * 1024, maxRange: 50_000 },
  beside: { fetchBytes: 4 * 1024 * 1024, maxRange: 10_000 },
} as const;

export interface PipelinesOptions {
  catalogue: LoadedCatalogue;
  log: EventLog;
  access: Access;
  /** Days that counted submissions are kept; without it for ever. */
  keepSubmissions?: Retention['submissions'];
  /** Records of one insert: larger ones are cheaper an event, and occupy the process for longer. */
  maxRange: number;
  /** Longest time without progress while events wait, in milliseconds; then ingest is started again. */
  watchdogMs: number;
  /** Where walls are served by this process alone; without it somebody may always look. */
  watch?: Watch;
  /** Events that wait to be counted, where that is measured already; undefined while it is not known. */
  pending?: () => number | undefined;
  observer?: IngestObserver;
  pulseObserver?: PulseObserver;
  forecastingObserver?: ForecastingObserver;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Called when going on would make numbers wrong: the process must stop. */
  fatal: (error: Error) => void;
}

export interface Pipelines extends AsyncDisposable {
  /** Resolves when counting stands between two ranges, none of them half done; disposing the result goes on. */
  pause(): Promise<Disposable>;
}

const UNOBSERVED: IngestObserver = {
  assigned: () => undefined,
  pending: () => undefined,
  counted: () => undefined,
  refused: () => undefined,
  restarted: () => undefined,
};

const PULSE_UNOBSERVED: PulseObserver = {
  leads: () => undefined,
  computed: () => undefined,
  published: () => undefined,
  failed: () => undefined,
};

const FORECASTING_UNOBSERVED: ForecastingObserver = {
  foretells: () => undefined,
  foretold: () => undefined,
  lacksHistory: () => undefined,
  foretellingFailed: () => undefined,
};

/** Starts every stage; disposing stops them, each with its work under way finished. Expects the room's topics and a migrated warehouse. */
export async function startPipelines(options: PipelinesOptions): Promise<Pipelines> {
  const {
    catalogue,
    log,
    access,
    keepSubmissions,
    maxRange,
    watchdogMs,
    watch = ALWAYS_WATCHED,
    pending,
    observer = UNOBSERVED,
    pulseObserver = PULSE_UNOBSERVED,
    forecastingObserver = FORECASTING_UNOBSERVED,
    report,
    fatal,
  } = options;
  const ingest = await startIngest({
    catalogue: catalogue.catalogue,
    catalogueHash: catalogue.hash,
    log,
    ledger: new Ledger(access),
    keepSubmissions,
    maxRange,
    watchdogMs,
    watch,
    observer,
    report,
    fatal,
  });
  const queries = new WallQueries(access, catalogue.catalogue.timeZone);
  const store = new ForecastStore(access, (message) => report('warn', message));
  const pulse = await startPulse({
    catalogue: catalogue.catalogue,
    log,
    queries,
    forecasts: store,
    quarantine: new Quarantine(access),
    ingestGroup: INGEST_GROUP,
    watch,
    ...(pending === undefined ? {} : { pending }),
    observer: pulseObserver,
    report,
  });
  const forecasts = await startForecasting({
    catalogue: catalogue.catalogue,
    log,
    queries,
    history: new HistoryQueries(access),
    outcomes: new OutcomeQueries(access),
    store,
    observer: forecastingObserver,
    report,
  });
  const archive = await startArchive({ log, store: new ShownStore(access), report });
  return {
    pause: () => ingest.pause(),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([
        archive[Symbol.asyncDispose](),
        forecasts[Symbol.asyncDispose](),
        pulse[Symbol.asyncDispose](),
        ingest[Symbol.asyncDispose](),
      ]);
    },
  };
}

export interface CountingOptions
  extends Pick<PipelinesOptions, 'maxRange' | 'watchdogMs' | 'watch' | 'pending' | 'report' | 'fatal'> {
  stores: Stores;
  /** The warehouse as the stages are to see it; without it as it is. */
  access?: Access;
  registry: Registry;
  retention: Retention;
}

export interface CountingStages extends Pick<Pipelines, 'pause'> {
  /** Why counting cannot do its job. */
  causes: () => readonly Cause[];
}

/** What a process that counts has: every stage, measured, and what is old removed. */
export async function startCounting(options: CountingOptions, owned: Owned): Promise<CountingStages> {
  const { stores, access = stores.engine, registry, retention, watchdogMs, report, ...rest } = options;
  const { loaded: catalogue, log, lag, engine, dialect } = stores;
  owned.own(await startRetention({ access: engine, dialect, retention, quarantine: new Quarantine(engine), report }));
  const observer = new PipelinesObserver(registry, { lag, stuckMs: watchdogMs });
  const pipelines = owned.own(
    await startPipelines({
      ...rest,
      catalogue,
      log,
      access,
      keepSubmissions: retention.submissions,
      watchdogMs,
      observer,
      pulseObserver: observer,
      forecastingObserver: new ForecastingMetrics(registry),
      report,
    }),
  );
  return { pause: () => pipelines.pause(), causes: () => observer.causes() };
}
