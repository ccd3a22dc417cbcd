/** Words of what was typed, without case: `Cà Mau` and `ca mau` are the same, `hài` and `hải` are not. Pure. */

export interface Word {
  /** Folded. */
  text: string;
  /** Its diacritics, wherever in it they were put; empty where it has none. */
  marks: string;
}

export interface Token extends Word {
  /** Where it stands in what was typed, the end not included. */
  from: number;
  to: number;
  /** Written in capitals, as codes are. */
  isCapital: boolean;
}

export const fold = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');

/** `hòa` and `hoà` are one word. */
const marksOf = (text: string): string =>
  [
    ...text
      .normalize('NFD')
      .toLowerCase()
      .matchAll(/\p{M}|đ/gu),
  ]
    .map(([mark]) => mark)
    .sort()
    .join('');

/** A date written with its signs is one word; other signs part words. */
const WORD =
  /\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}\/\d{4}|\d{1,2}\/\d{1,2}|\d{1,2}-\d{1,2}(?![\d/-])|[\p{L}\p{M}\p{N}]+/gu;

export const tokensOf = (typed: string): Token[] =>
  [...typed.matchAll(WORD)].map(([text], n, all) => {
    const from = all[n]?.index ?? 0;
    return {
      text: fold(text),
      marks: marksOf(text),
      from,
      to: from + text.length,
      isCapital: text.length > 1 && text === text.toUpperCase() && text !== text.toLowerCase(),
    };
  });

export const wordsOf = (name: string): Word[] => tokensOf(name).map(({ text, marks }) => ({ text, marks }));

/** A name as a key of the words that can be looked up. */
export const keyOf = (name: string): string =>
  tokensOf(name)
    .map(({ text }) => text)
    .join(' ');

/** Whether what was typed is this: a word without diacritics may be any, those that somebody wrote are meant. */
export const agrees = (typed: readonly Word[], name: readonly Word[]): boolean =>
  typed.length === name.length &&
  typed.every(({ text, marks }, n) => text === name[n]?.text && (marks === '' || marks === name[n].marks));
