/** What pages ask and tell of essential services. Throws `RequestFailed`. */
import type { Queries, SentDeployment } from '@room/contract';
import { queryOptions } from '@tanstack/vue-query';
import { answerOf, ask, telling } from './client.ts';
import { again } from './queries.ts';

export const BOARD = ['services-board'] as const;
const EVERY = 120_000;

export const boardQuery = (asked: Queries['/v1/services-board']) =>
  queryOptions({
    queryKey: [...BOARD, asked],
    queryFn: ({ signal }) => ask('/v1/services-board', { query: asked, signal }),
    refetchInterval: again(EVERY),
  });

const at = (id: string, step = ''): string => `/v1/services-board/${encodeURIComponent(id)}${step}`;
/** Over the version that was seen. */
export const deploymentClient = {
  report: (id: string, version: number, body: SentDeployment) => answerOf(at(id), telling({ version, body })),
  undo: (id: string, version: number) => answerOf(at(id, '/undo'), telling({ version })),
};
