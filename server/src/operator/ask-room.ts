/** How a command asks the running room: where it is found, with which token, and what it means where the answer is no. */
import { knownToken } from '../access/operator.ts';
import type { Config } from '../config.ts';
import { roomUrl } from './room.ts';

/** Who has another token is a visitor, who may do less or nothing. */
const UNKNOWN_TOKEN: readonly number[] = [401, 403];

/** Of an authority that nobody here knows. */
const CERTIFICATE = /CERT|SELF_SIGNED|SIGNATURE|ISSUER/;

/** `body`: the call changes something. Throws with the room's own words where it refuses. */
export type AskRoom = <T>(path: string, body?: unknown) => Promise<T>;
type Settings = Pick<Config, 'dataDirectory' | 'host' | 'port' | 'operatorToken' | 'operatorTokenFile'>;

export async function askRoom(settings: Settings, url: string | undefined): Promise<AskRoom> {
  const { token, from } = await knownToken(settings.operatorToken, settings.operatorTokenFile);
  const base = url ?? (await roomUrl(settings));
  return async <T>(path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${base}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    }).catch((cause: unknown) => {
      const { code = '', message = '' } = ((cause as Error).cause ?? {}) as { code?: string; message?: string };
      const why = CERTIFICATE.test(code)
        ? `${message}: set NODE_EXTRA_CA_CERTS to the authority that signed it`
        : `${code}: start it, or give --url`;
      throw new Error(`no room answers at ${base} (${why})`, { cause });
    });
    if (UNKNOWN_TOKEN.includes(response.status))
      throw new Error(
        `the room at ${base} does not take the operator's token of ${from}; set OPERATOR_TOKEN to the one that it was started with, or DATA_DIR to its folder and leave OPERATOR_TOKEN unset`,
      );
    const answer = (await response.json()) as T & { error?: { reason: string } };
    if (!response.ok) throw new Error(answer.error?.reason ?? `the room answered ${response.status}`);
    return answer;
  };
}
