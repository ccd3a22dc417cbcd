/** A number of an answer, as the address of the page of questions names it beside the question, written. No schema stands here. */
import type { Dimension } from './dimensions.ts';
import type { Measure } from './query.ts';

export interface Place {
  measure: Measure;
  side: 'now' | 'before';
  /** Of a row; without it the number is of all that is asked for. */
  member?: { dimension: Dimension; code: string };
  /** A point of the curve. */
  at?: string;
  /** As it was shown, and what the answer was made from: so it stays provable. */
  shown?: number;
  asOf?: number;
}

export const placeText = ({ measure, side, member, at, shown, asOf }: Place): string =>
  new URLSearchParams([
    ['measure', measure],
    ['side', side],
    ...(member === undefined ? [] : [[member.dimension, member.code]]),
    ...(at === undefined ? [] : [['at', at]]),
    ...(shown === undefined ? [] : [['shown', String(shown)]]),
    ...(asOf === undefined ? [] : [['asOf', String(asOf)]]),
  ] as [string, string][]).toString();
