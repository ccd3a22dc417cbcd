import { type Ref, ref, shallowRef } from 'vue';
import { RequestFailed } from './client.ts';

/** One step after the other, as a form takes them: whether one is under way, and what went wrong with the last. */
export function useAttempt(): {
  isBusy: Ref<boolean>;
  failure: Ref<RequestFailed | undefined>;
  attempt: (step: () => Promise<void>) => Promise<void>;
} {
  const isBusy = ref(false);
  const failure = shallowRef<RequestFailed>();
  async function attempt(step: () => Promise<void>): Promise<void> {
    if (isBusy.value) return;
    isBusy.value = true;
    failure.value = undefined;
    try {
      await step();
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      failure.value = error;
    } finally {
      isBusy.value = false;
    }
  }
  return { isBusy, failure, attempt };
}
