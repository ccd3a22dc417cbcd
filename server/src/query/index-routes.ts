/** The index by which the catalogue scores its units, from what was counted: within the caller's scope, by the planner. */
import {
  API,
  type Catalogue,
  type IndexAnswer,
  indexPeriod,
  type indexQuerySchema,
  indexSpan,
  localDay,
  type Scope,
  type ServiceIndex,
  standingsOf,
  unitDaysQuestion,
  type Values,
} from '@room/contract';
import type { QueryStore } from '@room/warehouse';
import type { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { asked } from '../bad-query.ts';
import { HttpError } from '../errors.ts';
import { type Asker, asQuestion, type Questions, SHARED_BY_WALLS_MS } from '../questions.ts';
import { indexOnWall } from './index-on-wall.ts';

export interface IndexRoutesOptions {
  store: Pick<QueryStore, 'answer'>;
  catalogue: Catalogue;
  index: ServiceIndex | undefined;
  questions: Questions;
}

const NO_INDEX = 'the catalogue has no index';
const TOO_MUCH = 'more is asked for than is answered at once';

export function indexRoutes({ store, catalogue, index, questions }: IndexRoutesOptions): Route[] {
  const today = (): string => localDay(Date.now(), catalogue.timeZone);
  const scored = async (
    { period, units }: z.output<typeof indexQuerySchema>,
    scope: Scope,
    asker: Asker,
    sharedMs?: number,
  ): Promise<IndexAnswer> => {
    if (index === undefined) throw new HttpError(404, 'no_index', 'the catalogue has no index.json');
    const { from, to } = indexPeriod(period, today());
    if (from > to) throw new HttpError(400, 'bad_request', `period: ${period} has not begun`);
    // Two years by the day are more points than are answered at once.
    const query = unitDaysQuestion({ from, to }, units, period.length === 4 ? 'none' : 'previous');
    const answer = await asQuestion(
      questions,
      asker,
      `index of ${scope.key} ${JSON.stringify(query)} ${sharedMs ?? ''}`,
      (signal) => asked(store.answer(query, scope, signal)),
      sharedMs,
    );
    const daysOf = ({ points = [] }: (typeof answer)['total'], side: 'now' | 'before'): Values[] =>
      points.map((point) => point[side] ?? {});
    const { now } = answer.periods;
    return {
      index,
      from,
      to,
      ...(now.asOf === undefined ? {} : { asOf: now.asOf }),
      ...(now.coverage === undefined ? {} : { coverage: now.coverage }),
      simulated: answer.simulated,
      ...standingsOf(
        index,
        daysOf(answer.total, 'now'),
        answer.rows.flatMap((row) => {
          const [code] = row.key;
          return code === undefined ? [] : [{ code, now: daysOf(row, 'now'), before: daysOf(row, 'before') }];
        }),
      ),
    };
  };
  return [
    route({
      method: 'get',
      path: '/v1/index',
      summary: 'how like units score by the index of service, with what is not measured and how sure a rank is',
      right: 'analyse',
      query: API['/v1/index'].query,
      answer: { isTagged: true, schema: API['/v1/index'].answer },
      refuses: { 404: NO_INDEX, 422: TOO_MUCH },
      handle: ({ principal: { scope }, query, asker }) => {
        if (scope.own !== undefined)
          throw new HttpError(
            403,
            'outside_scope',
            'the index ranks like units against each other: it is for whoever sees all of them in full',
          );
        return scored(query, scope, asker);
      },
    }),
    route({
      method: 'get',
      path: '/v1/wall/index',
      summary: 'the same of the running quarter or the last whole month, as walls show it; of some units without ranks',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/wall/index'].query,
      answer: { schema: API['/v1/wall/index'].answer },
      refuses: { 404: NO_INDEX, 422: TOO_MUCH },
      handle: async ({ principal: { scope }, query: { by, span }, asker }) => {
        const period = indexSpan(span, today());
        return indexOnWall(await scored({ period, units: by }, scope, asker, SHARED_BY_WALLS_MS), {
          period,
          by,
          scope,
        });
      },
    }),
  ];
}
