/** Builds, starts and disposes the stages; they meet only here. Importing it does nothing. */
import type { LoadedCatalogue } from '@room/catalogue';
import { INGEST_GROUP } from '@room/contract';
import type { EventLog } from '@room/log';
import { type Access, Ledger, Quarantine, WallQueries } from '@room/warehouse';
import type { IngestObserver } from './ingest/observer.ts';
import { startIngest } from './ingest/worker.ts';
import { startPulse } from './pulse/job.ts';

export interface PipelinesOptions {
  catalogue: LoadedCatalogue;
  log: EventLog;
  access: Access;
  /** Longest time without progress while events wait, in milliseconds; then ingest is started again. */
  watchdogMs: number;
  observer?: IngestObserver;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Called when going on would make numbers wrong: the process must stop. */
  fatal: (error: Error) => void;
}

/** Largest insert: beyond it an event costs no less and is only visible later. */
const MAX_RANGE = 10_000;

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

/** Starts every stage; disposing stops them, last first. Expects the room's topics and a migrated warehouse. */
export async function startPipelines(options: PipelinesOptions): Promise<Pipelines> {
  const { catalogue, log, access, watchdogMs, observer = UNOBSERVED, report, fatal } = options;
  const ingest = await startIngest({
    catalogue: catalogue.catalogue,
    catalogueHash: catalogue.hash,
    log,
    ledger: new Ledger(access),
    maxRange: MAX_RANGE,
    watchdogMs,
    observer,
    report,
    fatal,
  });
  const pulse = await startPulse({
    catalogue: catalogue.catalogue,
    log,
    queries: new WallQueries(access, catalogue.catalogue.timeZone),
    quarantine: new Quarantine(access),
    ingestGroup: INGEST_GROUP,
    report,
  });
  return {
    pause: () => ingest.pause(),
    [Symbol.asyncDispose]: async () => {
      await pulse[Symbol.asyncDispose]();
      await ingest[Symbol.asyncDispose]();
    },
  };
}
