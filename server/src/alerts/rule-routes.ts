/** People's HTTP of the rules that make the room speak up: made, edited, copied in from a file, taken back, with who did what and why. */
import { isDeepStrictEqual } from 'node:util';
import {
  API,
  backtestAskedSchema,
  backtestSchema,
  type Catalogue,
  importedRulesSchema,
  type KeptRule,
  keptAs,
  keptRuleSchema,
  localDay,
  namedBy,
  owns,
  plainIfAny,
  programmeOf,
  type Rule,
  type RuleMember,
  ruleHistorySchema,
  ruleIdSchema,
  ruleSchema,
  rulesSchema,
  type Scope,
  type TriedRule,
  unknownInRule,
  unsoundLimit,
  watchesNobody,
  windowOf,
} from '@room/contract';
import type { Database, Document } from '@room/database';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { Streamed } from '../api/streamed.ts';
import { asked } from '../bad-query.ts';
import { HttpError } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';
import { type BacktestOptions, backtest } from './backtest.ts';
import type { Alerting } from './start.ts';

const version = z.int().positive();
const reason = plainIfAny(500);
const params = z.strictObject({ id: ruleIdSchema });
const NO_RULE = 'there is no rule of this id';
const CONFLICT = 'somebody else changed it since';
/** Each rule is looked at each second, and each length of its last minutes is a read of its own for all of them. */
const MOST_RULES = 1_000;
const MOST_OF_PART = 20;
const LENGTHS_OF_PART: readonly number[] = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880];
/** A thousand rules with room to spare. */
const MOST_BYTES = 4_000_000;

export interface RuleRoutesOptions extends Pick<Alerting, 'rules'> {
  catalogue: Catalogue;
  database: Pick<Database, 'write'>;
  questions: Questions;
  /** What rules are tried on. */
  pasts: Omit<BacktestOptions, 'catalogue'>;
}

