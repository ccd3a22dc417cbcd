/** What pages ask the server, how long an answer holds, and when they ask again. */
import type {
  Briefed,
  BriefingSchedule,
  IndicatorHistory,
  Queries,
  Sealed,
  SentReport,
  TakenReports,
  Verified,
} from '@room/contract';
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { answerOf, ask, askAlert, askOfAlert, RequestFailed, telling } from './client.ts';
import { rulesClient } from './rules-client.ts';

/** Milliseconds after which an answer is asked for again while its page is seen, and after which it is after a failure. */
const RUNNING_EVERY = 15_000;
/** Late events and corrections change days that are over. */
const SETTLED_EVERY = 120_000;
const CALIBRATION_EVERY = 300_000;
export const FAILED_AFTER = 10_000;

/** What a page asks the server, whichever way, and what became of it. */
export interface Question<T> {
  data: Readonly<Ref<T | undefined>>;
  error: Readonly<Ref<Error | null>>;
  isFetching: Readonly<Ref<boolean>>;
  refetch: () => unknown;
}

export const again =
  (every: number) =>
  ({ state: { error } }: { state: { error: Error | null } }): number | false => {
    if (error === null) return every;
    return error instanceof RequestFailed && error.canRetry ? FAILED_AFTER : false;
  };

/** `fields` of a question as the API takes them; one whose period has not ended changes. */
export const exploreQuery = (fields: Queries['/v1/query'], isRunning: boolean) =>
  queryOptions({
    queryKey: ['query', fields],
    queryFn: ({ signal }) => ask('/v1/query', { query: fields, signal }),
    refetchInterval: again(isRunning ? RUNNING_EVERY : SETTLED_EVERY),
  });

/** Outlines of the units that were until a day; they never change. */
export const earlierMapQuery = (until: string) =>
  queryOptions({
    queryKey: ['map', until],
    queryFn: ({ signal }) => ask('/v1/catalogue/map', { query: { until }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The newest of one series: a run is made each hour. */
export const forecastQuery = (series: Queries['/v1/forecasts']) =>
  queryOptions({
    queryKey: ['forecast', series],
    queryFn: ({ signal }) => ask('/v1/forecasts', { query: series, signal }),
    refetchInterval: again(CALIBRATION_EVERY),
  });

export const calibrationQuery = () =>
  queryOptions({
    queryKey: ['calibration'],
    queryFn: ({ signal }) => ask('/v1/calibration', { signal }),
    refetchInterval: again(CALIBRATION_EVERY),
  });

export const serviceIndexQuery = (asked: Queries['/v1/index']) =>
  queryOptions({
    queryKey: ['service-index', asked],
    queryFn: ({ signal }) => ask('/v1/index', { signal, query: asked }),
    refetchInterval: again(CALIBRATION_EVERY),
  });

const REPORTS_EVERY = 30_000;
export const INDICATORS = ['indicators'] as const;

/** As it was known at the end of a local day; now without one. */
export const indicatorsQuery = (at?: string) =>
  queryOptions({
    queryKey: [...INDICATORS, at ?? ''],
    queryFn: ({ signal }) => ask('/v1/indicators', { query: at === undefined ? {} : { at }, signal }),
    refetchInterval: again(REPORTS_EVERY),
  });

export const indicatorQuery = (id: string) =>
  queryOptions({
    queryKey: [...INDICATORS, 'one', id],
    queryFn: async ({ signal }) =>
      (await answerOf(`/v1/indicators/${encodeURIComponent(id)}`, { signal })) as IndicatorHistory,
    refetchInterval: again(REPORTS_EVERY),
  });

/** Values of indicators, as they are reported; a trial says what would be refused. */
export const sendReports = async (reports: readonly SentReport[], isTrial: boolean): Promise<TakenReports> =>
  (await answerOf('/v1/indicators/reports', telling({ reports, isTrial }))) as TakenReports;

export const BRIEFINGS = ['briefings'] as const;
export const briefingsQuery = () =>
  queryOptions({
    queryKey: BRIEFINGS,
    queryFn: ({ signal }) => ask('/v1/briefings', { signal }),
    refetchInterval: again(REPORTS_EVERY),
  });
export const briefingScheduleQuery = () =>
  queryOptions({
    queryKey: [...BRIEFINGS, 'schedule'],
    queryFn: ({ signal }) => ask('/v1/briefing-schedule', { signal }),
    refetchInterval: again(REPORTS_EVERY),
  });
export const briefingsClient = {
  make: async (period: Briefed): Promise<void> => {
    await answerOf('/v1/briefings', telling({ period }));
  },
  schedule: async (version: number, body: BriefingSchedule): Promise<void> => {
    await answerOf('/v1/briefing-schedule', telling({ version, body }));
  },
  /** As it was signed. */
  sealed: async (id: string): Promise<Sealed> => (await answerOf(`/v1/briefings/${id}`, {})) as Sealed,
  verify: async (sealed: object): Promise<Verified> =>
    (await answerOf('/v1/briefings/verify', telling(sealed))) as Verified,
};

/** Changes are told by the socket; this finds what was not heard. */
const ALERTS_EVERY = 15_000;

export const alertsQuery = (which: 'open' | 'ended') =>
  queryOptions({
    queryKey: ['alerts', which],
    queryFn: ({ signal }) => ask('/v1/alerts', { query: { which }, signal }),
    refetchInterval: again(ALERTS_EVERY),
  });

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', id],
    queryFn: ({ signal }) => askAlert(id, signal),
    refetchInterval: again(ALERTS_EVERY),
  });

/** What explains an alert: its numbers change with the events that come in late, what is earlier hardly. */
export const alertCurveQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert', id, 'curve'],
    queryFn: ({ signal }) => askOfAlert(id, 'curve', signal),
    refetchInterval: again(SETTLED_EVERY),
  });

