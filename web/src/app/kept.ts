/** The steps that a page takes with what people keep: what was done last stands there, with the way back. */
import type { Kept } from '@room/contract';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { type ComputedRef, computed, type Ref, shallowRef } from 'vue';
import type { MessageKey } from '../i18n/index.ts';
import { useSession } from '../stores/session.ts';
import { useAttempt } from './attempt.ts';
import type { RequestFailed } from './client.ts';
import { type KeptClient, keptQuery } from './kept-client.ts';
import { useSpeech } from './provided.ts';
import type { Question } from './queries.ts';

/** What a refusal means here, by the server's code. */
export const KEPT_REFUSALS: Readonly<Record<string, MessageKey>> = {
  conflict: 'keptConflict',
  not_found: 'keptGone',
  not_yours: 'keptNotYours',
  not_signed_in: 'keptSignIn',
  outside_scope: 'keptOutside',
  too_many: 'keptTooMany',
};

export interface Done {
  text: string;
  /** By the version that was made. */
  undo?: { id: string; version: number; name: string };
}

export interface KeptSteps<T> {
  /** As owners are named. */
  self: ComputedRef<string>;
  query: Question<Kept<T>[]>;
  isBusy: Ref<boolean>;
  failure: Ref<RequestFailed | undefined>;
  done: Ref<Done | undefined>;
  create(body: T): Promise<Kept<T> | undefined>;
  change(of: Kept<T>, body: T): Promise<Kept<T> | undefined>;
  remove(of: Kept<T>): Promise<void>;
  undo(of: NonNullable<Done['undo']>): Promise<void>;
}

export function useKept<T>(client: KeptClient<T>, nameOf: (body: T) => string): KeptSteps<T> {
  const speech = useSpeech();
  const queries = useQueryClient();
  const who = useSession();
  const self = computed(() => `${who.session?.kind}:${who.session?.id}`);
  const query = useQuery(keptQuery(client)) as unknown as Question<Kept<T>[]>;
  const { isBusy, failure, attempt } = useAttempt();
  const done = shallowRef<Done>();

  /** Whatever became of it, what is listed is read anew: somebody else may have been faster. */
  const act = (step: () => Promise<Done>): Promise<void> =>
    attempt(async () => {
      done.value = undefined;
      let said: Done;
      try {
        said = await step();
      } finally {
        await queries.invalidateQueries({ queryKey: keptQuery(client).queryKey });
      }
      // With it comes the way back, which is taken once nothing else is under way.
      done.value = said;
    });
  const saved = (of: Kept<T>): Done => {
    const name = nameOf(of.body);
    return { text: speech.value.t('keptSaved', { name }), undo: { id: of.id, version: of.version, name } };
  };
  async function keep(step: () => Promise<Kept<T>>): Promise<Kept<T> | undefined> {
    let kept: Kept<T> | undefined;
    await act(async () => {
      kept = await step();
      return saved(kept);
    });
    return kept;
  }
  return {
    self,
    query,
    isBusy,
    failure,
    done,
    create: (body) => keep(() => client.create(body)),
    change: (of, body) => keep(() => client.change(of, body)),
    remove: (of) =>
      act(async () => {
        const version = await client.remove(of);
        const name = nameOf(of.body);
        return { text: speech.value.t('keptRemoved', { name }), undo: { id: of.id, version, name } };
      }),
    undo: ({ id, version, name }) =>
      act(async () => {
        const kept = await client.undo({ id, version });
        return {
          text:
            kept === undefined
              ? speech.value.t('keptRemoved', { name })
              : speech.value.t('keptRestored', { name: nameOf(kept.body) }),
        };
      }),
  };
}
