/** A change explained: which units, services and channels made it. */
import { API } from '@room/contract';
import type { ExplainStore } from '@room/warehouse';
import { type Route, route } from '../api/route.ts';
import { asked } from '../bad-query.ts';
import { asQuestion, type Questions, SHARED_MS } from '../questions.ts';

export interface ExplainRoutesOptions {
  store: Pick<ExplainStore, 'explain'>;
  questions: Questions;
}

export function explainRoutes({ store, questions }: ExplainRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/explain',
      summary:
        'who made the change between two periods, by dimension: of shares by rate and mix, together the whole change',
      right: 'analyse',
      query: API['/v1/explain'].query,
      badInput: 'bad_query',
      answer: { isTagged: true, schema: API['/v1/explain'].answer },
      refuses: {
        429: 'as many of your questions wait as may at a time',
        422: 'more is asked for than is answered at once, or than is still kept',
      },
      handle: async ({ principal: { scope }, query, asker }) =>
        asQuestion(
          questions,
          asker,
          `explanation for ${scope.key} ${JSON.stringify(query)}`,
          (signal) => asked(store.explain(query, scope, signal)),
          SHARED_MS,
        ),
    }),
  ];
}