export function ruleRoutes({ rules, catalogue, database, questions, pasts }: RuleRoutesOptions): Route[] {
  const found = async (id: string): Promise<Document<Rule>> => {
    const rule = await rules.get(id);
    if (rule === undefined) throw new HttpError(404, 'no_such_rule', NO_RULE);
    return rule;
  };
  /** Limits are no secret of a unit that they are of; of others nothing is told. */
  const isTold = (rule: Rule, scope: Scope): boolean =>
    namedBy(rule, catalogue).some(({ dim, code }) => owns(scope, dim, code));
  const told = async (scope: Scope): Promise<Document<Rule>[]> =>
    (await rules.list()).filter(({ body }) => isTold(body, scope));
  const assertRoom = (all: readonly Document<Rule>[], more: number, scope: Scope): void => {
    if (more === 0) return;
    const isPart = scope.own !== undefined;
    const known = isPart ? all.filter(({ body }) => foreignIn(body, scope, catalogue) === undefined) : all;
    const most = isPart ? MOST_OF_PART : MOST_RULES;
    if (known.length + more > most || all.length + more > MOST_RULES)
      throw new HttpError(409, 'too_many_rules', `there are at most ${most} rules of one scope; remove some first`);
  };
  const assertSound = (rule: Rule, scope: Scope): void => assertTried(rule, scope, catalogue);
  return [
    route({
      method: 'get',
      path: '/v1/rules',
      summary: 'the rules by which the room speaks up of one’s own units',
      right: 'view',
      answer: { schema: API['/v1/rules'].answer },
      handle: async ({ principal: { scope } }) => ({ rules: (await told(scope)).map(ruleOf) }),
    }),
    route({
      method: 'get',
      path: '/v1/rules.json',
      summary: "the same rules as a file, as a catalogue's rules.json has them and POST /v1/rules/import takes them",
      right: 'view',
      answer: { type: 'application/json', schema: rulesSchema },
      handle: async ({ principal: { scope } }) =>
        new Streamed<Record<string, Rule>>(`${catalogue.id}-rules.json`, fileOf(await told(scope))),
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
        const made = await database.write(causeOf(principal, why), async (edit) => {
          assertRoom(await rules.hold(edit), 1, principal.scope);
          return rules.createIn(edit, id, rule);
        });
        return ruleOf(made);
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/import',
      summary: 'makes and changes rules as a file has them, all or none; those that it does not name stay',
      right: 'administer',
      mostBytes: MOST_BYTES,
      body: z.strictObject({
        rules: rulesSchema,
        why: reason,
        isTrial: z.boolean().default(false).meta({ description: 'only says what would be done' }),
      }),
      badInput: 'bad_rule',
      answer: { schema: importedRulesSchema },
      refuses: { 409: CONFLICT },
      handle: async ({ principal, body: { rules: given, why, isTrial } }) => {
        const among = (all: readonly Document<Rule>[]) => {
          const there = new Map(all.map(({ id, body }) => [id, body]));
          const imported = { made: [] as string[], changed: [] as string[], same: [] as string[] };
          for (const [id, rule] of Object.entries(given)) {
            const before = there.get(id);
            const isSame = isDeepStrictEqual(before, rule);
            imported[before === undefined ? 'made' : isSame ? 'same' : 'changed'].push(id);
            if (isSame) continue;
            if (before !== undefined) assertWithin(before, principal.scope, catalogue, `rules.${id}.`);
            assertTried(rule, principal.scope, catalogue, `rules.${id}.`);
          }
          assertRoom(all, imported.made.length, principal.scope);
          return imported;
        };
        if (isTrial) return among(await rules.list());
        return database.write(causeOf(principal, why ?? 'imported'), async (edit) => {
          const imported = among(await rules.hold(edit));
          for (const id of [...imported.made, ...imported.changed]) {
            const rule = given[id];
            if (rule !== undefined) await rules.putIn(edit, id, rule);
          }
          return imported;
        });
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/backtest',
      summary:
        'when a rule would have rung over the last days, and what was measured then, so that other limits can be tried',
      right: 'view',
      body: backtestAskedSchema,
      badInput: 'bad_rule',
      answer: { schema: backtestSchema },
      refuses: { 422: 'more is asked for than is answered at once, or than is still kept' },
      handle: async ({ principal: { scope }, body: { rule, days }, asker }) => {
        assertTried(rule, scope, catalogue, 'rule.');
        if (rule.over.dim === 'link')
          throw new HttpError(
            422,
            'links_not_tried',
            'rules over links look at the last hour reported alone: none is tried on the past',
          );
        if (programmeOf(rule.when) === 'index')
          throw new HttpError(
            422,
            'index_not_tried',
            'rules over the index look at the running quarter alone: none is tried on the past; /v1/index?period= tells earlier ones',
          );
        if (programmeOf(rule.when) === 'indicators')
          throw new HttpError(
            422,
            'indicators_not_tried',
            'rules over indicators look at what is known now alone: none is tried on the past; /v1/indicators?at= tells what was known then',
          );
        if (rule.when.kind === 'tasks-overdue')
          throw new HttpError(
            422,
            'tasks_not_tried',
            'rules over tasks look at what is overdue now alone: none is tried on the past',
          );
        return asQuestion(questions, asker, `backtest of ${JSON.stringify({ rule, days })}`, (signal) =>
          asked(backtest(rule, days, Date.now(), { catalogue, ...pasts }, signal)),
        );
      },
    }),
    route({
      method: 'get',
      path: '/v1/rules/{id}/history',
      summary: 'what became of a rule, the newest first: who changed what, and why; also of one that was removed',
      right: 'administer',
      params,
      answer: { schema: ruleHistorySchema },
      refuses: { 404: NO_RULE },
      handle: async ({ principal: { scope }, params: { id } }) => {
        // A rule may have been of other units before: of what it was then they alone are told.
        const seen = (each: unknown) =>
          each !== undefined && isTold(keptAs(ruleSchema, each), scope) ? each : undefined;
        const entries = (await rules.history(id))
          .map((entry) => ({ ...entry, before: seen(entry.before), after: seen(entry.after) }))
          .filter(({ before, after }) => before !== undefined || after !== undefined);
        if (entries.length === 0) throw new HttpError(404, 'no_such_rule', NO_RULE);
        return {
          entries: entries.map(({ version, at, who, action, why, before, after }) => ({
            version: version ?? 0,
            at: Date.parse(at),
            who,
            action,
            ...(why === null ? {} : { why }),
            ...(before === undefined ? {} : { before }),
            ...(after === undefined ? {} : { after }),
          })),
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/{id}',
      summary: 'changes a rule, or switches it off or on; the running one stays where the new one is not valid',
      right: 'administer',
      params,
      body: ruleSchema.safeExtend({ version, why: reason }),
      badInput: 'bad_rule',
      answer: { schema: keptRuleSchema },
      refuses: { 404: NO_RULE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited, why, ...rule } }) => {
        assertWithin((await found(id)).body, principal.scope, catalogue);
        assertSound(rule, principal.scope);
        return ruleOf(await rules.update(causeOf(principal, why), id, edited, rule));
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/{id}/remove',
      summary: 'removes a rule; what it rings ends as withdrawn',
      right: 'administer',
      params,
      body: z.strictObject({ version, why: reason }),
      badInput: 'bad_rule',
      answer: { schema: z.strictObject({}) },
      refuses: { 404: NO_RULE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited, why } }) => {
        assertWithin((await found(id)).body, principal.scope, catalogue);
        await rules.remove(causeOf(principal, why), id, edited);
        return {};
      },
    }),
    route({
      method: 'post',
      path: '/v1/rules/{id}/undo',
      summary: 'takes the last change back, a removal too; the rule is absent from the answer where it had been made',
      right: 'administer',
      params,
      body: z.strictObject({ version: version.meta({ description: 'that the change made' }) }),
      badInput: 'bad_rule',
      answer: { schema: z.strictObject({ rule: keptRuleSchema.optional() }) },
      refuses: { 404: NO_RULE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited } }) => {
        const [last] = await rules.history(id);
        if (last === undefined) throw new HttpError(404, 'no_such_rule', NO_RULE);
        if (last.after !== undefined) assertWithin(keptAs(ruleSchema, last.after), principal.scope, catalogue);
        if (last.before !== undefined) assertSound(keptAs(ruleSchema, last.before), principal.scope);
        const { body, ...rest } = await rules.undo(causeOf(principal, 'undone'), id, edited);
        return body === undefined ? {} : { rule: ruleOf({ ...rest, body }) };
      },
    }),
  ];
}

