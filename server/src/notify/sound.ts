/** What must hold of receivers and routes before they are kept, and how they are told. */
import { type Catalogue, type KeptReceiver, type Receiver, type Roster, type Routing, scopeOf } from '@room/contract';
import type { Document, Documents } from '@room/database';
import { HttpError } from '../errors.ts';

export const NO_RECEIVER = 'there is no receiver of this id';
export const CONFLICT = 'somebody else changed it since';

/** Throws 400 where the catalogue has no unit that it may be told of. */
export function assertReceiver({ to }: Receiver, catalogue: Catalogue): void {
  if (to.channel === 'mail') return;
  if (to.channel === 'webhook') assertUrl(new URL(to.url));
  try {
    scopeOf(to.scope, catalogue);
  } catch (error) {
    throw new HttpError(400, 'bad_receiver', `to.scope: ${(error as Error).message}`);
  }
}

function assertUrl({ username, password }: URL): void {
  if (username !== '' || password !== '')
    throw new HttpError(
      400,
      'bad_receiver',
      'to.url: it has a user or a password, which history and audit would keep; messages are signed instead',
    );
}

export interface Targets {
  receivers: Pick<Documents<Receiver>, 'get' | 'list'>;
  rosters: Pick<Documents<Roster>, 'get' | 'list'>;
}

/** Throws 400 where a route leads to nobody. */
export async function assertRouting({ routes }: Routing, { receivers, rosters }: Targets): Promise<void> {
  const known = new Set([...(await receivers.list()), ...(await rosters.list())].map(({ id }) => id));
  for (const [index, { receivers: named, escalation }] of routes.entries())
    for (const id of [...named, ...escalation.flatMap((step) => step.receivers)])
      if (!known.has(id)) throw new HttpError(400, 'bad_routing', `routes.${index}: there is no receiver ${id}`);
}

/** Throws 400 where somebody of it is no receiver. */
export async function assertRoster(
  { weeks, otherwise }: Roster,
  { receivers }: Pick<Targets, 'receivers'>,
): Promise<void> {
  const known = new Set((await receivers.list()).map(({ id }) => id));
  const [week] = Object.entries(weeks).filter(([, id]) => !known.has(id));
  if (week !== undefined) throw new HttpError(400, 'bad_roster', `weeks.${week[0]}: there is no receiver ${week[1]}`);
  if (otherwise !== undefined && !known.has(otherwise))
    throw new HttpError(400, 'bad_roster', `otherwise: there is no receiver ${otherwise}`);
}

/** Routes name receivers and rosters alike: throws 409 where the other kind has the id. */
export async function assertFree(id: string, other: Targets[keyof Targets]): Promise<void> {
  if ((await other.get(id)) !== undefined)
    throw new HttpError(409, 'conflict', `${id} is taken: routes name receivers and rosters alike`);
}

export const receiverOf = ({ id, version, body }: Document<Receiver>): KeptReceiver => ({ ...body, id, version });
