/** People's HTTP of what the Government Office orders a unit to do, and of what that unit answers. */
import {
  API,
  changedOrderSchema,
  confirmedSchema,
  type DirectiveTimeline,
  directiveTimelineSchema,
  givenSchema,
  reasonedSchema,
  respondedSchema,
  withdrawnSchema,
} from '@room/contract';
import { z } from 'zod';
import type { Actor } from '../../access/principal.ts';
import { causeOf } from '../../access/remember.ts';
import { type Route, route } from '../../api/route.ts';
import { HttpError } from '../../errors.ts';
import { type DirectiveStore, NO_DIRECTIVE } from './store.ts';

const params = z.strictObject({ id: z.uuid() });
const version = z.int().positive().meta({ description: 'the one that was seen' });
const answer = { schema: directiveTimelineSchema };
const CONFLICT = 'somebody else changed it since, or it is settled';
const refuses = { 404: NO_DIRECTIVE, 409: CONFLICT };
/** The Government Office: whoever has the right, and the whole scope. */
const office = { right: 'direct', isWhole: true } as const;

export function directiveRoutes(store: DirectiveStore): Route[] {
  const seen = async (id: string, { scope }: Pick<Actor, 'scope'>): Promise<DirectiveTimeline> => {
    const found = await store.get(id, scope);
    if (found === undefined) throw new HttpError(404, 'no_such_directive', NO_DIRECTIVE);
    return found;
  };
  return [
    route({
      method: 'get',
      path: '/v1/directives',
      summary: 'what the units of your scope were ordered to do: what is overdue first',
      right: 'view',
      query: API['/v1/directives'].query,
      answer: { schema: API['/v1/directives'].answer },
      handle: ({ principal: { scope }, query: { which } }) => store.list(which, scope),
    }),
    route({
      method: 'get',
      path: '/v1/directives/{id}',
      summary: 'one directive, with what became of it and of its alert on one timeline',
      right: 'view',
      params,
      answer,
      refuses: { 404: NO_DIRECTIVE },
      handle: ({ principal, params: { id } }) => seen(id, principal),
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/directives',
      summary: 'turns an alert into a directive to its unit; its measure is that of the alert',
      body: givenSchema,
      badInput: 'bad_directive',
      answer,
      refuses: { 404: 'there is no alert of this id', 409: 'the alert has as many as it may' },
      handle: async ({ principal, body }) => seen(await store.give(causeOf(principal), body), principal),
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/directives/{id}',
      summary: 'changes what is ordered, from whom there, what is wanted or until when',
      params,
      body: changedOrderSchema,
      badInput: 'bad_directive',
      answer,
      refuses,
      handle: async ({ principal, params: { id }, body: { version: edited, why, ...order } }) => {
        await seen(id, principal);
        await store.change(causeOf(principal, why), id, edited, order);
        return seen(id, principal);
      },
    }),
    route({
      method: 'post',
      path: '/v1/directives/{id}/answer',
      summary:
        'its unit says why, what it does, on which day it was done or by when it will be, and where that can be seen; again over its earlier answer',
      right: 'answer',
      params,
      body: respondedSchema,
      badInput: 'bad_answer',
      answer,
      refuses: { ...refuses, 422: 'its file is not there' },
      handle: async ({ principal, params: { id }, body }) => {
        await seen(id, principal);
        await store.respond(causeOf(principal), principal.scope, id, body);
        return seen(id, principal);
      },
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/directives/{id}/confirm',
      summary: 'says that it is done; the reading of its measure is kept with that',
      params,
      body: confirmedSchema,
      answer,
      refuses,
      handle: async ({ principal, params: { id }, body: { version: edited, note } }) => {
        await seen(id, principal);
        await store.decide(causeOf(principal), id, edited, { what: 'confirmed', why: note });
        return seen(id, principal);
      },
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/directives/{id}/send-back',
      summary: 'sends the answer of its unit back, with a reason, and a later due day where one is given',
      params,
      body: reasonedSchema,
      answer,
      refuses,
      handle: async ({ principal, params: { id }, body: { version: edited, why, due } }) => {
        await seen(id, principal);
        await store.decide(causeOf(principal), id, edited, { what: 'sent-back', why, due });
        return seen(id, principal);
      },
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/directives/{id}/withdraw',
      summary: 'withdraws it, with a reason',
      params,
      body: withdrawnSchema,
      answer,
      refuses,
      handle: async ({ principal, params: { id }, body: { version: edited, why } }) => {
        await seen(id, principal);
        await store.decide(causeOf(principal), id, edited, { what: 'withdrawn', why });
        return seen(id, principal);
      },
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/directives/{id}/undo',
      summary: 'takes the newest change back, where the Office made it',
      params,
      body: z.strictObject({ version }),
      answer,
      refuses,
      handle: async ({ principal, params: { id }, body: { version: made } }) => {
        await seen(id, principal);
        await store.undo(causeOf(principal, 'undone'), id, made);
        return seen(id, principal);
      },
    }),
  ];
}
