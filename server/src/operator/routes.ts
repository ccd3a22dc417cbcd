/** Operators' HTTP: quarantined events listed, looked at, replayed once their cause is mended, closed, and deleted. */
import {
  CASE_STATES,
  type Catalogue,
  QUARANTINE_CODES,
  type QuarantineCase,
  type QuarantineList,
  REPLAY_RESULTS,
  type Replay,
  type ReplayedCase,
  type QuarantineContent as Shown,
  sourcesOf,
} from '@room/contract';
import type { Quarantine, QuarantineFilter } from '@room/warehouse';
import { z } from 'zod';
import type { Actor } from '../access/principal.ts';
import { causeOf, type Remember } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import { closedSchema, deletedSchema, filterOf, listedSchema, reopenedSchema, replayedSchema } from './filter.ts';
import { type ReplayOptions, replay } from './replay.ts';

const LIST = 200;
/** Cases of one call. */
const AT_ONCE = 1_000;
const MOST_CAUSES = 100;
/** Ids and sources that a refusal names. */
const MOST_NAMED = 10;

export interface OperatorOptions extends Omit<ReplayOptions, 'quarantine'> {
  quarantine: Quarantine;
  catalogue: Catalogue;
  remember: Remember;
}

const count = z.number().int().nonnegative();
const members = {
  quarantineId: z.string(),
  portal: z.string(),
  source: z.string(),
  id: z.string(),
  topic: z.string(),
  partition: count,
  offset: count,
  receivedAt: z.iso.datetime(),
  code: z.string(),
  reason: z.string(),
  state: z.enum(CASE_STATES),
  resolvedAt: z.iso.datetime().nullable(),
  resolvedBy: z.string().nullable(),
  resolvedWhy: z.string().nullable(),
};
const caseSchema = shapeOf<QuarantineCase>()(members);
const contentSchema = shapeOf<Shown>()({
  ...members,
  headers: z.record(z.string(), z.union([z.string(), z.strictObject({ base64: z.string() })])).readonly(),
  event: z.string().meta({ description: 'its bytes, as UTF-8' }),
  bytesBase64: z.base64(),
});
const listSchema = shapeOf<QuarantineList>()({
  waiting: count.meta({ description: 'open ones of all that may be seen' }),
  matching: count.meta({ description: 'of those that were asked for' }),
  causes: z
    .array(z.strictObject({ code: z.string(), source: z.string(), cases: count }))
    .readonly()
    .meta({ description: 'what is open, by why and whose, most first' }),
  cases: z.array(caseSchema).readonly(),
});
const replayedCaseSchema = shapeOf<ReplayedCase>()({
  quarantineId: z.string(),
  id: z.string(),
  result: z.enum(REPLAY_RESULTS),
  code: z.string().optional(),
  reason: z.string().optional(),
  refusedAs: z.string().optional().meta({ description: 'the new case' }),
});
const replaySchema = shapeOf<Replay>()({
  replayed: count,
  more: z.boolean(),
  results: z.record(z.enum(REPLAY_RESULTS), count).readonly(),
  cases: z.array(replayedCaseSchema).readonly(),
});
const resolvedSchema = z.strictObject({ cases: count, more: z.boolean() });

