/** People's HTTP of what explains an alert within their scope: its curve, who made it, and what helped earlier. */
import {
  type Alert,
  alertCurveSchema,
  alertDriversSchema,
  alertEarlierSchema,
  type Catalogue,
  type CountedMeasure,
  type DrivenBy,
  explainQuerySchema,
  isLevel,
  type LevelMeasure,
  programmeOf,
  type QueryAnswer,
  querySchema,
} from '@room/contract';
import type { ExplainStore, QueryStore } from '@room/warehouse';
import { z } from 'zod';
import type { Actor } from '../access/principal.ts';
import { type Route, route } from '../api/route.ts';
import { asked } from '../bad-query.ts';
import { HttpError } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';
import { curveOf, curveQuestion, dividedBy, driversQuestion, measureOf } from './context.ts';
import type { Alerting } from './start.ts';

const params = z.strictObject({ id: z.uuid() });
const NO_ALERT = 'there is no alert of this id within your scope';
const TOO_MUCH = 'more is asked for than is answered at once, or than is still kept';
/** Members that are named, those that made most of it. */
const NAMED = 4;

export interface ContextRoutesOptions extends Pick<Alerting, 'store'> {
  catalogue: Catalogue;
  answers: Pick<QueryStore, 'answer'>;
  explains: Pick<ExplainStore, 'explain'>;
  questions: Questions;
}

export function contextRoutes({ store, catalogue, answers, explains, questions }: ContextRoutesOptions): Route[] {
  const seen = async (id: string, { scope }: Pick<Actor, 'scope'>): Promise<Alert> => {
    const found = await store.get(id, scope);
    if (found === undefined) throw new HttpError(404, 'no_such_alert', NO_ALERT);
    return found.alert;
  };
  return [
    route({
      method: 'get',
      path: '/v1/alerts/{id}/curve',
      summary: 'the number of an alert before and during it, with its limit and what was usual on like days',
      right: 'view',
      params,
      badInput: 'bad_request',
      answer: { schema: alertCurveSchema },
      refuses: { 404: NO_ALERT, 422: TOO_MUCH },
      handle: async ({ principal, params: { id }, asker }) => {
        const alert = await seen(id, principal);
        assertCounted(alert);
        const question = curveQuestion(alert, Date.now(), catalogue);
        const { scope } = principal;
        const { total } = await asQuestion(questions, asker, `curve of ${id} for ${scope.key}`, (signal) =>
          asked(answers.answer(querySchema.parse(question), scope, signal)),
        );
        return curveOf(alert, total.points ?? [], question, catalogue);
      },
    }),
    route({
      method: 'get',
      path: '/v1/alerts/{id}/drivers',
      summary: 'who made the number of an alert what it is, beside the same day of the week before',
      right: 'view',
      params,
      badInput: 'bad_request',
      answer: { schema: alertDriversSchema },
      refuses: { 404: NO_ALERT, 422: TOO_MUCH },
      handle: async ({ principal, params: { id }, asker }) => {
        const alert = await seen(id, principal);
        const { scope } = principal;
        assertCounted(alert);
        const measure = measureOf(alert);
        const question = driversQuestion(alert, Date.now(), catalogue);
        return asQuestion(questions, asker, `drivers of ${id} for ${scope.key}`, async (signal) => {
          const by = dividedBy(alert);
          if (!isLevel(measure)) {
            const fields = { ...question, measure: measure as CountedMeasure, by: by.join(','), top: String(NAMED) };
            const explained = await asked(explains.explain(explainQuerySchema.parse(fields), scope, signal));
            const { now, before, change } = explained;
            return { question, measure, ...known({ now, before, change }), by: explained.by };
          }
          const parts: QueryAnswer[] = [];
          for (const split of by)
            parts.push(
              await asked(answers.answer(querySchema.parse({ ...question, measures: measure, split }), scope, signal)),
            );
          return {
            question,
            measure,
            ...levelsOf(parts, measure),
            by: by.map((dimension, at) => drivenBy(dimension, parts[at]?.rows ?? [], measure)),
          };
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/alerts/{id}/earlier',
      summary:
        'earlier alerts of the same rule within your scope, those of the same unit first, and what was said to them',
      right: 'view',
      params,
      answer: { schema: alertEarlierSchema },
      refuses: { 404: NO_ALERT },
      handle: async ({ principal, params: { id } }) => store.earlier(await seen(id, principal), principal.scope),
    }),
  ];
}

type Sides = Partial<Record<'now' | 'before' | 'change', number | undefined>>;
type Known = Partial<Record<keyof Sides, number>>;
/** Without what is not known. */
const known = (sides: Sides): Known =>
  Object.fromEntries(Object.entries(sides).filter(([, value]) => value !== undefined)) as Known;

function changeOf(now: number | undefined, before: number | undefined): Known {
  return known({ now, before, change: now === undefined || before === undefined ? undefined : now - before });
}

const levelsOf = ([first]: readonly QueryAnswer[], measure: LevelMeasure): Known =>
  changeOf(first?.total.now?.[measure], first?.total.before?.[measure]);

/** What waits of each, and how that changed; what was not told of on one of the two days made no change that is known. */
/** A link counts no dossiers: its own curve stands at `/v1/links`. */
function assertCounted({ dim, body: { when } }: Alert): void {
  if (programmeOf(when) === 'index')
    throw new HttpError(404, 'no_curve', 'it is of the index, which counts no dossiers: /v1/index has it');
  if (programmeOf(when) === 'indicators')
    throw new HttpError(404, 'no_curve', 'it is of indicators, which count no dossiers: /v1/indicators has them');
  if (when.kind === 'tasks-overdue')
    throw new HttpError(404, 'no_curve', 'it is of tasks, which count no dossiers: /v1/tasks has them');
  if (dim === 'link') throw new HttpError(404, 'no_curve', 'it is of a link: /v1/links has its curve');
}

function drivenBy(dimension: DrivenBy['dimension'], rows: QueryAnswer['rows'], measure: LevelMeasure): DrivenBy {
  const members = rows
    .flatMap(({ key: [code = ''], now, before }) => {
      const { change, ...sides } = changeOf(now?.[measure], before?.[measure]);
      return code === '' || change === undefined ? [] : [{ code, change, ...sides }];
    })
    .toSorted((one, other) => Math.abs(other.change) - Math.abs(one.change));
  const others = members.slice(NAMED);
  const change = others.reduce((sum, each) => sum + each.change, 0);
  return {
    dimension,
    members: members.slice(0, NAMED),
    ...(others.length === 0 ? {} : { others: { members: others.length, change } }),
  };
}
