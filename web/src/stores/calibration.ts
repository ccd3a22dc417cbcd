import type { Calibration } from '@room/contract';
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';

const AGAIN_AFTER = 300_000;
export const FAILED_AFTER = 10_000;

/** How earlier forecasts held, asked for now and then; what was loaded stays while asking again fails. */
export function useCalibration() {
  const rows = shallowRef<readonly Calibration[]>();
  const failure = ref<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    try {
      const response = await fetch('/v1/calibration');
      if (!response.ok) throw new Error(`${response.status}`);
      rows.value = (await response.json()) as Calibration[];
      failure.value = undefined;
    } catch (error) {
      failure.value = (error as Error).message;
    }
    timer = setTimeout(load, failure.value === undefined ? AGAIN_AFTER : FAILED_AFTER);
  }

  onMounted(load);
  onBeforeUnmount(() => clearTimeout(timer));
  return { rows, failure };
}
