import { isIPv6 } from 'node:net';
import type { Config } from '../config.ts';

/** Where a command finds the room of its own settings; a wildcard is where a room listens, not where it is found. */
export function roomUrl({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const found = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIPv6(found) ? `[${found}]` : found}:${port}`;
}
