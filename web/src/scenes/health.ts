/** How this screen fares, told by itself: what it paints, what held it up, what memory it takes. */
import type { ScreenState } from '@room/contract';
import { onBeforeUnmount } from 'vue';
import { tell } from '../app/client.ts';

const TELL_EVERY = 15_000;
const LONG_OF_LAST = 60_000;

interface Memory {
  usedJSHeapSize: number;
}

const memoryMb = (): Pick<ScreenState, 'memoryMb'> => {
  const { memory } = performance as Performance & { memory?: Memory };
  return memory === undefined ? {} : { memoryMb: Math.round(memory.usedJSHeapSize / 2 ** 20) };
};

/** Tells what `shows` says beside how it fares, now and then. Frames are counted for a second before it is told, not all day long. */
export function useHealth(
  shows: () => Pick<ScreenState, 'scene' | 'since' | 'asOf' | 'connection' | 'build' | 'failed'>,
): void {
  let long: { at: number; ms: number }[] = [];
  const watching = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) long.push({ at: startTime, ms: duration });
    long = long.filter(({ at }) => at > performance.now() - LONG_OF_LAST);
  });
  if (PerformanceObserver.supportedEntryTypes.includes('longtask')) watching.observe({ entryTypes: ['longtask'] });

  let isGone = false;
  const frames = (): Promise<number> =>
    new Promise((resolve) => {
      const began = performance.now();
      let painted = 0;
      const paint = (): void => {
        painted++;
        const passed = performance.now() - began;
        if (passed >= 1_000 || isGone) resolve((painted * 1_000) / Math.max(1, passed));
        else requestAnimationFrame(paint);
      };
      // A page that nobody sees paints nothing.
      if (document.visibilityState === 'hidden') resolve(0);
      else requestAnimationFrame(paint);
    });

  async function report(): Promise<void> {
    const painted = await frames();
    if (isGone) return;
    const recent = long.filter(({ at }) => at > performance.now() - LONG_OF_LAST);
    const state: ScreenState = {
      ...shows(),
      width: Math.round(innerWidth * devicePixelRatio),
      height: Math.round(innerHeight * devicePixelRatio),
      frames: Math.min(1_000, Math.round(painted)),
      longTasks: recent.length,
      longestTaskMs: Math.round(Math.max(0, ...recent.map(({ ms }) => ms))),
      ...memoryMb(),
      upMs: Math.round(performance.now()),
    };
    await tell('/v1/screen/state', { state }).catch(() => undefined);
  }
  const every = setInterval(() => void report(), TELL_EVERY);
  void report();
  onBeforeUnmount(() => {
    isGone = true;
    clearInterval(every);
    watching.disconnect();
  });
}
