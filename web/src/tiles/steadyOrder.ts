import { type ComputedRef, computed, ref, watch } from 'vue';

const KEEP = 60_000;

/** Rows keep their places for a minute at a time, however their numbers change: rows that trade places cannot be read. */
export function steadyOrder<T extends { id: string }>(rows: () => readonly T[], now: () => number): ComputedRef<T[]> {
  const order = ref<string[]>([]);
  let setAt = 0;
  watch(
    rows,
    (fresh) => {
      const same = fresh.length === order.value.length && fresh.every(({ id }) => order.value.includes(id));
      if (same && now() - setAt < KEEP) return;
      order.value = fresh.map(({ id }) => id);
      setAt = now();
    },
    { immediate: true },
  );
  return computed(() => {
    const byId = new Map(rows().map((row) => [row.id, row]));
    return order.value.flatMap((id) => byId.get(id) ?? []);
  });
}
