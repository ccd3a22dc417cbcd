/** A session as its owner meets it: begun for a browser, listed, ended. */
import type { Session } from '@room/contract';
import type { Request, Response } from 'express';
import { HttpError } from '../errors.ts';
import { csrfToken } from './access.ts';
import type { SessionOrigin } from './accounts.ts';
import { setCookie } from './cookies.ts';
import type { Door } from './door.ts';
import { addressOf } from './origins.ts';
import type { Actor } from './principal.ts';

/** What is told of who asks. */
export function sessionOf(door: Pick<Door, 'looks' | 'provider' | 'isUnclaimed'>, actor: Actor): Session {
  const { kind, id, name, rights, grant, session } = actor;
  const { looks, provider, isUnclaimed } = door;
  const offered = looks.all();
  return {
    kind,
    id,
    rights: [...rights],
    scope: grant,
    ...(name === undefined ? {} : { name }),
    ...(session === undefined ? {} : { csrfToken: csrfToken(session) }),
    ...(offered.length === 0 ? {} : { looks: offered }),
    ...(provider === undefined ? {} : { provider: provider.client.name }),
    ...(isUnclaimed() ? { needsSetUp: true } : {}),
  };
}

/** A new session with a password, whatever this browser had before. */
export async function begin(door: Door, id: string, request: Request, response: Response): Promise<Session> {
  const { accounts, isSecure } = door;
  const begun = await accounts.begin(id, originOf(request));
  setCookie(response, 'session', begun, isSecure);
  setCookie(response, 'device', await accounts.deviceFor(id), isSecure);
  setCookie(response, 'look', undefined, isSecure);
  const actor = await accounts.actorOf(begun);
  if (actor === undefined) throw new HttpError(503, 'busy', 'the account is not known yet; sign in again', 1);
  return sessionOf(door, actor);
}

export const originOf = ({ ip, headers }: Pick<Request, 'ip' | 'headers'>): SessionOrigin => ({
  address: addressOf(ip),
  browser: headers['user-agent'],
});

/** Throws 429 where this has to wait; otherwise it counts as a failure until it is known to be none. */
export async function assertTry(
  attempts: Pick<Door['attempts'], 'begin'>,
  attempt: Parameters<Door['attempts']['begin']>[0],
): Promise<void> {
  const wait = await attempts.begin(attempt);
  if (wait > 0)
    throw new HttpError(
      429,
      'too_many_attempts',
      'there were too many failures; wait, and try again',
      Math.ceil(wait / 1_000),
    );
}
