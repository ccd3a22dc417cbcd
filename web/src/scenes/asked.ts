/** What tiles ask the server beside the running day: kept while scenes take turns, and with its age where it cannot be renewed. */
import { type Answers, type Queries, questionKey, type ScenePath, type Waiting, type WallState } from '@room/contract';
import {
  type ComputedRef,
  computed,
  type InjectionKey,
  inject,
  onBeforeUnmount,
  type Ref,
  type ShallowRef,
  shallowRef,
  watch,
} from 'vue';
import { ask, RequestFailed } from '../app/client.ts';
import { useRoom } from '../stores/room.ts';
import { withoutEarlier } from './waiting.ts';

const EVERY = 60_000;
const FAILED_AGAIN = 10_000;
/** A scene of an hour before is no reason to ask for ever. */
const MOST_KEPT = 50;

export interface Asked<T> {
  data: T | undefined;
  /** Why the newest is not there. */
  error: Error | undefined;
  /** On the room's clock, when `data` came. */
  at: number;
}

const kept = new Map<string, ShallowRef<Asked<unknown>>>();

/** Where each tile says that it cannot be shown. */
export const FAILED: InjectionKey<(tile: string, hasFailed: boolean) => void> = Symbol('failed');

/** A scene of the past: what its tiles had been answered by then, by question; whatever is not there was not kept. */
export interface Then {
  state: WallState;
  answers: ReadonlyMap<string, { at: number; answer: unknown }>;
}
export const THEN: InjectionKey<Readonly<Ref<Then>>> = Symbol('then');
export class NotKept extends Error {}

export function useAsked<P extends ScenePath>(path: P, query: () => Queries[P]): Readonly<Ref<Asked<Answers[P]>>> {
  const then = inject(THEN, undefined);
  return then === undefined ? useLive(path, query) : computed(() => answeredThen(then.value, path, query()));
}

function answeredThen<P extends ScenePath>({ answers }: Then, path: P, query: Queries[P]): Asked<Answers[P]> {
  const found = answers.get(questionKey({ path, query }));
  return found === undefined
    ? { data: undefined, error: new NotKept(), at: 0 }
    : { data: found.answer as Answers[P], error: undefined, at: found.at };
}

function useLive<P extends ScenePath>(path: P, query: () => Queries[P]): ShallowRef<Asked<Answers[P]>> {
  const room = useRoom();
  const shown = shallowRef<Asked<Answers[P]>>({ data: undefined, error: undefined, at: 0 });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isGone = false;

  async function read(): Promise<void> {
    clearTimeout(timer);
    const fields = query();
    const key = questionKey({ path, query: fields });
    const slot = (kept.get(key) ?? shallowRef({ data: undefined, error: undefined, at: 0 })) as typeof shown;
    if (kept.size > MOST_KEPT) kept.clear();
    kept.set(key, slot);
    shown.value = slot.value;
    const isYoung =
      slot.value.error === undefined && slot.value.data !== undefined && room.now - slot.value.at < EVERY / 2;
    try {
      if (!isYoung) {
        const data = await ask(path, { query: fields } as Parameters<typeof ask<P>>[1]);
        slot.value = { data, error: undefined, at: room.now };
      }
    } catch (error) {
      slot.value = { ...slot.value, error: error as Error };
    }
    if (isGone) return;
    if (JSON.stringify(query()) === JSON.stringify(fields)) shown.value = slot.value;
    const { error } = slot.value;
    // What is refused is refused again.
    const isLater = error instanceof RequestFailed && !error.canRetry;
    timer = setTimeout(() => void read(), error === undefined || isLater ? EVERY : FAILED_AGAIN);
  }
  watch(query, () => void read(), { immediate: true, deep: true });
  // Alerts are told of as they come.
  if (path === '/v1/alerts')
    watch(
      () => room.alertsTold,
      () => {
        for (const [key, slot] of kept) if (key.startsWith(path)) slot.value = { ...slot.value, at: 0 };
        void read();
      },
    );
  onBeforeUnmount(() => {
    isGone = true;
    clearTimeout(timer);
  });
  return shown;
}

export const useFailed = (): ((tile: string, hasFailed: boolean) => void) => inject(FAILED, () => undefined);

/** Who waits. While history is coming in, what waited earlier is told in part: nothing is held against it, as on the wall. */
export function useWaiting(by: () => Queries['/v1/wall/waiting']['by']): ComputedRef<Asked<Waiting>> {
  const room = useRoom();
  const then = inject(THEN, undefined);
  const asked = useAsked('/v1/wall/waiting', () => ({ by: by() }));
  return computed(() => {
    const { data, ...rest } = asked.value;
    const isFilling = (then === undefined ? room.shown : then.value.state)?.pipeline.filling !== undefined;
    return data === undefined || !isFilling ? asked.value : { ...rest, data: withoutEarlier(data) };
  });
}
