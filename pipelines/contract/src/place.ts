/** A number of an answer, as the address of the page of questions names it beside the question, read. */
import { DIMENSIONS, type Dimension } from './dimensions.ts';
import type { Place } from './place-text.ts';
import { DOSSIER_MEASURES, type DossierMeasure, type Measure, type QueryAnswer } from './query.ts';
import { isLevel } from './sums.ts';

/** Of a number that events are the evidence of. */
export type EvidentPlace = Place & { measure: DossierMeasure };

/** Undefined where the text names no such number. */
export function placeIn(text: string | undefined): EvidentPlace | undefined {
  const given = new URLSearchParams(text ?? '');
  const measure = DOSSIER_MEASURES.find((one) => one === given.get('measure'));
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

/** As of when evidence of a number of an answer is asked. */
export const watermarkOf = (
  measure: Measure,
  { watermark, levelsWatermark }: Pick<QueryAnswer, 'watermark' | 'levelsWatermark'>,
): number | undefined => (isLevel(measure) ? levelsWatermark : watermark);