export function operatorRoutes(options: OperatorOptions): Route[] {
  const { quarantine, catalogue, remember } = options;

  /** Throws where a name in the filter is none: a word that is misspelt would find nothing, and seem to say that all is well. */
  const assertKnown = async ({ code, source, quarantineId }: QuarantineFilter, { scope }: Actor): Promise<void> => {
    const codes: readonly string[] = QUARANTINE_CODES;
    if (code !== undefined && !codes.includes(code) && !(await quarantine.isKnown({ code }, scope)))
      throw new HttpError(400, 'bad_filter', `there is no code ${code}; known are ${codes.join(', ')}`);
    const sources = sourcesOf(catalogue);
    if (source !== undefined && !sources.includes(source) && !(await quarantine.isKnown({ source }, scope))) {
      const causes = await quarantine.causes(MOST_CAUSES, scope);
      const named = [...new Set([...causes.map((it) => it.source), ...sources])].slice(0, MOST_NAMED);
      throw new HttpError(400, 'bad_filter', `there is no source ${source}; known are ${named.join(', ')} …`);
    }
    if (quarantineId !== undefined && (await quarantine.count({ quarantineId, all: true }, scope)) === 0)
      throw await noSuchCase(scope);
  };
  const noSuchCase = async (scope: Actor['scope']): Promise<HttpError> => {
    const open = await quarantine.list({}, MOST_NAMED, scope);
    const named =
      open.length === 0 ? 'none is open' : `the newest open ones are ${open.map((it) => it.quarantineId).join(', ')}`;
    return new HttpError(404, 'no_such_case', `no event in quarantine has this id; ${named}`);
  };
  /** What is written down of a step is what was asked for, and how many cases that is. */
  const remembered = (actor: Actor, action: string, filter: QuarantineFilter, cases: number, why?: string) =>
    remember(
      actor,
      {
        action,
        kind: 'quarantine',
        subject: filter.quarantineId ?? [filter.code, filter.source].filter((named) => named !== undefined).join(' '),
        after: { ...filter, cases },
      },
      why,
    );

  interface Settled {
    action: string;
    filter: QuarantineFilter;
    /** Which of those that the filter finds. */
    among: QuarantineFilter;
    why?: string;
  }
  /** Has something become of cases, which is remembered before. */
  const settle = async (
    principal: Actor,
    { action, filter, among, why }: Settled,
    become: (cases: Awaited<ReturnType<Quarantine['named']>>) => Promise<void>,
  ): Promise<z.infer<typeof resolvedSchema>> => {
    await assertKnown(filter, principal);
    const cases = await quarantine.named(among, AT_ONCE, principal.scope);
    if (cases.length > 0) await remembered(principal, action, filter, cases.length, why);
    await become(cases);
    return { cases: cases.length, more: cases.length === AT_ONCE };
  };

  return [
    route({
      method: 'get',
      path: '/v1/operator/quarantine',
      summary: `cases in quarantine, newest first, at most ${LIST}`,
      right: 'operate',
      query: listedSchema,
      badInput: 'bad_filter',
      answer: { schema: listSchema },
      refuses: { 404: 'no case has this id' },
      handle: async ({ principal, query }) => {
        const { scope } = principal;
        const filter = filterOf(query);
        await assertKnown(filter, principal);
        const [cases, matching, waiting, causes] = await Promise.all([
          quarantine.list(filter, LIST, scope),
          quarantine.count(filter, scope),
          quarantine.waiting(scope),
          quarantine.causes(MOST_CAUSES, scope),
        ]);
        return { waiting, matching, causes, cases };
      },
    }),
    route({
      method: 'get',
      path: '/v1/operator/quarantine/{id}',
      summary: 'one case with its bytes, headers and place in the log',
      right: 'operate',
      params: z.strictObject({ id: z.string() }),
      answer: { schema: contentSchema },
      refuses: { 404: 'no case has this id' },
      handle: async ({ principal: { scope }, params }) => {
        const [found] = await quarantine.contents({ quarantineId: params.id, all: true }, 1, scope);
        if (found === undefined) throw await noSuchCase(scope);
        const { value, ...rest } = found;
        return { ...rest, event: value.toString('utf8'), bytesBase64: value.toString('base64') };
      },
    }),
    route({
      method: 'post',
      path: '/v1/operator/quarantine/replay',
      summary: `sends cases through counting again, at most ${AT_ONCE}, and says what became of each; what fails again is a new case`,
      right: 'operate',
      body: replayedSchema,
      badInput: 'bad_filter',
      answer: { schema: replaySchema },
      refuses: { 404: 'no case has this id' },
      handle: async ({ principal, body }) => {
        const filter = filterOf(body);
        await assertKnown(filter, principal);
        const cases = await quarantine.contents({ ...filter, hasContent: true }, AT_ONCE, principal.scope);
        if (cases.length > 0) await remembered(principal, 'quarantine.replayed', filter, cases.length);
        const done = await replay(cases, causeOf(principal).who, options);
        return { ...done, more: cases.length === AT_ONCE };
      },
    }),
    route({
      method: 'post',
      path: '/v1/operator/quarantine/close',
      summary: `closes open cases that are not to be counted, at most ${AT_ONCE}; they stay in the list as closed`,
      right: 'operate',
      body: closedSchema,
      badInput: 'bad_filter',
      answer: { schema: resolvedSchema },
      refuses: { 404: 'no case has this id' },
      handle: async ({ principal, body: { why, ...asked } }) => {
        const filter = filterOf(asked);
        const state = { state: 'closed', by: causeOf(principal).who, why } as const;
        return settle(principal, { action: 'quarantine.closed', filter, among: filter, why }, (cases) =>
          quarantine.resolve(cases, Date.now(), state),
        );
      },
    }),
    route({
      method: 'post',
      path: '/v1/operator/quarantine/reopen',
      summary: `opens closed cases again, at most ${AT_ONCE}`,
      right: 'operate',
      body: reopenedSchema,
      badInput: 'bad_filter',
      answer: { schema: resolvedSchema },
      refuses: { 404: 'no case has this id' },
      handle: async ({ principal, body }) => {
        const filter = filterOf(body);
        const among = { ...filter, state: 'closed' } as const;
        return settle(principal, { action: 'quarantine.reopened', filter, among }, (cases) =>
          quarantine.reopen(cases, Date.now()),
        );
      },
    }),
    route({
      method: 'post',
      path: '/v1/operator/quarantine/delete',
      summary: `deletes the content of cases for good, at most ${AT_ONCE}: bytes, headers, and what their reasons quote`,
      right: 'operate',
      body: deletedSchema,
      badInput: 'bad_filter',
      answer: { schema: resolvedSchema },
      refuses: { 404: 'no case has this id' },
      handle: async ({ principal, body: { why, ...asked } }) => {
        const filter = filterOf(asked);
        // By its id also one that is not open any more.
        const among = { ...filter, ...(filter.quarantineId === undefined ? { hasContent: true } : { all: true }) };
        return settle(principal, { action: 'quarantine.deleted', filter, among, why }, (cases) =>
          quarantine.delete(cases, Date.now(), { by: causeOf(principal).who, why }),
        );
      },
    }),
  ];
}
