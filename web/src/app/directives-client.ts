/** What pages ask and tell of directives. Throws `RequestFailed`. */
import type {
  DirectiveOrder,
  DirectiveResponse,
  DirectiveTimeline,
  GivenDirective,
  SentTask,
  TakenTasks,
  TaskImports,
  UndoneImport,
} from '@room/contract';
import { queryOptions } from '@tanstack/vue-query';
import { answerOf, ask, telling } from './client.ts';
import { again } from './queries.ts';

const at = (id: string, step = ''): string => `/v1/directives/${encodeURIComponent(id)}${step}`;
const post = async (address: string, body: object): Promise<DirectiveTimeline> =>
  (await answerOf(address, telling(body))) as DirectiveTimeline;

/** Over the version that was seen. */
export const directivesClient = {
  give: (given: GivenDirective) => post('/v1/directives', given),
  change: (id: string, version: number, order: DirectiveOrder) => post(at(id), { ...order, version }),
  answer: (id: string, version: number, response: DirectiveResponse) =>
    post(at(id, '/answer'), { ...response, version }),
  confirm: (id: string, version: number, note: string) =>
    post(at(id, '/confirm'), { version, ...(note === '' ? {} : { note }) }),
  sendBack: (id: string, version: number, why: string, due: string) =>
    post(at(id, '/send-back'), { version, why, ...(due === '' ? {} : { due }) }),
  withdraw: (id: string, version: number, why: string) => post(at(id, '/withdraw'), { version, why }),
  undo: (id: string, version: number) => post(at(id, '/undo'), { version }),
};

/** Changes are told by the socket, as those of alerts are; this finds what was not heard. */
const EVERY = 15_000;

export const directivesQuery = (which: 'open' | 'settled') =>
  queryOptions({
    queryKey: ['alerts', 'directives', which],
    queryFn: ({ signal }) => ask('/v1/directives', { query: { which }, signal }),
    refetchInterval: again(EVERY),
  });

export const directiveQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'directive', id],
    queryFn: async ({ signal }) => (await answerOf(at(id), { signal })) as DirectiveTimeline,
    refetchInterval: again(EVERY),
  });

/** `since`: a local day, from which on it is told what moved. */
export const tasksQuery = (since: string | undefined) =>
  queryOptions({
    queryKey: ['alerts', 'tasks', since],
    queryFn: ({ signal }) => ask('/v1/tasks', { query: since === undefined ? {} : { since }, signal }),
    refetchInterval: again(EVERY),
  });

/** By day, of the whole scope. */
export const taskHistoryQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['alerts', 'task-history', from, to],
    queryFn: ({ signal }) => ask('/v1/tasks/history', { query: { from, to }, signal }),
    refetchInterval: again(EVERY),
  });

export const sendTasks = async (tasks: readonly SentTask[], isTrial: boolean): Promise<TakenTasks> =>
  (await answerOf('/v1/tasks', telling({ tasks, isTrial }))) as TakenTasks;

export const taskImportsQuery = queryOptions({
  queryKey: ['alerts', 'task-imports'],
  queryFn: async ({ signal }) => (await answerOf('/v1/tasks/imports', { signal })) as TaskImports,
  refetchInterval: again(EVERY),
});
export const undoTaskImport = async (id: string, isTrial: boolean): Promise<UndoneImport> =>
  (await answerOf(`/v1/tasks/imports/${encodeURIComponent(id)}/undo`, telling({ isTrial }))) as UndoneImport;