/** Over units that there are, all of them within the scope. Throws 400 and 403 with the field, whose path begins with `at`. */
function assertTried(
  rule: TriedRule & Partial<Pick<Rule, 'isEnabled'>>,
  scope: Scope,
  catalogue: Catalogue,
  at = '',
): void {
  const refuse = (fault: string | undefined): void => {
    if (fault !== undefined) throw new HttpError(400, 'bad_rule', `${at}${fault}`);
  };
  refuse(unknownInRule(rule, catalogue) ?? unsoundLimit(rule.when, catalogue.thresholds));
  const window = windowOf(rule.when);
  if (scope.own !== undefined && window?.kind === 'last' && !LENGTHS_OF_PART.includes(window.minutes))
    throw new HttpError(400, 'bad_rule', `${at}when.window.minutes: one of ${LENGTHS_OF_PART.join(', ')}`);
  assertWithin(rule, scope, catalogue, at);
  // One that is only tried may be over units that are no more, and one that is switched off be kept as it was.
  if (rule.isEnabled === true) refuse(watchesNobody(rule, catalogue, localDay(Date.now(), catalogue.timeZone)));
}

/** Also of what was kept before some of it was refused: it is there to be mended. */
function assertWithin(rule: TriedRule, scope: Scope, catalogue: Catalogue, at = ''): void {
  const foreign = foreignIn(rule, scope, catalogue);
  if (foreign === undefined) return;
  const whom = foreign.dim === 'all' ? 'the whole country' : `${foreign.dim} ${foreign.code}`;
  throw new HttpError(403, 'outside_scope', `${at}over: ${whom} is outside of your scope; name codes of your own`);
}

const foreignIn = (rule: TriedRule, scope: Scope, catalogue: Catalogue): RuleMember | undefined =>
  namedBy(rule, catalogue).find(({ dim, code }) => !owns(scope, dim, code));

async function* fileOf(rules: readonly Document<Rule>[]): AsyncGenerator<string> {
  yield `${JSON.stringify(Object.fromEntries(rules.map(({ id, body }) => [id, body])), undefined, 2)}\n`;
}

const ruleOf = ({ id, version, who, at, body }: Document<Rule>): KeptRule => ({
  ...body,
  id,
  version,
  who,
  at: Date.parse(at),
});
