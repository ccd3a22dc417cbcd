/** Administrators' HTTP of what receivers and routes were, the way back, and of what a silence would mute. */
import {
  type Catalogue,
  keptAs,
  keptReceiverSchema,
  keptRoutingSchema,
  mutedSchema,
  receiverIdSchema,
  receiverSchema,
  receiverVersionsSchema,
  routingSchema,
  routingVersionsSchema,
  silenceTriedSchema,
} from '@room/contract';
import { AlertTable, type Database } from '@room/database';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { versionsOf } from '../versions.ts';
import { ROUTING, subjectOf } from './notifier.ts';
import { isMuted, labelsOfEach } from './routing.ts';
import { assertReceiver, assertRouting, CONFLICT, NO_RECEIVER, receiverOf } from './sound.ts';
import type { Notifying } from './start.ts';

const undone = z.strictObject({ version: z.int().positive().meta({ description: 'that the change made' }) });
const params = z.strictObject({ id: receiverIdSchema });
const whole = { right: 'administer', isWhole: true } as const;
const NO_ROUTES = 'no routes were written yet';
/** Of what a silence would mute, those that are named, and those that ended last which are looked at. */
const MOST_NAMED = 100;
const MOST_ENDED = 500;

export interface ChangeRoutesOptions extends Pick<Notifying, 'receivers' | 'rosters' | 'routing'> {
  catalogue: Catalogue;
  database: Pick<Database, 'read' | 'write'>;
}

export function changeRoutes({ receivers, rosters, routing, catalogue, database }: ChangeRoutesOptions): Route[] {
  const alerts = new AlertTable(database);
  return [
    route({
      ...whole,
      method: 'get',
      path: '/v1/receivers/{id}/versions',
      summary: 'what a receiver was, and who made it so; the newest first',
      params,
      answer: { schema: receiverVersionsSchema },
      refuses: { 404: NO_RECEIVER },
      handle: async ({ params: { id } }) => {
        const entries = await receivers.history(id);
        if (entries.length === 0) throw new HttpError(404, 'no_such_receiver', NO_RECEIVER);
        return { versions: versionsOf(entries, (after) => keptAs(receiverSchema, after)) };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/receivers/{id}/undo',
      summary: 'takes the last change of a receiver back, a removal too; absent from the answer where it had been made',
      params,
      body: undone,
      answer: { schema: z.strictObject({ receiver: keptReceiverSchema.optional() }) },
      refuses: { 404: NO_RECEIVER, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version } }) => {
        const last = (await receivers.history(id)).find((entry) => entry.version !== null);
        if (last === undefined) throw new HttpError(404, 'no_such_receiver', NO_RECEIVER);
        if (last.before !== undefined) assertReceiver(keptAs(receiverSchema, last.before), catalogue);
        const { body, ...rest } = await receivers.undo(causeOf(principal, 'undone'), id, version);
        return body === undefined ? {} : { receiver: receiverOf({ ...rest, body }) };
      },
    }),
    route({
      ...whole,
      method: 'get',
      path: '/v1/routing/versions',
      summary: 'what the routes were, and who made them so; the newest first',
      answer: { schema: routingVersionsSchema },
      handle: async () => ({
        versions: versionsOf(await routing.history(ROUTING), (after) => routingSchema.parse(after)),
      }),
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/routing/undo',
      summary: 'takes the last change of the routes back',
      body: undone,
      answer: { schema: keptRoutingSchema },
      refuses: { 404: NO_ROUTES, 409: CONFLICT },
      handle: async ({ principal, body: { version } }) => {
        const [last] = await routing.history(ROUTING);
        if (last === undefined) throw new HttpError(404, 'no_routes', NO_ROUTES);
        if (last.before !== undefined) await assertRouting(routingSchema.parse(last.before), { receivers, rosters });
        const { body, version: restored } = await routing.undo(causeOf(principal, 'undone'), ROUTING, version);
        // Without a body they were never written; the next ones are written over this version.
        return { routes: body?.routes ?? [], version: restored };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/silences/preview',
      summary: 'of what nobody would be told: of alerts that are open, and of those that ended last',
      body: silenceTriedSchema,
      badInput: 'bad_silence',
      answer: { schema: mutedSchema },
      handle: async ({ body: { match } }) => {
        const [open, ended] = await Promise.all([alerts.list('open', 0), alerts.list('ended', MOST_ENDED)]);
        const muted = (rows: typeof open) =>
          rows.map(subjectOf).filter((subject) => isMuted(match, labelsOfEach(subject, catalogue)));
        const now = muted(open);
        return {
          alerts: now.slice(0, MOST_NAMED),
          open: now.length,
          ended: muted(ended).length,
          looked: ended.length,
        };
      },
    }),
  ];
}
