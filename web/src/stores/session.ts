import { SCREEN, type Session } from '@room/contract';
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { ask } from '../app/client.ts';

const TRY_AGAIN_AFTER = 3_000;

/** Who sits here, as the server sees it; undefined until it was asked. */
export const useSession = defineStore('session', () => {
  const session = shallowRef<Session>();

  /** What the page shows was asked for before: whoever may not see it any more begins anew, where they are asked who they are. */
  function take(now: Session): void {
    const before = session.value;
    session.value = now;
    // A wall display that was revoked shows its code at once.
    const isOther = before !== undefined && seenBy(before) !== seenBy(now);
    if (now.isUnpaired === true) location.replace(`${SCREEN}${location.search}`);
    else if (isOther || now.rights.length === 0) location.reload();
  }

  /** Asks until the server answers. Returns the function that gives up. */
  function load(): () => void {
    let retry: ReturnType<typeof setTimeout> | undefined;
    const attempt = async (): Promise<void> => {
      try {
        take(await ask('/v1/session', {}));
      } catch {
        retry = setTimeout(() => void attempt(), TRY_AGAIN_AFTER);
      }
    };
    void attempt();
    return () => clearTimeout(retry);
  }

  /** While one ends one's own session, where to go next is the business of whoever does it. */
  let isLeaving = false;
  async function leaving<T>(leave: () => Promise<T>): Promise<T> {
    isLeaving = true;
    try {
      return await leave();
    } catch (error) {
      isLeaving = false;
      throw error;
    }
  }

  /** After that, the same person under another session. */
  function entered(now: Session): void {
    isLeaving = false;
    session.value = now;
  }

  async function check(): Promise<void> {
    if (isLeaving) return;
    const now = await ask('/v1/session', {}).catch(() => undefined);
    if (now !== undefined && !isLeaving) take(now);
  }

  return { session, load, check, leaving, entered };
});

const seenBy = ({ kind, id, rights, scope }: Session): string => JSON.stringify([kind, id, rights, scope]);
