/** The one unit that a scene is about: beside it tiles mark it among all, and show what is its own alone. */
import type { Scene, UnitKind } from '@room/contract';
import { computed, type InjectionKey, inject, provide, type Ref } from 'vue';

export interface Focus {
  by: UnitKind;
  id: string;
  /** Its alerts have a tile of their own. */
  hasAlerts: boolean;
}

/** A scene of several units is about none of them. */
export function focusOf({ tiles }: Pick<Scene, 'tiles'>): Focus | undefined {
  const [one, other] = tiles.filter((tile) => tile.kind === 'unit');
  if (one === undefined || other !== undefined) return undefined;
  return { by: one.by, id: one.id, hasAlerts: tiles.some(({ kind }) => kind === 'alerts') };
}

const FOCUS: InjectionKey<Readonly<Ref<Focus | undefined>>> = Symbol('focus');
export const provideFocus = (scene: () => Scene): void =>
  provide(
    FOCUS,
    computed(() => focusOf(scene())),
  );

const none = computed(() => undefined);
export const useFocus = (): Readonly<Ref<Focus | undefined>> => inject(FOCUS, none);

/** The id of whoever is to be marked among units of a kind. */
export function useMarked(by: () => string): Readonly<Ref<string | undefined>> {
  const focus = useFocus();
  return computed(() => (focus.value?.by === by() ? focus.value.id : undefined));
}

/** The first `n` rows; whoever is in focus stands in the place of the last of them rather than among those that are only counted. */
export function firstWith<T>(rows: readonly T[], n: number, isMarked: (row: T) => boolean): T[] {
  const first = rows.slice(0, n);
  const marked = rows.slice(n).find(isMarked);
  return marked === undefined || n < 1 ? first : [...first.slice(0, -1), marked];
}
