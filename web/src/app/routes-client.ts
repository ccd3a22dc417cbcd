/** What the page of routes asks and tells. Throws `RequestFailed`. */
import type {
  AlertLedger,
  KeptReceiver,
  KeptRoster,
  KeptRouting,
  KeptSilence,
  Match,
  MutedAlerts,
  Receiver,
  Roster,
  Routing,
  Silence,
  Version,
  WaitingDelivery,
} from '@room/contract';
import { infiniteQueryOptions, queryOptions } from '@tanstack/vue-query';
import { addressOf, answerOf, telling } from './client.ts';
import { again } from './queries.ts';

const post = async <T>(address: string, body: object): Promise<T> => (await answerOf(address, telling(body))) as T;
const get = async <T>(address: string, signal: AbortSignal): Promise<T> => (await answerOf(address, { signal })) as T;
const ofReceiver = (id: string, step = ''): string => `/v1/receivers/${encodeURIComponent(id)}${step}`;

export const receiversClient = {
  make: (id: string, receiver: Receiver) => post<KeptReceiver>('/v1/receivers', { ...receiver, id }),
  /** Over the version that was edited. */
  change: (id: string, version: number, receiver: Receiver) =>
    post<KeptReceiver>(ofReceiver(id), { ...receiver, version }),
  remove: (id: string, version: number) => post<object>(ofReceiver(id, '/remove'), { version }),
  /** Of the change that made `version`. */
  undo: (id: string, version: number) => post<{ receiver?: KeptReceiver }>(ofReceiver(id, '/undo'), { version }),
  /** Shown once. */
  secret: (id: string) => post<{ secret: string }>(ofReceiver(id, '/secret'), {}),
  /** What it answered. */
  test: (id: string) => post<{ said: string }>(ofReceiver(id, '/test'), {}),
};

export const routingClient = {
  write: (version: number, routing: Routing) => post<KeptRouting>('/v1/routing', { ...routing, version }),
  undo: (version: number) => post<KeptRouting>('/v1/routing/undo', { version }),
};

export const rostersClient = {
  make: (id: string, roster: Roster) => post<KeptRoster>('/v1/rosters', { ...roster, id }),
  change: (id: string, version: number, roster: Roster) =>
    post<KeptRoster>(`/v1/rosters/${encodeURIComponent(id)}`, { ...roster, version }),
  remove: (id: string, version: number) => post<object>(`/v1/rosters/${encodeURIComponent(id)}/remove`, { version }),
  undo: (id: string, version: number) =>
    post<{ roster?: KeptRoster }>(`/v1/rosters/${encodeURIComponent(id)}/undo`, { version }),
};

export const silencesClient = {
  make: (silence: Silence) => post<KeptSilence>('/v1/silences', silence),
  end: (id: string, version: number) => post<object>(`/v1/silences/${id}/end`, { version }),
};

export const sendAgain = (id: string): Promise<object> => post(`/v1/deliveries/${id}/again`, {});

/** Others change it too, and messages come and go. */
const EVERY = 10_000;
export const TOLD = ['told'] as const;

export const receiversQuery = () =>
  queryOptions({
    queryKey: [...TOLD, 'receivers'],
    queryFn: async ({ signal }) => (await get<{ receivers: KeptReceiver[] }>('/v1/receivers', signal)).receivers,
    refetchInterval: again(EVERY),
  });

export const receiverVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: [...TOLD, 'receivers', id],
    queryFn: async ({ signal }): Promise<Version<unknown>[]> =>
      (await get<{ versions: Version<unknown>[] }>(ofReceiver(id, '/versions'), signal)).versions,
  });

export const routingQuery = () =>
  queryOptions({
    queryKey: [...TOLD, 'routing'],
    queryFn: ({ signal }) => get<KeptRouting>('/v1/routing', signal),
    refetchInterval: again(EVERY),
  });

export const routingVersionsQuery = () =>
  queryOptions({
    queryKey: [...TOLD, 'routing', 'versions'],
    queryFn: async ({ signal }): Promise<Version<unknown>[]> =>
      (await get<{ versions: Version<unknown>[] }>('/v1/routing/versions', signal)).versions,
  });

export const rostersQuery = () =>
  queryOptions({
    queryKey: [...TOLD, 'rosters'],
    queryFn: async ({ signal }) => (await get<{ rosters: KeptRoster[] }>('/v1/rosters', signal)).rosters,
    refetchInterval: again(EVERY),
  });

export const silencesQuery = () =>
  queryOptions({
    queryKey: [...TOLD, 'silences'],
    queryFn: async ({ signal }) => (await get<{ silences: KeptSilence[] }>('/v1/silences', signal)).silences,
    refetchInterval: again(EVERY),
  });

export const mutedQuery = (match: Match) =>
  queryOptions({
    queryKey: [...TOLD, 'muted', match],
    queryFn: () => post<MutedAlerts>('/v1/silences/preview', { match }),
    enabled: Object.keys(match).length > 0,
  });

export const deliveriesQuery = () =>
  queryOptions({
    queryKey: [...TOLD, 'deliveries'],
    queryFn: async ({ signal }) => (await get<{ deliveries: WaitingDelivery[] }>('/v1/deliveries', signal)).deliveries,
    refetchInterval: again(EVERY),
  });

/** Page by page, the newest first. */
export const ledgerQuery = (which: 'all' | 'told') =>
  infiniteQueryOptions({
    queryKey: [...TOLD, 'ledger', which],
    queryFn: ({ pageParam, signal }) => get<AlertLedger>(addressOf('/v1/ledger', { which, before: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => (next === undefined ? undefined : String(next)),
    refetchInterval: EVERY,
  });
