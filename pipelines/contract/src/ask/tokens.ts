/** Words of what was typed, without case and diacritics: `Cà Mau` and `ca mau` are the same. Pure. */

export interface Token {
  /** Folded. */
  text: string;
  /** Where it stands in what was typed, the end not included. */
  from: number;
  to: number;
}

export const fold = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');

/** A date written with its signs is one word; other signs part words. */
const WORD = /\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}\/\d{4}|\d{1,2}\/\d{1,2}|[\p{L}\p{M}\p{N}]+/gu;

export const tokensOf = (typed: string): Token[] =>
  [...typed.matchAll(WORD)].map(([text], n, all) => {
    const from = all[n]?.index ?? 0;
    return { text: fold(text), from, to: from + text.length };
  });

/** A name as a key of the words that can be looked up. */
export const keyOf = (name: string): string =>
  tokensOf(name)
    .map(({ text }) => text)
    .join(' ');
