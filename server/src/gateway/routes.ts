/** HTTP of the gateway: `POST /v1/events`, and the contract as JSON Schema. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type EventCodes, eventJsonSchema, MAX_BATCH_EVENTS } from '@room/contract';
import { z } from 'zod';
import { Encoded } from '../api/encoded.ts';
import { type Route, route } from '../api/route.ts';
import { onceClosed } from '../closed.ts';
import { cut, HttpError } from '../errors.ts';
import { goOn } from '../listener.ts';
import { notesOf } from '../requests.ts';
import { bytesOf, checkMode, eventsOf } from './binding.ts';
import { checkBody, readBody } from './body.ts';
import { type EventResult, type Gateway, resultSchema } from './gateway.ts';
import type { Intake } from './intake.ts';
import type { Pressure } from './pressure.ts';
import type { Rates } from './rates.ts';

export interface GatewayRoutesOptions {
  gateway: Gateway;
  pressure: Pressure;
  intake: Intake;
  rates: Rates;
  isTrial: () => boolean;
}

/** Parsing so much JSON is as much work as deciding one event. */
const BYTES_A_UNIT = 1024;
const REFUSED_MS = 250;

const answerSchema = z.strictObject({
  results: z.array(resultSchema),
  simulated: z.literal(true).optional().meta({
    description:
      'the room is a trial: it shows made-up numbers, and what was sent among them; a real room has no such member',
  }),
});

export function gatewayRoutes(options: GatewayRoutesOptions): Route[] {
  const { gateway, pressure, intake, rates, isTrial } = options;
  // The document is everybody's.
  const { $schema: _, ...event } = eventJsonSchema();
  const batch = { type: 'array', minItems: 1, maxItems: MAX_BATCH_EVENTS };
  return [
    route({
      method: 'post',
      path: '/v1/events',
      summary: 'brings one event or a batch of them, by the HTTP binding of CloudEvents 1.0',
      right: 'submit',
      reads: {
        'application/cloudevents+json': event,
        'application/cloudevents-batch+json': { ...batch, items: event },
        'application/json': { description: 'either of them; or the data of one event, its attributes as ce- headers' },
      },
      answer: { status: 202, schema: answerSchema },
      refuses: {
        400: 'there is no body, or it cannot be read',
        403: 'the key is for another source',
        408: 'the body came too slowly',
        413: 'the body is too large, or has too many events',
        415: 'the body is of another type or encoding',
        429: 'this portal has its share, or its key its rate; wait for Retry-After',
        503: 'nothing of it counts as accepted; send it again after Retry-After',
      },
      handle: async ({ principal: { source: portal, key }, request, response }) => {
        await unhurried(() => rates.enter(key));
        checkMode(request);
        checkBody(request);
        pressure.check(portal);
        const place = await unhurried(() => intake.enter(portal));
        onceClosed(response, () => intake.leave(place));
        goOn(request, response);
        const body = await unhurried(() => readBody(request, intake, place));
        using _unpacked = await unhurried(() => intake.unpack(place));
        // Those before it may have filled what may wait to be counted.
        pressure.check(portal);
        await intake.turn(portal, body.byteLength / BYTES_A_UNIT);
        const events = eventsOf(request, body);
        const bytes = bytesOf(events);
        await unhurried(() => rates.take(key, events.length, bytes));
        const results = await gateway.accept(events, portal);
        const told = tally(results);
        notesOf(response).events = told;
        const appended = told.accepted + told.quarantined;
        pressure.appended(portal, appended, (bytes * appended) / events.length);
        return { results: results.map(bounded), ...(isTrial() ? { simulated: true as const } : {}) };
      },
    }),
  ];
}

/** The contract with this room's codes, for whoever may know those. */
export function contractRoutes(codes: EventCodes): Route[] {
  const schema = Encoded.value(eventJsonSchema(codes));
  return [
    route({
      method: 'get',
      path: '/v1/events/schema',
      summary: "the JSON Schema of one event, with this room's codes",
      right: 'codes',
      isOnWalls: true,
      answer: { type: 'application/schema+json', isKept: true, schema: z.record(z.string(), z.unknown()) },
      handle: () => schema,
    }),
  ];
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
