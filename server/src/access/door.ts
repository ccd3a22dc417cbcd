/** Who may come in, and when it is their turn. */
import type { Config } from '../config.ts';
import { Access } from './access.ts';
import { operatorToken } from './operator.ts';
import { exposure, Origins } from './origins.ts';
import { PortalKeys } from './portal-keys.ts';
import { Visitors } from './visitors.ts';

export interface Door {
  access: Access;
  visitors: Visitors;
}

type Settings = Pick<Config, 'host' | 'publicUrls' | 'keysFile' | 'operatorToken' | 'operatorTokenFile'>;

export async function openDoor(settings: Settings, report: (message: string) => void): Promise<Door> {
  const { host, publicUrls, keysFile, operatorToken: given, operatorTokenFile } = settings;
  const exposed = exposure({ host, publicUrls });
  if (exposed !== undefined) report(exposed);
  const access = new Access({
    origins: new Origins({ host, publicUrls }),
    keys: new PortalKeys({ file: keysFile, report }),
    operatorToken: await operatorToken(given, operatorTokenFile),
  });
  return { access, visitors: new Visitors() };
}
