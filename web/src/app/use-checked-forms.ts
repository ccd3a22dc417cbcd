/** Has forms looked through while a layout is there; what does it comes after the page. */
import { onBeforeUnmount, onMounted } from 'vue';
import type { FieldWords } from '../messages/field-faults.ts';

export function useCheckedForms(words: () => FieldWords): void {
  let end: (() => void) | undefined;
  let isOver = false;
  onMounted(async () => {
    // Where it does not come, the browser's own words are better than none.
    const loaded = await import('./checked-forms.ts').catch(() => undefined);
    if (!isOver) end = loaded?.checkForms(words);
  });
  onBeforeUnmount(() => {
    isOver = true;
    end?.();
  });
}
