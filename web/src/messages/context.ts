import type { Catalogue, Label, Language, Thresholds } from '@room/contract';
import { type Format, formatIn } from '../format.ts';
import { type Translate, translatorIn } from '../i18n/index.ts';

/** All that a sentence needs to be said: how numbers and words are written, what units are called, and what is worth saying. */
export interface Speech {
  language: Language;
  format: Format;
  t: Translate;
  /** From where on it speaks up. */
  thresholds: Thresholds;
  /** Short label where there is one. */
  name: (named: { label: Label; short?: Label | undefined }) => string;
}

export const speechIn = (language: Language, catalogue: Pick<Catalogue, 'timeZone' | 'thresholds'>): Speech => ({
  language,
  format: formatIn(language, catalogue.timeZone),
  t: translatorIn(language),
  thresholds: catalogue.thresholds,
  name: (named) => (named.short ?? named.label)[language],
});

export type Mark = 'ok' | 'watch' | 'act' | 'unknown' | 'disconnected' | 'none' | 'few';

export interface Sentence {
  mark: Mark;
  /** The status word, first and bold. */
  lead: string;
  text: string;
}
