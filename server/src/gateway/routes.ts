/** HTTP of the gateway: `POST /v1/events`, and the contract as JSON Schema. */
import { eventJsonSchema, MAX_BATCH_BYTES } from '@room/contract';
import express, { type Request, Router } from 'express';
import { bearer } from '../access/operator.ts';
import type { PortalKeys } from '../access/portal-keys.ts';
import { HttpError } from '../errors.ts';
import { notesOf } from '../requests.ts';
import { bodyOf, checkHeaders, checkMode, eventsOf } from './binding.ts';
import type { EventResult, Gateway } from './gateway.ts';
import type { Intake } from './intake.ts';
import type { Pressure } from './pressure.ts';

/** Parsing so much JSON is as much work as deciding one event. */
const BYTES_A_UNIT = 1024;

export function gatewayRoutes(gateway: Gateway, keys: PortalKeys, pressure: Pressure, intake: Intake): Router {
  const router = Router();

  router.post(
    '/v1/events',
    async (request, response, next) => {
      checkHeaders(request);
      const key = bearer(request.get('authorization'));
      const portal = key === undefined ? undefined : await keys.sourceOf(key);
      if (portal === undefined)
        throw new HttpError(
          401,
          'unknown_key',
          'give a portal key as "Authorization: Bearer …"; an operator makes one with the portal-key command',
        );
      notesOf(response).portal = portal;
      checkMode(request);
      pressure.check();
      response.once('close', intake.reserve(largest(request)));
      next();
    },
    express.raw({ type: () => true, limit: MAX_BATCH_BYTES, inflate: true }),
    async (request, response) => {
      const notes = notesOf(response);
      const body = bodyOf(request);
      const bytes = body.length;
      using _unpacked = await intake.unpack(bytes);
      // Those before it may have filled what may wait to be counted.
      pressure.check();
      await intake.turn(bytes / BYTES_A_UNIT);
      const results = await gateway.accept(eventsOf(request, body), notes.portal ?? '');
      notes.events = tally(results);
      pressure.appended(notes.events.accepted + notes.events.quarantined);
      response.status(202).json({ results });
    },
  );

  router.get('/v1/events/schema', (_request, response) => {
    response.type('application/schema+json').send(JSON.stringify(eventJsonSchema()));
  });
  return router;
}

function tally(results: readonly EventResult[]): Record<EventResult['result'], number> {
  const events = { accepted: 0, duplicate: 0, quarantined: 0 };
  for (const { result } of results) events[result]++;
  return events;
}

/** Bytes that the body may have when unpacked. */
function largest(request: Request): number {
  const length = Number(request.get('content-length') ?? MAX_BATCH_BYTES);
  return request.get('content-encoding') === undefined ? Math.min(length, MAX_BATCH_BYTES) : MAX_BATCH_BYTES;
}
