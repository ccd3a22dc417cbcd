/** Ctrl-Z takes the last step of the page back and Ctrl-Y, or Ctrl-Shift-Z, takes it again: each step is an address. */
import { onBeforeUnmount, onMounted } from 'vue';
import { useRoute, useRouter } from 'vue-router';

const TYPED = 'input, textarea, select, [contenteditable]';

export function useUndoneSteps(): void {
  const route = useRoute();
  const router = useRouter();
  /** Only within this page: whoever undoes does not leave it. */
  const isHere = (address: unknown): boolean => typeof address === 'string' && address.split('?')[0] === route.path;
  function onKey(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
    if (altKey || !(ctrlKey || metaKey) || (target instanceof Element && target.closest(TYPED) !== null)) return;
    const state = router.options.history.state;
    const letter = key.toLowerCase();
    if (letter === 'z' && !shiftKey && isHere(state['back'])) router.back();
    else if ((letter === 'y' || (letter === 'z' && shiftKey)) && isHere(state['forward'])) router.forward();
    else return;
    event.preventDefault();
  }
  onMounted(() => window.addEventListener('keydown', onKey));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey));
}
