/** Analysts' questions: any measure, cut by time and by up to two dimensions, beside a period that it is held against. */
import { API } from '@room/contract';
import type { QueryStore } from '@room/warehouse';
import { type Route, route } from '../api/route.ts';
import { asked } from '../bad-query.ts';
import { asQuestion, type Questions, SHARED_MS } from '../questions.ts';

export interface QueryRoutesOptions {
  store: Pick<QueryStore, 'answer' | 'kept'>;
  questions: Questions;
  /** Of what is kept: the engine has nothing to do, so that they wait for each other alone. */
  kept: Questions;
}

export function queryRoutes({ store, questions, kept }: QueryRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/query',
      summary: 'what was counted in a period: by time, by up to two dimensions, compared',
      right: 'analyse',
      query: API['/v1/query'].query,
      badInput: 'bad_query',
      answer: { isTagged: true, schema: API['/v1/query'].answer },
      refuses: {
        429: 'as many of your questions wait as may at a time',
        422: 'more is asked for than is answered at once, or than is still kept',
      },
      handle: async ({ principal: { scope }, query, asker }) => {
        const key = `query of ${scope.key} ${JSON.stringify(query)}`;
        const known = await asQuestion(kept, asker, key, () => asked(store.kept(query, scope)));
        if (known !== undefined) return known;
        return asQuestion(questions, asker, key, (signal) => asked(store.answer(query, scope, signal)), SHARED_MS);
      },
    }),
  ];
}
