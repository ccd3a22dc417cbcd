/** From any number of the page to its evidence, and from a change to what made it: the page says how these are opened. */
import type { ExplainedMeasure } from '@room/contract';
import { type InjectionKey, inject, provide } from 'vue';
import type { Place } from './place.ts';

export type OpenEvidence = (place: Place) => void;

/** Opens what explains the change that is shown: of its measure, or of a share that its points are for. */
export type OpenExplanation = (measure: ExplainedMeasure) => void;

const EXPLAIN: InjectionKey<OpenExplanation> = Symbol('explanation');
const OPEN: InjectionKey<OpenEvidence> = Symbol('evidence');

export const provideEvidence = (open: OpenEvidence): void => provide(OPEN, open);

export function useEvidence(): OpenEvidence {
  const open = inject(OPEN, undefined);
  if (open === undefined) throw new Error('no page here opens evidence');
  return open;
}

export const provideExplanation = (open: OpenExplanation): void => provide(EXPLAIN, open);

export function useExplanation(): OpenExplanation {
  const open = inject(EXPLAIN, undefined);
  if (open === undefined) throw new Error('no page here explains a change');
  return open;
}
