/** HTTP of what scenes ask of the warehouse: few questions with few answers, which all walls of a scope share. */
import {
  API,
  type Catalogue,
  type EndedHour,
  localDay,
  type QuestionFields,
  querySchema,
  type Scope,
} from '@room/contract';
import type { QueryStore } from '@room/warehouse';
import { type Route, route } from '../api/route.ts';
import { asked } from '../bad-query.ts';
import { type Asker, asQuestion, type Questions, SHARED_BY_WALLS_MS } from '../questions.ts';
import { earlierHours, onTimeOf, onTimeQuestion, waitedQuestion, waitingOf, waitingQuestion } from './numbers.ts';

/** Nothing where it is everything. */
const unitsWithin = ({ own }: Scope): { of?: string[] } =>
  own === undefined ? {} : { of: [...(own.agency ?? []), ...(own.province ?? [])] };

export interface NumberRoutesOptions {
  store: Pick<QueryStore, 'answer'>;
  questions: Questions;
  catalogue: Catalogue;
}

export function numberRoutes({ store, questions, catalogue }: NumberRoutesOptions): Route[] {
  const today = (): string => localDay(Date.now(), catalogue.timeZone);
  const answer = (question: QuestionFields, scope: Scope, asker: Asker) =>
    asQuestion(
      questions,
      asker,
      `wall of ${scope.key} ${JSON.stringify(question)}`,
      (signal) => asked(store.answer(querySchema.parse(question), scope, signal)),
      SHARED_BY_WALLS_MS,
    );
  return [
    route({
      method: 'get',
      path: '/v1/wall/on-time',
      summary: 'shares on time of one’s units over some days, how sure they are, and against as many days before',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/wall/on-time'].query,
      answer: { schema: API['/v1/wall/on-time'].answer },
      handle: async ({ principal: { scope }, query: { by, days }, asker }) => ({
        ...onTimeOf(await answer(onTimeQuestion(by, days, today()), scope, asker), days, catalogue.thresholds),
        ...unitsWithin(scope),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/wall/waiting',
      summary: 'how many dossiers wait beyond their date, of which of one’s units, and whether they become more',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/wall/waiting'].query,
      answer: { schema: API['/v1/wall/waiting'].answer },
      handle: async ({ principal: { scope }, query: { by }, asker }) => {
        const hours = earlierHours(Date.now(), catalogue.timeZone);
        const waited = async (hour: EndedHour) => ({
          hour,
          answer: await answer(waitedQuestion(by, hour), scope, asker),
        });
        // One after the other: a wall has two of these tiles, and whoever has no name may have four questions wait.
        const now = await answer(waitingQuestion(by, today()), scope, asker);
        const week = await waited(hours.week);
        const month = await waited(hours.month);
        return { ...waitingOf(now, { week, month }), ...unitsWithin(scope) };
      },
    }),
  ];
}
