/** Answers that are kept as they were given, for who sees the same. */
import { randomUUID } from 'node:crypto';
import {
  type Catalogue,
  EVERYTHING,
  type Frozen,
  fixedOn,
  frozenSchema,
  localDay,
  type QueryAnswer,
  type QuestionFields,
  querySchema,
  questionSchema,
  type Scope,
} from '@room/contract';
import type { Database, FrozenAnswerTable } from '@room/database';
import type { QueryStore } from '@room/warehouse';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { checked } from '../api/input.ts';
import { type Route, route } from '../api/route.ts';
import { asked } from '../bad-query.ts';
import { HttpError } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';

export interface FrozenOptions {
  database: Pick<Database, 'read' | 'write'>;
  catalogue: Pick<Catalogue, 'timeZone'>;
  answers: Pick<QueryStore, 'answer'>;
  questions: Questions;
  isTrial: () => boolean;
}

/** Of one owner: what is frozen is in the database, and in each of its backups, for as long as it is there. */
const MOST = { answers: 1_000, characters: 50_000_000 };
/** Of one answer, characters: a curve of a month for each ministry has a third of it. */
const LARGEST = 1_000_000;
const NONE = 'there is no frozen answer of this id';

export function frozenRoutes(
  { catalogue, answers, questions, isTrial }: FrozenOptions,
  table: FrozenAnswerTable,
): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/frozen',
      summary: 'answers a question and keeps the answer as it is now',
      right: 'analyse',
      body: z.strictObject({ question: questionSchema }),
      badInput: 'bad_query',
      answer: { schema: frozenSchema },
      refuses: { 422: 'more is asked for than is answered at once, or as many are kept as there may be' },
      handle: async ({ principal, body, asker }): Promise<Frozen> => {
        if (principal.kind === 'visitor' && !isTrial())
          throw new HttpError(401, 'not_signed_in', 'what is kept is somebody’s: sign in at /sign-in first');
        const { scope } = principal;
        const now = new Date();
        const question = fixedOn(body.question, localDay(now.getTime(), catalogue.timeZone));
        const query = checked(querySchema, question, 'bad_query');
        const answer = await asQuestion(questions, asker, `query of ${scope.key} ${JSON.stringify(query)}`, (signal) =>
          asked(answers.answer(query, scope, signal)),
        );
        const text = JSON.stringify(answer);
        if (text.length > LARGEST)
          throw new HttpError(
            422,
            'too_much',
            `the answer has ${Math.ceil(text.length / 1_000)} kB, at most ${LARGEST / 1_000} are frozen: cut it less finely, or split it less`,
          );
        const cause = causeOf(principal);
        const row = {
          id: randomUUID(),
          owner: cause.who,
          at: now.toISOString(),
          scope: scope.key,
          question: JSON.stringify(question),
          answer: text,
        };
        if (!(await table.create(cause, row, MOST)))
          throw new HttpError(
            422,
            'too_many',
            `${MOST.answers} answers, or ${MOST.characters / 1e6} MB of them, are frozen already: keep some live`,
          );
        return { id: row.id, who: row.owner, at: now.getTime(), question, answer };
      },
    }),
    route({
      method: 'get',
      path: '/v1/frozen/{id}',
      summary: 'an answer as it was when it was frozen, for who may see all of it',
      right: 'analyse',
      params: z.strictObject({ id: z.uuid() }),
      answer: { schema: frozenSchema },
      refuses: { 404: NONE },
      handle: ({ principal: { scope }, params: { id } }) => frozenAnswer(table, scope, id),
    }),
  ];
}

/** Throws 404 where there is none, and 403 where its numbers are not of `scope`. */
export async function frozenAnswer(table: Pick<FrozenAnswerTable, 'get'>, scope: Scope, id: string): Promise<Frozen> {
  const row = await table.get(id);
  if (row === undefined) throw new HttpError(404, 'not_found', NONE);
  // Its numbers are of another's scope: they may be of units that this one does not see.
  if (scope.key !== row.scope && scope.key !== EVERYTHING.key)
    throw new HttpError(403, 'outside_scope', 'it was frozen with numbers outside of what you may see in full');
  return {
    id,
    who: row.owner,
    at: Date.parse(row.at),
    question: JSON.parse(row.question) as QuestionFields,
    answer: JSON.parse(row.answer) as QueryAnswer,
  };
}
