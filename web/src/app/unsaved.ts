/** What somebody has typed and not kept is not lost without a word: whoever leaves is asked first. */
import { onBeforeUnmount, onMounted, ref } from 'vue';
import { type RouteLocationNormalized, useRouter } from 'vue-router';

export interface LeaveGuard {
  /** Whether the question stands there. */
  isAsked: Readonly<{ value: boolean }>;
  answer: (isLeft: boolean) => void;
}

/** Of most forms: they go with their page. */
const isSamePage = (to: RouteLocationNormalized, from: RouteLocationNormalized): boolean => to.path === from.path;

/** `isUnsaved` is asked when somebody leaves; `stays`: the form is there after that step as well. */
export function useUnsaved(isUnsaved: () => boolean, stays: typeof isSamePage = isSamePage): LeaveGuard {
  const router = useRouter();
  const isAsked = ref(false);
  let waiting: ((isLeft: boolean) => void) | undefined;
  const answer = (isLeft: boolean): void => {
    isAsked.value = false;
    waiting?.(isLeft);
    waiting = undefined;
  };
  // A tab that is closed shows the browser's own words.
  const onLeave = (event: BeforeUnloadEvent): void => {
    if (isUnsaved()) event.preventDefault();
  };
  let forget = (): void => {};
  onMounted(() => {
    window.addEventListener('beforeunload', onLeave);
    forget = router.beforeEach((to, from) => {
      if (stays(to, from) || !isUnsaved()) return true;
      answer(false);
      isAsked.value = true;
      return new Promise<boolean>((resolve) => {
        waiting = resolve;
      });
    });
  });
  onBeforeUnmount(() => {
    window.removeEventListener('beforeunload', onLeave);
    forget();
    answer(false);
  });
  return { isAsked, answer };
}

/** Of a form that is gone once it was kept: what it holds is not what it began with. */
export function useTyped(typed: () => unknown): LeaveGuard {
  const before = JSON.stringify(typed());
  return useUnsaved(() => JSON.stringify(typed()) !== before);
}
