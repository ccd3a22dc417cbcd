/** HTTP of the gateway: `POST /v1/events`, and the contract as JSON Schema. */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventJsonSchema } from '@room/contract';
import { type Request, type Response, Router } from 'express';
import { bearer } from '../access/operator.ts';
import type { PortalKeys } from '../access/portal-keys.ts';
import { cut, HttpError } from '../errors.ts';
import { goOn } from '../listener.ts';
import { notesOf } from '../requests.ts';
import { checkMode, eventsOf } from './binding.ts';
import { checkBody, readBody } from './body.ts';
import type { EventResult, Gateway } from './gateway.ts';
import type { Intake } from './intake.ts';
import type { Pressure } from './pressure.ts';

/** Parsing so much JSON is as much work as deciding one event. */
const BYTES_A_UNIT = 1024;
const REFUSED_MS = 250;

export function gatewayRoutes(gateway: Gateway, keys: PortalKeys, pressure: Pressure, intake: Intake): Router {
  const router = Router();

  router.post('/v1/events', async (request: Request, response: Response) => {
    const notes = notesOf(response);
    const key = bearer(request.get('authorization'));
    const portal = key === undefined ? undefined : await keys.sourceOf(key);
    if (portal === undefined)
      throw new HttpError(
        401,
        'unknown_key',
        'give a portal key as "Authorization: Bearer …"; an operator makes one with the portal-key command',
      );
    notes.portal = portal;
    checkMode(request);
    checkBody(request);
    pressure.check(portal);
    const place = await unhurried(() => intake.enter(portal));
    response.once('close', () => intake.leave(place));
    goOn(request, response);
    const body = await unhurried(() => readBody(request, intake, place));
    using _unpacked = await unhurried(() => intake.unpack(place));
    // Those before it may have filled what may wait to be counted.
    pressure.check(portal);
    await intake.turn(portal, body.byteLength / BYTES_A_UNIT);
    const results = await gateway.accept(eventsOf(request, body), portal);
    notes.events = tally(results);
    pressure.appended(portal, notes.events.accepted + notes.events.quarantined);
    response.status(202).json({ results: results.map(bounded) });
  });

  return router;
}

/** The contract, for whoever wants to know it. */
export function contractRoutes(): Router {
  const router = Router();
  const schema = Buffer.from(JSON.stringify(eventJsonSchema()));
  router.get('/v1/events/schema', (_request, response) => {
    response.type('application/schema+json').send(schema);
  });
  return router;
}

/** Who is over its share hears of it a little later: a sender that asks again at once would keep the others waiting too. */
async function unhurried<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof HttpError && error.status === 429) await sleep(REFUSED_MS);
    throw error;
  }
}

function tally(results: readonly EventResult[]): Record<EventResult['result'], number> {
  const events = { accepted: 0, duplicate: 0, quarantined: 0 };
  for (const { result } of results) events[result]++;
  return events;
}

/** A reason may quote what the portal sent, and a refused event may have an id of any length. */
const bounded = ({ id, reason, ...result }: EventResult): EventResult => ({
  id: id === null ? null : cut(id),
  ...result,
  ...(reason === undefined ? {} : { reason: cut(reason) }),
});
