/** What a part of the page does and says of it: one step at a time, what was done last, and the way back. */
import { useQueryClient } from '@tanstack/vue-query';
import { type Ref, ref } from 'vue';
import { useAttempt } from '../../app/attempt.ts';
import { TOLD } from '../../app/routes-client.ts';

export interface Done {
  text: string;
  undo?: () => Promise<Done>;
}

export function useChange(): ReturnType<typeof useAttempt> & {
  done: Ref<Done | undefined>;
  /** All is asked for again, whatever came of it. `then` where it was done. */
  change: (step: () => Promise<Done | undefined>, then?: () => void) => Promise<void>;
} {
  const queries = useQueryClient();
  const attempts = useAttempt();
  const done = ref<Done>();
  const change = (step: () => Promise<Done | undefined>, then?: () => void): Promise<void> =>
    attempts.attempt(async () => {
      done.value = undefined;
      try {
        done.value = await step();
        then?.();
      } finally {
        // Not waited for: what is done next is not lost while all is asked for again.
        void queries.invalidateQueries({ queryKey: TOLD });
      }
    });
  return { ...attempts, done, change };
}
