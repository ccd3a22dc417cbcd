/** Backups of a room whose stores are both its own; what to do instead where they are not. */
import { join } from 'node:path';
import { EmbeddedLog, type EventLog } from '@room/log';
import type { Owned } from '@room/operations';
import type { Access } from '@room/warehouse';
import type { Config } from '../config.ts';
import { Backups, type BackupsOptions } from './backups.ts';
import type { Remote } from './routes.ts';

export interface BackupStartOptions extends Pick<BackupsOptions, 'catalogueHash' | 'report'> {
  config: Pick<Config, 'dataDirectory' | 'database' | 'warehouse'>;
  log: EventLog;
  engine: Access;
  /** Where this process counts. */
  counting: Pick<BackupsOptions, 'pause'> | undefined;
}

export function backupsOf(options: BackupStartOptions, owned: Owned): Backups | Remote {
  const { config, log, engine, counting, ...rest } = options;
  const { dataDirectory, database, warehouse } = config;
  if (!(log instanceof EmbeddedLog) || warehouse.kind !== 'embedded' || counting === undefined)
    return { kafka: !(log instanceof EmbeddedLog), clickhouse: warehouse.kind === 'server' };
  return owned.own(
    new Backups({
      ...rest,
      directory: warehouse.backups,
      access: engine,
      log,
      logDirectory: join(dataDirectory, 'log'),
      database,
      pause: counting.pause,
      minFreeBytes: warehouse.minFreeBytes + warehouse.spareBytes,
    }),
  );
}
