import { LANGUAGES, type Language } from '@room/contract';
import { defineStore } from 'pinia';
import { ref, watchEffect } from 'vue';
import { i18n } from '../i18n/index.ts';
import { paint, THEMES, type Theme } from '../palette.ts';
import { remembered } from './remembered.ts';

const HANDS_OFF_AFTER = 8_000;
const HANDS = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const;

/** How this screen wants to see it, and whether somebody sits at it. */
export const useView = defineStore('view', () => {
  const language = remembered<Language>('lang', LANGUAGES, 'vi');
  const theme = remembered<Theme>('theme', THEMES, 'dark');
  const attended = ref(false);

  watchEffect(() => {
    document.documentElement.lang = language.value;
    i18n.global.locale.value = language.value;
  });
  watchEffect(() => paint(document.documentElement, theme.value));

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

  return { language, theme, attended, watchHands };
});
