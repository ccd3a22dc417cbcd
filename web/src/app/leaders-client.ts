/** What pages ask of leaders and laggards, and tell of good models. Throws `RequestFailed`. */
import type { GoodModel, Queries } from '@room/contract';
import { queryOptions } from '@tanstack/vue-query';
import { answerOf, ask, telling } from './client.ts';
import { again } from './queries.ts';

export const LEADERS = ['leaders'] as const;
const EVERY = 300_000;

export const leadersQuery = (asked: Queries['/v1/leaders']) =>
  queryOptions({
    queryKey: [...LEADERS, asked],
    queryFn: ({ signal }) => ask('/v1/leaders', { query: asked, signal }),
    refetchInterval: again(EVERY),
  });

const step = async (path: string, body: object): Promise<{ id: string; version: number }> =>
  (await answerOf(`/v1/good-models${path}`, telling(body))) as { id: string; version: number };
export const modelsClient = {
  add: (model: GoodModel) => step('', model),
  remove: (id: string, version: number) => step(`/${encodeURIComponent(id)}/remove`, { version }),
  undo: (id: string, version: number) => step(`/${encodeURIComponent(id)}/undo`, { version }),
};
