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

/** As many names as fit into `room` characters, the rest as a number; a single one is always named. */
export function namesWithin(names: readonly string[], room: number, { format, t }: Speech): string {
  const listed = (shown: number): string => {
    if (shown === 0) return t('namesOnly', { n: names.length });
    const list = format.list(names.slice(0, shown));
    return shown === names.length ? list : t('namesMore', { names: list, n: names.length - shown });
  };
  let shown = names.length;
  while (shown > (names.length > 1 ? 0 : 1) && listed(shown).length > room) shown--;
  return listed(shown);
}
