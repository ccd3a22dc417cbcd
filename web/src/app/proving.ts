/** How a number says what it is, so that it leads to its evidence where there is somebody who may ask for it. */
import type { Dimension, Measure, Period } from '@room/contract';
import type { InjectionKey, Ref } from 'vue';
import type { Address } from './addresses.ts';

/** Which measure, as it is shown, and of what; all of the state's period without that. */
export type ProofOf = readonly [
  measure: Measure,
  shown: number | undefined,
  where?: {
    member?: readonly [dimension: Dimension, code: string];
    period?: Period;
    /** Its point in a curve. */
    at?: string;
    /** It was made of something else than the state is: what is counted now is shown. */
    isNow?: boolean;
  },
];

/** Undefined where nothing is known, or its evidence is not for whoever looks. */
export type Proof = (...of: ProofOf) => Address | undefined;

export const PROOF: InjectionKey<Readonly<Ref<Proof | undefined>>> = Symbol('proof');
