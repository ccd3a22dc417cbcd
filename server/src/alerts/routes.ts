/** People's HTTP of alerts: what rings within their scope, what they say to it; and of the rules that make it ring. */
import {
  type AlertTimeline,
  API,
  alertTimelineSchema,
  answerSchema,
  type Catalogue,
  type KeptRule,
  keptRuleSchema,
  localDay,
  membersOf,
  owns,
  type Rule,
  ruleIdSchema,
  ruleSchema,
  type Scope,
  unknownUnit,
} from '@room/contract';
import type { Document } from '@room/database';
import { z } from 'zod';
import type { Actor } from '../access/principal.ts';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import type { Alerting } from './start.ts';

const version = z.int().positive();
const reason = z.string().trim().max(500).optional();
const alertParams = z.strictObject({ id: z.uuid() });
const ruleParams = z.strictObject({ id: ruleIdSchema });
const NO_ALERT = 'there is no alert of this id within your scope';
const NO_RULE = 'there is no rule of this id';
const CONFLICT = 'somebody else changed it since';

export interface AlertRoutesOptions extends Alerting {
  catalogue: Catalogue;
}

export function alertRoutes({ rules, store, catalogue }: AlertRoutesOptions): Route[] {
  const seen = async (id: string, { scope }: Pick<Actor, 'scope'>): Promise<AlertTimeline> => {
    const found = await store.get(id, scope);
    if (found === undefined) throw new HttpError(404, 'no_such_alert', NO_ALERT);
    return found;
  };
  const assertSound = (rule: Rule, scope: Scope): void => {
    const unknown = unknownUnit(rule, catalogue);
    if (unknown !== undefined) throw new HttpError(400, 'bad_rule', unknown);
    const today = localDay(Date.now(), catalogue.timeZone);
    const foreign = membersOf(rule, catalogue, today).find(({ dim, code }) => !owns(scope, dim, code));
    if (foreign !== undefined)
      throw new HttpError(
        403,
        'outside_scope',
        `over: ${foreign.dim} ${foreign.code} is outside of your scope; name codes of your own`.replace('  ', ' '),
      );
  };
  const found = async (id: string): Promise<Document<Rule>> => {
    const rule = await rules.get(id);
    if (rule === undefined) throw new HttpError(404, 'no_such_rule', NO_RULE);
    return rule;
  };
  return [
    route({
      method: 'get',
      path: '/v1/alerts',
      summary: 'what rings within your scope, or what ended last',
      right: 'view',
      query: API['/v1/alerts'].query,
      answer: { schema: API['/v1/alerts'].answer },
      handle: ({ principal: { scope }, query: { which } }) => store.list(which, scope),
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
        await seen(id, principal);
        await store.answer(causeOf(principal), id, edited, answer);
        return seen(id, principal);
      },
    }),
    route({
      method: 'get',
      path: '/v1/rules',
      summary: 'the rules by which the room speaks up',
      right: 'view',
      answer: { schema: API['/v1/rules'].answer },
      handle: async () => ({ rules: (await rules.list()).map(ruleOf) }),
    }),
    route({
      method: 'post',
      path: '/v1/rules',
      summary: 'makes a rule; it is looked at from the next second on',
      right: 'administer',
      body: ruleSchema.safeExtend({ id: ruleIdSchema, why: reason }),
      badInput: 'bad_rule',
      answer: { schema: keptRuleSchema },
      refuses: { 409: 'there is, or was, a rule of this id' },
      handle: async ({ principal, body: { id, why, ...rule } }) => {
        assertSound(rule, principal.scope);
        return ruleOf(await rules.create(causeOf(principal, why), id, rule));
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/{id}',
      summary: 'changes a rule, or switches it off or on; the running one stays where the new one is not valid',
      right: 'administer',
      params: ruleParams,
      body: ruleSchema.safeExtend({ version, why: reason }),
      badInput: 'bad_rule',
      answer: { schema: keptRuleSchema },
      refuses: { 404: NO_RULE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited, why, ...rule } }) => {
        assertSound((await found(id)).body, principal.scope);
        assertSound(rule, principal.scope);
        return ruleOf(await rules.update(causeOf(principal, why), id, edited, rule));
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/{id}/remove',
      summary: 'removes a rule; what it rings ends as withdrawn',
      right: 'administer',
      params: ruleParams,
      body: z.strictObject({ version, why: reason }),
      badInput: 'bad_rule',
      answer: { schema: z.strictObject({}) },
      refuses: { 404: NO_RULE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited, why } }) => {
        assertSound((await found(id)).body, principal.scope);
        await rules.remove(causeOf(principal, why), id, edited);
        return {};
      },
    }),
  ];
}

const ruleOf = ({ id, version, who, at, body }: Document<Rule>): KeptRule => ({
  ...body,
  id,
  version,
  who,
  at: Date.parse(at),
});
