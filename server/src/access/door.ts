/** Who may come in, and when it is their turn. */
import type { IncomingMessage } from 'node:http';
import type { Catalogue } from '@room/contract';
import { type Database, PortalKeyTable, SignInFailureTable } from '@room/database';
import type { Owned } from '@room/operations';
import type { Config } from '../config.ts';
import { Access } from './access.ts';
import { Accounts } from './accounts.ts';
import { Attempts } from './attempts.ts';
import { isDemonstration } from './demonstration.ts';
import { Identities } from './identities.ts';
import { takeOverKeysFile } from './keys-file.ts';
import { Looks } from './looks.ts';
import { assertUnits, type Mapping } from './mapping.ts';
import { operatorTokens } from './operator.ts';
import { ALL_ONE, addressOf, exposure, isLoopback, isPassedOn, Origins, unnamedProxy } from './origins.ts';
import { PortalKeys } from './portal-keys.ts';
import { IdentityProvider } from './provider.ts';
import { Screens } from './screens.ts';
import { Tokens } from './tokens.ts';
import { Visitors } from './visitors.ts';

export interface Door {
  access: Access;
  accounts: Accounts;
  attempts: Attempts;
  looks: Looks;
  screens: Screens;
  tokens: Tokens;
  visitors: Visitors;
  /** Through which people may sign in too; undefined where there is none. */
  provider: { client: IdentityProvider; identities: Identities } | undefined;
  /** Whether a proxy of this machine that the settings do not count passes this on: then its address is that of everybody. Says so once. */
  isOfMany: (request: IncomingMessage) => boolean;
  /** Resolves when it is the turn of whoever asks for a socket and has to be looked up. */
  socketTurn: (request: IncomingMessage) => Promise<void>;
  /** Nobody can sign in yet, and strangers are shown nothing. */
  isUnclaimed: () => boolean;
  /** Whether whoever reaches the address sees what walls show, now. */
  isOpen: () => boolean;
  /** Whether browsers reach the room by TLS. */
  isSecure: boolean;
  /** Where people open it, as the settings say. */
  publicUrl: string | undefined;
}

type Settings = Pick<
  Config,
  | 'host'
  | 'publicUrls'
  | 'visitors'
  | 'proxies'
  | 'tls'
  | 'oidc'
  | 'kafka'
  | 'keysFile'
  | 'operatorToken'
  | 'operatorTokenFile'
  | 'trialMark'
>;

export interface DoorOptions {
  settings: Settings;
  /** There where the settings name a provider. */
  mapping: Mapping | undefined;
  catalogue: Catalogue;
  database: Database;
  report: (message: string) => void;
}

export async function openDoor(options: DoorOptions, owned: Owned): Promise<Door> {
  const { settings, catalogue, database, report } = options;
  const { host, publicUrls, proxies, tls, keysFile, operatorToken: given, operatorTokenFile } = settings;
  const accounts = owned.own(new Accounts({ database, catalogue, report }));
  await accounts.start();
  const screens = owned.own(new Screens({ database, catalogue, report }));
  await screens.start();
  const tokens = owned.own(new Tokens({ database, accounts, catalogue }));
  const isOpen = (): boolean => isOpenTo(settings);
  const exposed = exposure({ host, publicUrls, isOpen: isOpen(), isSecure: tls !== undefined });
  if (exposed !== undefined) report(exposed);
  const unnamed = unnamedProxy({ host, publicUrls, proxies, isSecure: tls !== undefined });
  if (unnamed !== undefined) report(unnamed);
  let isTold = unnamed !== undefined;
  const isOfMany = ({ headers, socket }: IncomingMessage): boolean => {
    if (proxies > 0 || !isPassedOn(headers) || !isLoopback(addressOf(socket.remoteAddress))) return false;
    if (!isTold) report(`somebody came with X-Forwarded-For and TRUST_PROXY is 0: ${ALL_ONE}`);
    isTold = true;
    return true;
  };
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
  const provider = providerOf(options, accounts);
  const looks = new Looks({
    catalogue,
    isDemonstration: () => accounts.isEmpty === true && provider === undefined && isDemonstration(settings),
  });
  const isSecure = tls !== undefined || publicUrls.some((url) => /^https:/i.test(url));
  const access = new Access({
    origins: new Origins({ host, publicUrls }),
    keys,
    operatorTokens: await operatorTokens(given, operatorTokenFile),
    looks,
    accounts,
    screens,
    tokens,
    isOpenTo: (headers) => isOpen() && (settings.visitors === 'view' || !isPassedOn(headers)),
    isSecure,
  });
  const visitors = new Visitors();
  return {
    access,
    accounts,
    attempts: owned.own(new Attempts(new SignInFailureTable(database))),
    looks,
    screens,
    tokens,
    visitors,
    provider,
    isOfMany,
    socketTurn: async (request) => {
      if (!access.isAtHand(request)) await visitors.socketTurn(request.socket);
    },
    isUnclaimed: () => accounts.isEmpty === true && provider === undefined && !isOpen(),
    isOpen,
    isSecure,
    publicUrl: publicUrls[0],
  };
}

function providerOf(
  { settings: { oidc }, mapping, catalogue, database, report }: DoorOptions,
  { documents, table }: Accounts,
): Door['provider'] {
  if (oidc === undefined || mapping === undefined) return undefined;
  assertUnits(mapping, catalogue);
  return {
    client: new IdentityProvider(oidc),
    identities: new Identities({ database, documents, table, mapping, catalogue, report }),
  };
}

/** Without a word to the contrary whoever sits at this machine sees walls without a credential, where that is all that reaches the room. */
export function isOpenTo({
  host,
  publicUrls,
  visitors,
  proxies,
  oidc,
}: Pick<Settings, 'host' | 'publicUrls' | 'visitors' | 'proxies' | 'oidc'>): boolean {
  if (visitors !== undefined) return visitors === 'view';
  return isLoopback(host) && publicUrls.length === 0 && proxies === 0 && oidc === undefined;
}
