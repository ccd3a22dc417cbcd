/** What is the same for every component of a page: given once by the shell, taken by whoever needs it. */
import type { Catalogue } from '@room/contract';
import { type ComputedRef, type InjectionKey, inject, provide, type Ref } from 'vue';
import type { Speech } from '../messages/context.ts';
import type { Reference } from '../stores/catalogue.ts';

export interface Provided {
  reference: Reference;
  /** In the language of this screen. */
  speech: ComputedRef<Speech>;
  /** The room's time in milliseconds since 1970 UTC, in whole seconds. */
  now: Readonly<Ref<number>>;
}

const PROVIDED: InjectionKey<Provided> = Symbol('provided');

export const provideAll = (provided: Provided): void => provide(PROVIDED, provided);

function provided(): Provided {
  const found = inject(PROVIDED, undefined);
  if (found === undefined) throw new Error('nothing is provided here: mount it within the shell');
  return found;
}

export const useSpeech = (): ComputedRef<Speech> => provided().speech;
export const useReference = (): Reference => provided().reference;
export const useCatalogue = (): Catalogue => provided().reference.catalogue;
export const useNow = (): Readonly<Ref<number>> => provided().now;
