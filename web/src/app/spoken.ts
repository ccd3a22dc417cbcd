/** What a screen reader is told of a page that changes all the time. */
import { onBeforeUnmount, type Ref, ref, watch } from 'vue';

/** Milliseconds between two readings of what only goes on changing. */
const SPEAK_EVERY = 30_000;

/**
 * The newest of `text`: at once when `urgent` changes, otherwise twice a minute at most, or not at all where it does not repeat. What
 * changes between is said at its end, so that nothing that is over stays the last word. Nothing is said while it is paused.
 */
export function useSpoken(
  text: () => string,
  urgent: () => string,
  { repeats = true, isPaused = () => false }: { repeats?: boolean; isPaused?: () => boolean } = {},
): Readonly<Ref<string>> {
  const spoken = ref(text());
  let spokenAt = performance.now();
  let later: ReturnType<typeof setTimeout> | undefined;
  const speak = (): void => {
    clearTimeout(later);
    later = undefined;
    if (isPaused()) return;
    spoken.value = text();
    spokenAt = performance.now();
  };
  watch(text, () => {
    if (repeats) later ??= setTimeout(speak, Math.max(0, spokenAt + SPEAK_EVERY - performance.now()));
  });
  // Parts of the page say what they have to say as they are drawn.
  watch([urgent, isPaused], speak, { flush: 'post' });
  onBeforeUnmount(() => clearTimeout(later));
  return spoken;
}
