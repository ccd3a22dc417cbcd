/** Log and warehouse as the server uses them: whether they work, and whether the disk has space, is known from each use. */
import type { Database } from '@room/database';
import type { EventLog } from '@room/log';
import { type Cause, Dependency, type Lag, type Owned, Space } from '@room/operations';
import { spareBytes, WallQueries, type Warehouse } from '@room/warehouse';
import type { Config } from '../config.ts';
import { causesOf, type Facts } from './causes.ts';
import { appendNothing, trackedAppends, trackedReads } from './health-tracking.ts';

/** A warehouse that nobody read for so long is asked whether it is there. */
const IDLE_READS_MS = 10_000;

export interface TrackingOptions {
  engine: Warehouse;
  log: EventLog;
  lag: Lag;
  database: Pick<Database, 'trouble'>;
  timeZone: string;
  config: Pick<Config, 'warehouse' | 'dataDirectory' | 'maxPending'>;
  report: (level: 'info' | 'warn', message: string, detail: Record<string, unknown>) => void;
}

export interface Tracked {
  access: Warehouse;
  appends: Pick<EventLog, 'append'>;
  /** Where the disk is the room's own. */
  space: Space | undefined;
  /** Why the server cannot do its job, with what else is known. */
  causes: (known: Pick<Facts, 'isCatchingUp' | 'pulseAgeMs'>) => Cause[];
}

export function track(
  { engine, log, lag, database, timeZone, config, report }: TrackingOptions,
  owned: Owned,
): Tracked {
  const { warehouse, dataDirectory, maxPending } = config;
  const reads = owned.own(
    new Dependency({ probe: () => new WallQueries(engine, timeZone).span(), idleMs: IDLE_READS_MS }),
  );
  const appended = owned.own(new Dependency({ probe: () => appendNothing(log) }));
  const space =
    warehouse.kind === 'embedded'
      ? owned.own(
          new Space({
            read: () => spareBytes(engine),
            leastBytes: warehouse.spareBytes,
            turned: (isShort, spare) =>
              report(
                isShort ? 'warn' : 'info',
                isShort
                  ? `the disk of ${dataDirectory} is nearly full: portals are refused until there is space (MIN_FREE_MB)`
                  : `there is space on the disk of ${dataDirectory} again`,
                { spare },
              ),
          }),
        )
      : undefined;
  return {
    access: trackedReads(engine, reads),
    appends: trackedAppends(log, appended),
    space,
    causes: (known) =>
      causesOf({
        ...known,
        pending: lag.pending,
        maxPending,
        isLogSilent: lag.isSilent,
        isAppendFailing: appended.isFailing,
        isReadFailing: reads.isFailing,
        isSpaceShort: space?.isShort ?? false,
        isDatabaseAway: database.trouble !== undefined,
      }),
  };
}
