/** A number of the page, as its address names it beside the question. Pure. */
import { COUNTED, type CountedMeasure, DIMENSIONS, type Dimension, type Queries } from '@room/contract';
import type { Fields } from './asked.ts';

export interface Place {
  measure: CountedMeasure;
  side: 'now' | 'before';
  /** Of a row; without it the number is of all that is asked for. */
  member?: { dimension: Dimension; code: string };
  /** A point of the curve. */
  at?: string;
  /** As it was shown, and what the answer was made from: so it stays provable. */
  shown?: number;
  asOf?: number;
}

/** In the address, of what stands beside the answers. */
export const CLOSED = { evidence: undefined, explain: undefined } as const;

export const placeText = ({ measure, side, member, at, shown, asOf }: Place): string =>
  new URLSearchParams([
    ['measure', measure],
    ['side', side],
    ...(member === undefined ? [] : [[member.dimension, member.code]]),
    ...(at === undefined ? [] : [['at', at]]),
    ...(shown === undefined ? [] : [['shown', String(shown)]]),
    ...(asOf === undefined ? [] : [['asOf', String(asOf)]]),
  ] as [string, string][]).toString();

/** Undefined where the text names no number. */
export function placeIn(text: string | undefined): Place | undefined {
  const given = new URLSearchParams(text ?? '');
  const measure = COUNTED.find((one) => one === given.get('measure'));
  if (measure === undefined) return undefined;
  const dimension = (Object.keys(DIMENSIONS) as Dimension[]).find((name) => given.has(name));
  const at = given.get('at') ?? undefined;
  const number = (name: string): number | undefined => {
    const value = given.get(name);
    return value === null || value === '' || !Number.isFinite(Number(value)) ? undefined : Number(value);
  };
  const [shown, asOf] = [number('shown'), number('asOf')];
  return {
    measure,
    side: given.get('side') === 'before' ? 'before' : 'now',
    ...(dimension === undefined ? {} : { member: { dimension, code: given.get(dimension) ?? '' } }),
    ...(at === undefined ? {} : { at }),
    ...(shown === undefined ? {} : { shown }),
    ...(asOf === undefined ? {} : { asOf }),
  };
}

/** Members of a dimension that a panel lists. */
const LISTED = '6';

export function explainFields(fields: Fields, measure: CountedMeasure): Queries['/v1/explain'] {
  const {
    split: _split,
    sort: _sort,
    order: _order,
    top: _top,
    grain: _grain,
    measures: _measures,
    per: _per,
    ...rest
  } = fields;
  return { ...rest, measure, top: LISTED };
}

/** What the API is asked for: the question, and the place in its answer. */
export function evidenceFields(
  fields: Fields,
  { measure, side, member, at, shown, asOf }: Place,
): Queries['/v1/evidence'] {
  const { split: _split, sort: _sort, order: _order, top: _top, grain, measures: _measures, ...rest } = fields;
  return {
    ...rest,
    measure,
    side,
    ...(member === undefined ? {} : { split: member.dimension, key: member.code }),
    ...(at === undefined || grain === undefined ? {} : { grain, at }),
    ...(shown === undefined ? {} : { shown: String(shown) }),
    ...(asOf === undefined ? {} : { asOf: String(asOf) }),
  };
}
