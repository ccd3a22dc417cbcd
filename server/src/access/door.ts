/** Who may come in, and when it is their turn. */
import { type Database, PortalKeyTable } from '@room/database';
import type { Owned } from '@room/operations';
import type { Config } from '../config.ts';
import { Access } from './access.ts';
import { takeOverKeysFile } from './keys-file.ts';
import { operatorToken } from './operator.ts';
import { exposure, Origins } from './origins.ts';
import { PortalKeys } from './portal-keys.ts';
import { Visitors } from './visitors.ts';

export interface Door {
  access: Access;
  visitors: Visitors;
}

type Settings = Pick<Config, 'host' | 'publicUrls' | 'kafka' | 'keysFile' | 'operatorToken' | 'operatorTokenFile'>;

export interface DoorOptions {
  settings: Settings;
  database: Database;
  report: (message: string) => void;
}

export async function openDoor({ settings, database, report }: DoorOptions, owned: Owned): Promise<Door> {
  const { host, publicUrls, keysFile, operatorToken: given, operatorTokenFile } = settings;
  const exposed = exposure({ host, publicUrls });
  if (exposed !== undefined) report(exposed);
  if (settings.kafka !== undefined && database.kind === 'sqlite')
    report(
      'DATABASE_URL names no PostgreSQL: portal keys are known to the servers of this machine that share its file alone',
    );
  const table = new PortalKeyTable(database);
  const keys = owned.own(
    new PortalKeys({
      table,
      changes: database.changes,
      prepare: () => takeOverKeysFile({ file: keysFile, table, report }),
    }),
  );
  await keys.start();
  const access = new Access({
    origins: new Origins({ host, publicUrls }),
    keys,
    operatorToken: await operatorToken(given, operatorTokenFile),
  });
  return { access, visitors: new Visitors() };
}
