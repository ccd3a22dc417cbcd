/** People's HTTP of alerts: what rings within their scope, and what they say to it. */
import { type AlertTimeline, API, alertTimelineSchema, answerSchema, type Catalogue } from '@room/contract';
import { z } from 'zod';
import type { Actor } from '../access/principal.ts';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { ringingOf } from './ringing.ts';
import type { Alerting } from './start.ts';
import { assertToCome } from './to-come.ts';

const alertParams = z.strictObject({ id: z.uuid() });
const NO_ALERT = 'there is no alert of this id within your scope';
const CONFLICT = 'somebody else changed it since';

export function alertRoutes({ store, catalogue }: Pick<Alerting, 'store'> & { catalogue: Catalogue }): Route[] {
  const seen = async (id: string, { scope }: Pick<Actor, 'scope'>): Promise<AlertTimeline> => {
    const found = await store.get(id, scope);
    if (found === undefined) throw new HttpError(404, 'no_such_alert', NO_ALERT);
    return found;
  };
  return [
    route({
      method: 'get',
      path: '/v1/alerts',
      summary: 'what rings within your scope, or what ended last',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/alerts'].query,
      answer: { schema: API['/v1/alerts'].answer },
      handle: ({ principal: { scope }, query: { which } }) => store.list(which, scope),
    }),
    route({
      method: 'get',
      path: '/v1/ringing',
      summary: 'what rings within your scope, in short: the highest severity, what is not known, and who answered',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/ringing'].query,
      answer: { schema: API['/v1/ringing'].answer },
      handle: async ({ principal: { scope } }) => ringingOf(await store.list('open', scope), catalogue),
    }),
    route({
      method: 'get',
      path: '/v1/alerts/{id}',
      summary: 'one alert, and what became of it',
      right: 'view',
      params: alertParams,
      answer: { schema: alertTimelineSchema },
      refuses: { 404: NO_ALERT },
      handle: ({ principal, params: { id } }) => seen(id, principal),
    }),
    route({
      method: 'get',
      path: '/v1/ledger',
      summary: 'what became of the alerts of your scope, the newest first: who was told what, with what answer',
      right: 'view',
      query: API['/v1/ledger'].query,
      answer: { schema: API['/v1/ledger'].answer },
      handle: ({ principal: { scope }, query: { which, before } }) =>
        store.ledger(which, scope, before === undefined ? undefined : Number(before)),
    }),
    route({
      method: 'post',
      path: '/v1/alerts/{id}/acknowledge',
      summary: 'says that somebody looks after it; the first who does is noted',
      right: 'answer',
      params: alertParams,
      body: z.strictObject({}),
      answer: { schema: alertTimelineSchema },
      refuses: { 404: NO_ALERT },
      handle: async ({ principal, params: { id } }) => {
        await seen(id, principal);
        await store.acknowledge(causeOf(principal), id);
        return seen(id, principal);
      },
    }),
    route({
      method: 'post',
      path: '/v1/alerts/{id}/answer',
      summary: 'states cause, measure and until when it is to have recovered; also acknowledges',
      right: 'answer',
      params: alertParams,
      body: answerSchema.extend({
        version: z.int().min(0).meta({ description: 'of the answer that this one takes the place of; 0 for none' }),
      }),
      answer: { schema: alertTimelineSchema },
      refuses: { 404: NO_ALERT, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited, ...answer } }) => {
        const { alert } = await seen(id, principal);
        // What was promised before may stay as it was.
        if (answer.until !== alert.answer?.until) assertToCome(answer.until, catalogue);
        await store.answer(causeOf(principal), id, edited, answer);
        return seen(id, principal);
      },
    }),
  ];
}
