/** What pages ask the server, how long an answer holds, and when they ask again. */
import type { Period, Queries } from '@room/contract';
import { pastRoom } from '@room/contract';
import { QueryClient, queryOptions } from '@tanstack/vue-query';
import { ask, RequestFailed } from './client.ts';

/** Milliseconds after which an answer is asked for again while its page is seen, and after which it is after a failure. */
const PAST_EVERY = 15_000;
/** Late events and corrections change days that are over. */
const SETTLED_EVERY = 120_000;
const CALIBRATION_EVERY = 300_000;
export const FAILED_AFTER = 10_000;

const again =
  (every: number) =>
  ({ state: { error } }: { state: { error: Error | null } }): number | false => {
    if (error === null) return every;
    return error instanceof RequestFailed && error.canRetry ? FAILED_AFTER : false;
  };

export const pastQuery = (period: Period) =>
  queryOptions({
    queryKey: ['past', period.from, period.to],
    queryFn: ({ signal }) => ask('/v1/snapshot', { query: { room: pastRoom(period) }, signal }),
    refetchInterval: again(PAST_EVERY),
  });

/** `fields` of a question as the API takes them; one whose period has not ended changes. */
export const exploreQuery = (fields: Queries['/v1/query'], isRunning: boolean) =>
  queryOptions({
    queryKey: ['query', fields],
    queryFn: ({ signal }) => ask('/v1/query', { query: fields, signal }),
    refetchInterval: again(isRunning ? PAST_EVERY : SETTLED_EVERY),
  });

export const calibrationQuery = () =>
  queryOptions({
    queryKey: ['calibration'],
    queryFn: ({ signal }) => ask('/v1/calibration', { signal }),
    refetchInterval: again(CALIBRATION_EVERY),
  });

export const newQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // A failure is said at once; asking again is the interval's business, and the reader's.
        retry: false,
        // A room may stand in a network of its own: what a browser thinks of the internet says nothing.
        networkMode: 'always',
        staleTime: 5_000,
      },
    },
  });
