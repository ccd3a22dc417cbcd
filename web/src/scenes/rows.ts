/** How much of a list a tile has room for: what does not fit is counted in words, and never cut. */
import { onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { useScreen } from '../app/screen.ts';

export interface Room {
  width: number;
  height: number;
}

/** In wall units. */
export function useRoomOf(host: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<Room>> {
  const screen = useScreen();
  const room = ref<Room>({ width: 0, height: 0 });
  const measure = (): void => {
    if (host.value === null) return;
    const { clientWidth, clientHeight } = host.value;
    room.value = { width: clientWidth / screen.u, height: clientHeight / screen.u };
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
