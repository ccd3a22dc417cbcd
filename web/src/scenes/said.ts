/** What a scene says to whoever hears it: each of its tiles a sentence or two. Read out in one place of the wall, now and then. */
import { computed, type InjectionKey, inject, onBeforeUnmount, provide, type Ref, shallowReactive } from 'vue';
import type { Speech } from '../messages/context.ts';

type Saying = () => string;
const SAYINGS: InjectionKey<{ add: (saying: Saying) => void; remove: (saying: Saying) => void }> = Symbol('said');

/** A group of sentences that somebody still follows: of more tiles the others are read where they stand. */
const MOST_TILES = 4;
/** Of a list, those that stand first. */
export const MOST_SAID = 3;

/** What the tiles below say, in the order in which they came. */
export function provideSaid(): Readonly<Ref<string>> {
  const sayings = shallowReactive(new Set<Saying>());
  provide(SAYINGS, { add: (saying) => sayings.add(saying), remove: (saying) => sayings.delete(saying) });
  return computed(() =>
    [...sayings]
      .map((saying) => saying())
      .filter((text) => text !== '')
      .slice(0, MOST_TILES)
      .join(' '),
  );
}

/** A tile that stands in no scene has nobody who asks. */
export function useSaid(saying: Saying): void {
  const sayings = inject(SAYINGS, undefined);
  sayings?.add(saying);
  onBeforeUnmount(() => sayings?.remove(saying));
}

/** Signs that are seen, as words. */
export const inWords = (text: string, { t }: Pick<Speech, 't'>): string =>
  text.replaceAll('▲', t('saidUp')).replaceAll('▼', t('saidDown')).replaceAll(' · ', ', ');

/** Sentences end; what stands for nothing is left out. */
export const sentences = (parts: readonly (string | undefined)[]): string =>
  parts
    .filter((part) => part !== undefined && part.trim() !== '')
    .map((part) => (/[.!?…]$/.test(part?.trim() ?? '') ? `${part}` : `${part}.`))
    .join(' ');
