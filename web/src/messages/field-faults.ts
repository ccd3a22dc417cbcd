/** What is wrong with a field of a form and how it is mended, in the words of the page: a browser says it in its own language. Pure. */
import type { Language } from '@room/contract';
import { writeNumber } from '../app/written-number.ts';
import type { Translate } from '../i18n/index.ts';

/** What is read of a field; each that a form has is one. */
export interface Field {
  type: string;
  validity: Partial<ValidityState>;
  min?: string;
  max?: string;
  minLength?: number;
  maxLength?: number;
  /** `how`: how it is written. `why`: why nothing is taken before `min`. */
  dataset: { how?: string; why?: string };
}

export interface FieldWords {
  language: Language;
  t: Translate;
  /** A local day, `YYYY-MM-DD`. */
  day: (day: string) => string;
}

/** Undefined where nothing is wrong, or where the field itself says it. */
export function fieldFault(field: Field, words: FieldWords): string | undefined {
  const { validity, type, dataset } = field;
  const { t } = words;
  const isDay = type === 'date';
  if (validity.customError) return undefined;
  if (validity.badInput) return t(isDay ? 'fieldNoDay' : 'fieldNoNumber');
  if (validity.valueMissing) {
    if (type.startsWith('select')) return t('fieldChoose');
    return t(isDay ? 'fieldNeedsDay' : 'fieldMissing');
  }
  if (validity.rangeUnderflow) {
    const fault = t(isDay ? 'fieldEarly' : 'fieldSmall', { least: boundText(field.min, isDay, words) });
    return dataset.why === undefined ? fault : t('fieldWhy', { fault, why: dataset.why });
  }
  if (validity.rangeOverflow)
    return t(isDay ? 'fieldLate' : 'fieldLarge', { most: boundText(field.max, isDay, words) });
  if (validity.stepMismatch) return t('fieldWhole');
  if (type === 'url' && (validity.typeMismatch || validity.patternMismatch)) return t('fieldLink');
  if (validity.typeMismatch) return t('fieldMail', { at: '@' });
  if (validity.patternMismatch)
    return dataset.how === undefined ? t('fieldPattern') : t('fieldHow', { how: dataset.how });
  if (validity.tooShort) return t('fieldShort', { n: field.minLength ?? 1 });
  if (validity.tooLong) return t('fieldLong', { n: field.maxLength ?? 1 });
  return undefined;
}

const boundText = (bound = '', isDay: boolean, { day, language }: FieldWords): string =>
  isDay ? day(bound) : Number.isNaN(Number(bound)) ? bound : writeNumber(Number(bound), language);
