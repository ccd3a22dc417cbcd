import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { paintHatch } from '../charts/hatch.ts';
import type { Look } from '../charts/look.ts';
import { PALETTES } from '../palette.ts';
import { useView } from './view.ts';

/** The stylesheet sizes the root element to 100 wall units, so that `1rem` is 100 u everywhere. */
const UNITS_PER_REM = 100;

/** What the charts must know of the screen, because they paint pixels. */
export const useScreen = defineStore('screen', () => {
  const view = useView();
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
  const measure = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / UNITS_PER_REM;
  const u = ref(measure());
  const animate = ref(!calm.matches);
  window.addEventListener('resize', () => {
    u.value = measure();
  });
  calm.addEventListener('change', () => {
    animate.value = !calm.matches;
  });
  const hatch = computed(() => paintHatch(PALETTES[view.theme], u.value));

  const look = (fresh: boolean): Look => ({
    u: u.value,
    palette: PALETTES[view.theme],
    hatch: hatch.value,
    animate: animate.value,
    fresh,
  });
  /** Names everything that makes a drawing start anew. */
  const key = computed(() => `${view.language} ${view.theme} ${u.value}`);

  return { u, look, key };
});
