/** Builds, starts and disposes the stages; they meet only here. Importing it does nothing. */
import type { LoadedCatalogue } from '@room/catalogue';
import { INGEST_GROUP } from '@room/contract';
import type { EventLog } from '@room/log';
import { type Access, Ledger, Quarantine, WallQueries } from '@room/warehouse';
import { startIngest } from './ingest/worker.ts';
import { startPulse } from './pulse/job.ts';

export interface PipelinesOptions {
  catalogue: LoadedCatalogue;
  log: EventLog;
  access: Access;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Called when going on would make numbers wrong: the process must stop. */
  fatal: (error: Error) => void;
}

/** Largest insert: beyond it an event costs no less and is only visible later. */
const MAX_RANGE = 10_000;

/** Starts every stage; disposing stops them, last first. Expects the room's topics and a migrated warehouse. */
export async function startPipelines(options: PipelinesOptions): Promise<AsyncDisposable> {
  const { catalogue, log, access, report, fatal } = options;
  const ingest = await startIngest({
    catalogue: catalogue.catalogue,
    catalogueHash: catalogue.hash,
    log,
    ledger: new Ledger(access),
    maxRange: MAX_RANGE,
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
    [Symbol.asyncDispose]: async () => {
      await pulse[Symbol.asyncDispose]();
      await ingest[Symbol.asyncDispose]();
    },
  };
}
