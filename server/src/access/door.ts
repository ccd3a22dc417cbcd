/** Who may come in, and when it is their turn. */
import type { Catalogue } from '@room/contract';
import { type Database, PortalKeyTable } from '@room/database';
import type { Owned } from '@room/operations';
import type { Config } from '../config.ts';
import { Access } from './access.ts';
import { Accounts } from './accounts.ts';
import { Attempts } from './attempts.ts';
import { isDemonstration } from './demonstration.ts';
import { takeOverKeysFile } from './keys-file.ts';
import { Looks } from './looks.ts';
import { operatorToken } from './operator.ts';
import { exposure, isLoopback, Origins } from './origins.ts';
import { PortalKeys } from './portal-keys.ts';
import { Visitors } from './visitors.ts';

export interface Door {
  access: Access;
  accounts: Accounts;
  attempts: Attempts;
  looks: Looks;
  visitors: Visitors;
  /** Whether whoever reaches the address sees what walls show, now. */
  isOpen: () => boolean;
  /** Whether browsers reach the room by TLS. */
  isSecure: boolean;
}

type Settings = Pick<
  Config,
  'host' | 'publicUrls' | 'visitors' | 'kafka' | 'keysFile' | 'operatorToken' | 'operatorTokenFile' | 'trialMark'
>;

export interface DoorOptions {
  settings: Settings;
  catalogue: Catalogue;
  database: Database;
  report: (message: string) => void;
}

export async function openDoor({ settings, catalogue, database, report }: DoorOptions, owned: Owned): Promise<Door> {
  const { host, publicUrls, keysFile, operatorToken: given, operatorTokenFile } = settings;
  const accounts = owned.own(new Accounts({ database, catalogue, report }));
  await accounts.start();
  const isOpen = (): boolean => isOpenTo(settings, accounts.isEmpty);
  const exposed = exposure({ host, publicUrls, isOpen: isOpen() });
  if (exposed !== undefined) report(exposed);
  if (settings.kafka !== undefined && database.kind === 'sqlite')
    report(
      'DATABASE_URL names no PostgreSQL: accounts and portal keys are known to the servers of this machine that share its file alone',
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
  const looks = new Looks({
    catalogue,
    isDemonstration: () => accounts.isEmpty === true && isDemonstration(settings),
  });
  const isSecure = publicUrls.some((url) => /^https:/i.test(url));
  const access = new Access({
    origins: new Origins({ host, publicUrls }),
    keys,
    operatorToken: await operatorToken(given, operatorTokenFile),
    looks,
    accounts,
    isOpen,
    isSecure,
  });
  return {
    access,
    accounts,
    attempts: new Attempts(),
    looks,
    visitors: new Visitors(),
    isOpen,
    isSecure,
  };
}

/** Without a word to the contrary only who sits at this machine sees walls without an account, and only while nobody has one. */
function isOpenTo({ host, publicUrls, visitors }: Settings, hasNoAccounts: boolean | undefined): boolean {
  if (visitors !== undefined) return visitors === 'view';
  return hasNoAccounts === true && isLoopback(host) && publicUrls.length === 0;
}
