/** HTTP of the gateway: `POST /v1/events`, and the contract as JSON Schema. */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventJsonSchema, MAX_BATCH_EVENTS } from '@room/contract';
import { type Request, type Response, Router } from 'express';
import { bearer } from '../access/operator.ts';
import type { PortalKeys } from '../access/portal-keys.ts';
import { cut, HttpError } from '../errors.ts';
import { goOn } from '../listener.ts';
import { notesOf } from '../requests.ts';
import { checkBody, readBody } from './body.ts';
import type { EventResult, Gateway } from './gateway.ts';
import type { Intake } from './intake.ts';
import type { Pressure } from './pressure.ts';

const SINGLE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
/** Parsing so much JSON is as much work as deciding one event. */
const BYTES_A_UNIT = 1024;
const REFUSED_MS = 250;
const ACCEPTED = new Set([SINGLE, BATCH, 'application/json']);

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
    const type = mediaType(request);
    if (!ACCEPTED.has(type))
      throw new HttpError(415, 'media_type', `content-type is ${type || 'missing'}; send ${SINGLE} or ${BATCH}`);
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

const mediaType = (request: Request): string =>
  (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const utf8 = new TextDecoder('utf-8', { fatal: true });

function eventsOf(request: Request, body: Buffer): unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(body));
  } catch (cause) {
    throw new HttpError(400, 'not_json', `the body is not UTF-8 JSON: ${(cause as Error).message}`, undefined, {
      cause,
    });
  }
  const type = mediaType(request);
  if (type === BATCH && !Array.isArray(json))
    throw new HttpError(400, 'not_a_batch', `${BATCH} is a JSON array of events`);
  if (type === SINGLE && Array.isArray(json))
    throw new HttpError(400, 'not_an_event', `an array of events is sent as ${BATCH}`);
  const events = Array.isArray(json) ? (json as unknown[]) : [json];
  if (events.length === 0) throw new HttpError(400, 'empty', 'the batch holds no event');
  if (events.length > MAX_BATCH_EVENTS)
    throw new HttpError(
      413,
      'too_many',
      `the batch holds ${events.length} events; send at most ${MAX_BATCH_EVENTS} at once`,
    );
  return events;
}
