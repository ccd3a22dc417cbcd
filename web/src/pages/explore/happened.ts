/** What happened in a period, for the pages that show it and change nothing of it. */
import type { Annotation, Kept, Period } from '@room/contract';
import { useQuery } from '@tanstack/vue-query';
import { type ComputedRef, computed } from 'vue';
import { annotations, keptQuery } from '../../app/kept-client.ts';
import { useCatalogue } from '../../app/provided.ts';
import { type Happened, happenedIn } from './annotations.ts';

/** Of everything that is told to whoever looks, in the order of its beginnings. */
export function useHappened(period: () => Period): ComputedRef<Happened[]> {
  const catalogue = useCatalogue();
  const { data } = useQuery(keptQuery(annotations));
  return computed(() => happenedIn((data.value ?? []) as Kept<Annotation>[], period(), catalogue));
}
