/** What the charts must know of the screen, because they paint pixels. */
import { computed, type InjectionKey, inject, onBeforeUnmount, onMounted, provide, type Ref, reactive, ref } from 'vue';
import { paintHatch } from '../charts/hatch.ts';
import type { Look } from '../charts/look.ts';
import { media } from '../charts/media.ts';
import { PALETTES } from '../palette.ts';
import { useView } from '../stores/view.ts';

export interface Screen {
  /** Pixels of one wall unit. */
  readonly u: number;
  readonly look: (fresh: boolean) => Look;
  /** Names everything that makes a drawing start anew. */
  readonly key: string;
}

const SCREEN: InjectionKey<Screen> = Symbol('screen');

/** Units of a wall's own type, by its stylesheet. */
const TYPE = 31;

/** For the charts within `wall`. Answers whether it was measured, which it can be once it stands in the document. */
export function provideScreen(wall: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<boolean>> {
  const view = useView();
  const calm = media('(prefers-reduced-motion: reduce)');
  const u = ref(0);
  const animate = ref(!calm.matches);
  const measure = (): void => {
    if (wall.value !== null) u.value = Number.parseFloat(getComputedStyle(wall.value).fontSize) / TYPE;
  };
  const settle = (): void => {
    animate.value = !calm.matches;
  };
  window.addEventListener('resize', measure);
  calm.addEventListener('change', settle);
  onMounted(measure);
  onBeforeUnmount(() => {
    window.removeEventListener('resize', measure);
    calm.removeEventListener('change', settle);
  });

  const hatch = computed(() => paintHatch(PALETTES[view.shownTheme], u.value));
  const look = (fresh: boolean): Look => ({
    u: u.value,
    palette: PALETTES[view.shownTheme],
    hatch: hatch.value,
    animate: animate.value,
    fresh,
  });
  provide(SCREEN, reactive({ u, look, key: computed(() => `${view.language} ${view.shownTheme} ${u.value}`) }));
  return computed(() => u.value > 0);
}

export function useScreen(): Screen {
  const screen = inject(SCREEN, undefined);
  if (screen === undefined) throw new Error('a chart stands outside of a wall, which alone knows its unit');
  return screen;
}