export const alertDriversQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert', id, 'drivers'],
    queryFn: ({ signal }) => askOfAlert(id, 'drivers', signal),
    refetchInterval: again(SETTLED_EVERY),
  });

export const alertEarlierQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert', id, 'earlier'],
    queryFn: ({ signal }) => askOfAlert(id, 'earlier', signal),
    refetchInterval: again(SETTLED_EVERY),
  });

export const rulesQuery = () =>
  queryOptions({
    queryKey: ['rules'],
    queryFn: ({ signal }) => ask('/v1/rules', { signal }),
    refetchInterval: again(ALERTS_EVERY),
  });

export const ruleHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['rules', 'history', id],
    queryFn: ({ signal }) => rulesClient.history(id, signal),
    refetchInterval: again(ALERTS_EVERY),
  });

/** Events are stored before their sums are. */
const COUNTED_AFTER = 1_000;

/** Of one number, page by page: all of it as of the first. */
export const evidenceQuery = (fields: Queries['/v1/evidence']) =>
  infiniteQueryOptions({
    queryKey: ['evidence', fields],
    queryFn: ({ pageParam, signal }) => ask('/v1/evidence', { query: { ...fields, ...pageParam }, signal }),
    initialPageParam: {} as { cursor?: string; asOf?: string },
    getNextPageParam: ({ next, asOf }) => (next === undefined ? undefined : { cursor: next, asOf }),
    refetchInterval: ({ state: { data, error } }) => {
      if (error instanceof RequestFailed && error.canRetry) return FAILED_AFTER;
      // Of the number as it is now nothing is late: what stands among the events is counted in a moment.
      const isBehind = fields.asOf === undefined && data?.pages[0]?.late !== undefined;
      return isBehind ? COUNTED_AFTER : (false as const);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export const explainQuery = (fields: Queries['/v1/explain']) =>
  queryOptions({
    queryKey: ['explain', fields],
    queryFn: ({ signal }) => ask('/v1/explain', { query: fields, signal }),
    refetchInterval: again(SETTLED_EVERY),
  });

const PEOPLE_EVERY = 30_000;

export const peopleQuery = () =>
  queryOptions({
    queryKey: ['people'],
    queryFn: ({ signal }) => ask('/v1/people', { signal }),
    refetchInterval: again(PEOPLE_EVERY),
  });

const ACCOUNT_EVERY = 60_000;

export const accountQuery = () =>
  queryOptions({
    queryKey: ['account'],
    queryFn: ({ signal }) => ask('/v1/account', { signal }),
    refetchInterval: again(ACCOUNT_EVERY),
  });

const SCREENS_EVERY = 3_000;

/** A screen's code is looked for on it, and waited for here. */
export const screensQuery = () =>
  queryOptions({
    queryKey: ['screens'],
    queryFn: ({ signal }) => ask('/v1/screens', { signal }),
    refetchInterval: again(SCREENS_EVERY),
  });

/** What walls show changes by itself, and their screens tell of themselves now and then. */
const WALLS_EVERY = 5_000;

export const wallsQuery = () =>
  queryOptions({
    queryKey: ['walls'],
    queryFn: ({ signal }) => ask('/v1/walls', { signal }),
    refetchInterval: again(WALLS_EVERY),
  });

export const scenesQuery = () =>
  queryOptions({
    queryKey: ['scenes'],
    queryFn: ({ signal }) => ask('/v1/scenes', { signal }),
    refetchInterval: again(SETTLED_EVERY),
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
