/** What words can mean: measures, splits, and the members of the catalogue by their names in both languages, short names and codes. */
import type { Catalogue } from '../catalogue.ts';
import { DIMENSIONS, type Dimension } from '../dimensions.ts';
import { describedBy } from '../points.ts';
import { type Measure, measuresIn, type Order, type Per } from '../query.ts';
import { type Word, wordsOf } from './tokens.ts';
import { INDEX_WORDS, MEASURE_WORDS, ORDER_WORDS, PER_WORDS, SPLIT_WORDS, WHY_WORDS } from './words.ts';

export type Meaning =
  | { kind: 'measure'; measure: Measure }
  | { kind: 'member'; dimension: Dimension; code: string }
  | { kind: 'split'; dimension: Dimension }
  | { kind: 'per'; per: Per }
  | { kind: 'order'; order: Order }
  | { kind: 'why' };

export interface Named {
  /** Folded, with single spaces. */
  key: string;
  words: readonly Word[];
  meaning: Meaning;
}

export interface Lexicon {
  /** By their folded keys. */
  meanings: ReadonlyMap<string, readonly Named[]>;
  /** Words of the longest entry. */
  longest: number;
  /** By each of their words all names of members, for words that are a part of one. */
  names: ReadonlyMap<string, readonly Named[]>;
}

const NAMES = Object.keys(DIMENSIONS) as Dimension[];

/** `Hồ Chí Minh` as `hcm`: of three words or more, so that it is no word by chance. */
const initialsOf = (key: string): string | undefined => {
  const words = key.split(' ');
  return words.length < 3 || words.length > 5 ? undefined : words.map((word) => word[0]).join('');
};

export function lexiconOf(catalogue: Catalogue): Lexicon {
  const meanings = new Map<string, Named[]>();
  const names = new Map<string, Named[]>();
  const put = (name: string, meaning: Meaning): Named | undefined => {
    const words = wordsOf(name);
    const key = words.map(({ text }) => text).join(' ');
    if (key === '') return undefined;
    const others = meanings.get(key) ?? [];
    const named: Named = { key, words, meaning };
    if (!others.some((one) => JSON.stringify(one) === JSON.stringify(named))) meanings.set(key, [...others, named]);
    return named;
  };
  const known = measuresIn(catalogue);
  for (const [word, measures] of Object.entries(MEASURE_WORDS))
    for (const measure of measures) if (known.includes(measure)) put(word, { kind: 'measure', measure });
  // People call an index by the number of what decided it: `chỉ số 766`.
  for (const number of catalogue.scoring?.decision.match(/^\d+/) ?? [])
    for (const word of INDEX_WORDS) put(`${word} ${number}`, { kind: 'measure', measure: 'indexPoints' });
  for (const measure of known) {
    const label: { vi: string; en: string } | undefined = describedBy(measure)?.label;
    for (const name of label === undefined ? [] : [label.vi, label.en]) put(name, { kind: 'measure', measure });
  }
  for (const [word, per] of Object.entries(PER_WORDS)) put(word, { kind: 'per', per });
  for (const [order, words] of Object.entries(ORDER_WORDS))
    for (const word of words) put(word, { kind: 'order', order: order as Order });
  for (const word of WHY_WORDS) put(word, { kind: 'why' });
  for (const [word, dimension] of Object.entries(SPLIT_WORDS)) put(word, { kind: 'split', dimension });
  for (const [dimension, noun] of [
    ['agency', catalogue.agencyNoun],
    ['province', catalogue.provinceNoun],
  ] as const)
    for (const name of [noun.vi, noun.en]) put(name, { kind: 'split', dimension });
  for (const dimension of NAMES)
    for (const { code, label, short, aliases = [] } of DIMENSIONS[dimension].members(catalogue)) {
      const meaning: Meaning = { kind: 'member', dimension, code };
      for (const name of [label.vi, label.en, short?.vi, short?.en]) {
        if (name === undefined) continue;
        const named = put(name, meaning);
        if (named === undefined) continue;
        const { key } = named;
        // In a status stands what reached it: a part of its name is of any dossier.
        if (dimension !== 'status')
          for (const word of new Set(key.split(' '))) names.set(word, [...(names.get(word) ?? []), named]);
        if (dimension !== 'province') continue;
        const initials = initialsOf(key);
        if (initials !== undefined) put(initials, meaning);
        // In one word, as names of two are written abroad.
        if (key.includes(' ')) put(key.replaceAll(' ', ''), meaning);
      }
      for (const name of aliases) put(name, meaning);
      if (/[a-z]/i.test(code)) put(code, meaning);
    }
  for (const { dimension, name, label, aliases = [] } of catalogue.groups ?? [])
    for (const word of [label.vi, label.en, ...aliases]) put(word, { kind: 'member', dimension, code: name });
  const longest = Math.max(1, ...[...meanings.keys()].map((key) => key.split(' ').length));
  return { meanings, longest, names };
}
