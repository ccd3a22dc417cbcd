/** What a number of the page, and what explains it, is asked by. Pure. */
import type { EvidentPlace, ExplainedMeasure, Queries } from '@room/contract';
import type { Fields } from './asked.ts';

export { type EvidentPlace, type Place, placeIn, placeText, watermarkOf } from '@room/contract';

/** In the address, of what stands beside the answers. */
export const CLOSED = { evidence: undefined, explain: undefined } as const;

/** Members of a dimension that a panel lists. */
const LISTED = '6';

export function explainFields(fields: Fields, measure: ExplainedMeasure): Queries['/v1/explain'] {
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
  { measure, side, member, at, shown, asOf }: EvidentPlace,
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
