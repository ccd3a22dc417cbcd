/** What must hold of receivers and routes before they are kept, and how they are told. */
import { type Catalogue, type KeptReceiver, type Receiver, type Routing, scopeOf } from '@room/contract';
import type { Document, Documents } from '@room/database';
import { HttpError } from '../errors.ts';

export const NO_RECEIVER = 'there is no receiver of this id';
export const CONFLICT = 'somebody else changed it since';

/** Throws 400 where the catalogue has no unit that it may be told of. */
export function assertReceiver({ to }: Receiver, catalogue: Catalogue): void {
  if (to.channel !== 'webhook') return;
  try {
    scopeOf(to.scope, catalogue);
  } catch (error) {
    throw new HttpError(400, 'bad_receiver', `to.scope: ${(error as Error).message}`);
  }
}

/** Throws 400 where a route leads to nobody. */
export async function assertRouting({ routes }: Routing, receivers: Pick<Documents<Receiver>, 'list'>): Promise<void> {
  const known = new Set((await receivers.list()).map(({ id }) => id));
  for (const [index, { receivers: named, escalation }] of routes.entries())
    for (const id of [...named, ...escalation.flatMap((step) => step.receivers)])
      if (!known.has(id)) throw new HttpError(400, 'bad_routing', `routes.${index}: there is no receiver ${id}`);
}

export const receiverOf = ({ id, version, body }: Document<Receiver>): KeptReceiver => ({ ...body, id, version });
