import type { Session } from '@room/contract';
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { ask } from '../app/client.ts';

const TRY_AGAIN_AFTER = 3_000;

/** Who sits here, as the server sees it; undefined until it was asked. */
export const useSession = defineStore('session', () => {
  const session = shallowRef<Session>();

  /** Asks until the server answers. Returns the function that gives up. */
  function load(): () => void {
    let retry: ReturnType<typeof setTimeout> | undefined;
    const attempt = async (): Promise<void> => {
      try {
        session.value = await ask('/v1/session', {});
      } catch {
        retry = setTimeout(() => void attempt(), TRY_AGAIN_AFTER);
      }
    };
    void attempt();
    return () => clearTimeout(retry);
  }

  /** Whoever may see something else than before begins anew. */
  async function check(): Promise<void> {
    const before = session.value;
    const now = await ask('/v1/session', {}).catch(() => undefined);
    if (now === undefined) return;
    session.value = now;
    if (before !== undefined && seenBy(before) !== seenBy(now)) location.reload();
  }

  return { session, load, check };
});

const seenBy = ({ kind, id, rights, scope }: Session): string => JSON.stringify([kind, id, rights, scope]);
