/** How much of a list a tile has room for: what does not fit is counted in words, and never cut. */
import { computed, onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { type Screen, useScreen } from '../app/screen.ts';
import { media } from '../charts/media.ts';
import { widthOf } from '../charts/type.ts';

export interface Room {
  width: number;
  height: number;
  /** Of a list: endless in the hand, where it is scrolled. */
  list: number;
}

const isInHand = (): boolean => media('(max-width: 40rem)').matches;

/** In wall units. */
export function useRoomOf(host: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<Room>> {
  const screen = useScreen();
  const room = ref<Room>({ width: 0, height: 0, list: 0 });
  const measure = (): void => {
    if (host.value === null) return;
    const { clientWidth, clientHeight } = host.value;
    const height = clientHeight / screen.u;
    room.value = { width: clientWidth / screen.u, height, list: isInHand() ? Number.POSITIVE_INFINITY : height };
  };
  const observer = new ResizeObserver(measure);
  // It comes with the tile's numbers, and goes where they cannot be shown.
  watch(
    host,
    (now, before) => {
      if (before) observer.unobserve(before);
      if (now !== null) observer.observe(now);
      measure();
    },
    { flush: 'post', immediate: true },
  );
  onBeforeUnmount(() => observer.disconnect());
  return room;
}

/** Physical pixels of a wall unit from which a screen has room for more: as large to the eye, and closer to each other. */
const FINE = 1.8;
export function useFine(): Readonly<Ref<boolean>> {
  const screen = useScreen();
  return computed(() => screen.u * window.devicePixelRatio >= FINE);
}

/** Neither upright nor as wide as two. */
export const isUsualShape = ({ innerWidth, innerHeight }: Pick<Window, 'innerWidth' | 'innerHeight'>): boolean =>
  innerWidth >= 1.5 * innerHeight && innerWidth < 2 * innerHeight;

const TYPE = 31;
/** Grows with each font that came: what was reckoned before by the widths of another one is reckoned again. */
let fonts: Ref<number> | undefined;
function fontsThere(): number {
  if (fonts === undefined) {
    const there = ref(0);
    document.fonts.addEventListener('loadingdone', () => {
      there.value++;
    });
    fonts = there;
  }
  return fonts.value;
}
/** Pixels of a line of bold text, which is wider than any other. */
export const pixelsOn = (screen: Pick<Screen, 'u'>) => {
  fontsThere();
  return (text: string): number => widthOf(text, TYPE * (screen.u || 1));
};
/** The same in wall units. */
export const wideOn = (screen: Pick<Screen, 'u'>) => {
  const pixels = pixelsOn(screen);
  return (text: string): number => pixels(text) / (screen.u || 1);
};
