/** How much can be said on a line. */

import type { MessageKey } from '../i18n/index.ts';
import type { Speech } from './context.ts';

/** A sentence, or a note without a word before it. */
export interface Said {
  lead?: string;
  text: string;
}

export interface Line {
  /** Of all that stands on it, in any unit. */
  length: number;
  /** Of one sentence with its mark and the gap after it, in the same unit. */
  of: (sentence: Said) => number;
}

/** So many characters: where text may wrap, or nothing measures it. */
export const ofCharacters = (length: number): Line => ({
  length,
  of: ({ lead = '', text }) => lead.length + text.length + 1,
});

export const lengthOn = ({ of }: Line, sentences: readonly Said[]): number =>
  sentences.reduce((sum, sentence) => sum + of(sentence), 0);

export const fitsOn = (line: Line, sentences: readonly Said[]): boolean => lengthOn(line, sentences) <= line.length;

/** How the names that have no room are counted: all of them, and those after some that are named. */
export interface Counted {
  only: MessageKey;
  more: MessageKey;
}

/** As many names as `fits`, the rest as a number; a single one is always named. */
export function namesWithin(
  names: readonly string[],
  fits: (listed: string) => boolean,
  { only, more }: Counted,
  { format, t }: Speech,
): string {
  const listed = (shown: number): string => {
    if (shown === 0) return t(only, { n: names.length }, names.length);
    const list = format.list(names.slice(0, shown));
    const left = names.length - shown;
    return left === 0 ? list : t(more, { names: list, n: left }, left);
  };
  let shown = names.length;
  while (shown > (names.length > 1 ? 0 : 1) && !fits(listed(shown))) shown--;
  return listed(shown);
}
