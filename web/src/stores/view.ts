import { LANGUAGES, type Language } from '@room/contract';
import { defineStore } from 'pinia';
import { computed, type Ref, ref, watchEffect } from 'vue';
import { media } from '../charts/media.ts';
import { paint, THEMES, type Theme } from '../palette.ts';
import { remembered } from './remembered.ts';

const HANDS_OFF_AFTER = 8_000;
const HANDS = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const;

/** Whether a media query holds, for as long as the page lives. */
function matches(query: string): Readonly<Ref<boolean>> {
  const list = media(query);
  const found = ref(list.matches);
  list.addEventListener('change', () => {
    found.value = list.matches;
  });
  return found;
}

/** How this screen wants to see it, and whether somebody sits at it. */
export const useView = defineStore('view', () => {
  const language = remembered<Language>('lang', LANGUAGES, 'vi');
  const theme = remembered<Theme>('theme', THEMES, 'dark');
  const attended = ref(false);
  const forced = matches('(forced-colors: active)');
  const darkGround = matches('(prefers-color-scheme: dark)');
  const printed = matches('print');
  /** Where the reader's own colours rule, what is drawn suits their ground, whatever was chosen; paper is light. */
  const shownTheme = computed((): Theme => {
    if (printed.value) return 'light';
    return !forced.value ? theme.value : darkGround.value ? 'dark' : 'light';
  });

  watchEffect(() => {
    document.documentElement.lang = language.value;
  });
  watchEffect(() => paint(document.documentElement, shownTheme.value));

  /** Returns the function that stops listening. */
  function watchHands(): () => void {
    let idle: ReturnType<typeof setTimeout> | undefined;
    const seen = () => {
      attended.value = true;
      clearTimeout(idle);
      idle = setTimeout(() => {
        attended.value = false;
      }, HANDS_OFF_AFTER);
    };
    for (const sign of HANDS) window.addEventListener(sign, seen, { passive: true });
    return () => {
      clearTimeout(idle);
      for (const sign of HANDS) window.removeEventListener(sign, seen);
    };
  }

  return { language, theme, shownTheme, attended, watchHands };
});
