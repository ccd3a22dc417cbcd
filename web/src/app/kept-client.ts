/** What people keep beside the numbers: asked and told alike, whatever it is. Everything here throws `RequestFailed`. */
import type { Annotation, Frozen, Kept, Notebook, QuestionFields, Version, View } from '@room/contract';
import { queryOptions } from '@tanstack/vue-query';
import { answerOf, telling } from './client.ts';

export interface KeptClient<T> {
  path: string;
  list(signal?: AbortSignal): Promise<Kept<T>[]>;
  create(body: T): Promise<Kept<T>>;
  /** Over the version that was edited. */
  change(of: Pick<Kept<T>, 'id' | 'version'>, body: T): Promise<Kept<T>>;
  /** The version that says it is removed. */
  remove(of: Pick<Kept<T>, 'id' | 'version'>): Promise<number>;
  /** Takes back the change that made this version; undefined where that was its beginning. */
  undo(of: Pick<Kept<T>, 'id' | 'version'>): Promise<Kept<T> | undefined>;
  /** The newest first. */
  versions(id: string, signal?: AbortSignal): Promise<Version<T>[]>;
}

function keptAt<T>(path: string): KeptClient<T> {
  const at = (id: string, step = ''): string => `${path}/${encodeURIComponent(id)}${step}`;
  const get = async <A>(address: string, signal?: AbortSignal): Promise<A> =>
    (await answerOf(address, signal === undefined ? {} : { signal })) as A;
  const post = async <A>(address: string, body: object): Promise<A> => (await answerOf(address, telling(body))) as A;
  return {
    path,
    list: async (signal) => (await get<{ kept: Kept<T>[] }>(path, signal)).kept,
    create: (body) => post(path, { body }),
    change: ({ id, version }, body) => post(at(id), { version, body }),
    remove: async ({ id, version }) => (await post<{ version: number }>(at(id, '/remove'), { version })).version,
    undo: async ({ id, version }) => (await post<{ kept?: Kept<T> }>(at(id, '/undo'), { version })).kept,
    versions: async (id, signal) => (await get<{ versions: Version<T>[] }>(at(id, '/versions'), signal)).versions,
  };
}

export const savedViews = keptAt<View>('/v1/views');
export const annotations = keptAt<Annotation>('/v1/annotations');
export const notebooks = keptAt<Notebook>('/v1/notebooks');

/** Answers a question and keeps the answer as it is now. */
export const freeze = async (question: QuestionFields): Promise<Frozen> =>
  (await answerOf('/v1/frozen', telling({ question }))) as Frozen;

/** It never changes. */
export const frozenQuery = (id: string) =>
  queryOptions({
    queryKey: ['frozen', id],
    queryFn: async ({ signal }): Promise<Frozen> =>
      (await answerOf(`/v1/frozen/${encodeURIComponent(id)}`, { signal })) as Frozen,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What others keep is seen within so long. */
const KEPT_EVERY = 30_000;

export const keptQuery = <T>({ path, list }: KeptClient<T>) =>
  queryOptions({
    queryKey: ['kept', path],
    // The library's types of what it holds do not go through a type that is not known.
    queryFn: ({ signal }): Promise<Kept<unknown>[]> => list(signal),
    refetchInterval: KEPT_EVERY,
  });

export const versionsQuery = <T>({ path, versions }: KeptClient<T>, id: string) =>
  queryOptions({
    queryKey: ['kept', path, 'versions', id],
    queryFn: ({ signal }): Promise<Version<unknown>[]> => versions(id, signal),
    staleTime: 0,
  });
