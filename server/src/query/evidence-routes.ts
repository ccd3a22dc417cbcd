/** A number defended: its definition, its statement, its sources, and the events whose sum it is. */
import { API } from '@room/contract';
import type { EvidenceStore } from '@room/warehouse';
import { eventIdFor } from '../access/event-ids.ts';
import { type Route, route } from '../api/route.ts';
import { asked } from '../bad-query.ts';
import { asQuestion, type Questions } from '../questions.ts';

export interface EvidenceRoutesOptions {
  store: Pick<EvidenceStore, 'evidence'>;
  questions: Questions;
}

export function evidenceRoutes({ store, questions }: EvidenceRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/evidence',
      summary: 'what a number of an answer is made of: definition, statement, sources, and the events whose sum it is',
      right: 'analyse',
      query: API['/v1/evidence'].query,
      badInput: 'bad_query',
      answer: { isTagged: true, schema: API['/v1/evidence'].answer },
      refuses: {
        429: 'as many of your questions wait as may at a time',
        422: 'it is of more events than are summed at once',
      },
      handle: async ({ principal, query, asker }) => {
        const { scope } = principal;
        const found = await asQuestion(
          questions,
          asker,
          `evidence of ${scope.key} ${JSON.stringify(query)}`,
          (signal) => asked(store.evidence(query, scope, signal)),
        );
        const shown = eventIdFor(principal);
        return {
          ...found,
          events: found.events.map(({ id, corrects, ...event }) => ({
            ...event,
            id: shown(id),
            ...(corrects === undefined ? {} : { corrects: shown(corrects) }),
          })),
        };
      },
    }),
  ];
}
