/** Cell texts as people and their programs write them: one spelling for one thing. Pure. */

const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
/** Blanks that do not break, which look like others and compare as different. */
const BLANKS = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
/** How spreadsheets keep `0012` from becoming 12. */
const FORCED_TEXT = /^="([^"]*)"$/;
const MARKED_TEXT = /^'(?=[0-9=+@-])/;
const MARKS = /\p{M}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal would act on.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/** The text of a cell: composed (NFC), ordinary blanks, none around it, without a spreadsheet's mark for "this is text". */
export function clean(cell: string): string {
  if (PLAIN.test(cell)) {
    const first = cell.charCodeAt(0);
    return first === 0x3d || first === 0x27 ? unmarked(cell) : cell;
  }
  return unmarked(cell.normalize('NFC').replace(INVISIBLE, '').replace(BLANKS, ' ').trim());
}

const unmarked = (text: string): string => text.replace(FORCED_TEXT, '$1').replace(MARKED_TEXT, '').trim();

/** Equal for texts that differ in case and the number of blanks only. */
const loosened = (text: string): string => clean(text).replace(/\s+/g, ' ').toLowerCase();

/** And without diacritics. */
export const bared = (text: string): string =>
  loosened(text).normalize('NFD').replace(MARKS, '').replaceAll('đ', 'd').normalize('NFC');

/** The one of `names` that a text means, undefined where it means none, an array where it may mean several. */
export type Choice = (text: string) => string | undefined | readonly string[];

/**
 * Finds names in cells: as they stand, else in other case, else, for a text without any diacritic, without theirs. Two names
 * that differ in diacritics only are never taken for each other.
 */
export function choiceOf(names: readonly string[]): Choice {
  const exact = new Map(names.map((name) => [clean(name), name]));
  const loose = grouped(names, loosened);
  const bare = grouped(names, bared);
  return (text) => {
    const same = exact.get(text);
    if (same !== undefined) return same;
    const folded = loosened(text);
    const found = loose.get(folded) ?? (folded === bared(text) ? bare.get(folded) : undefined);
    return found?.length === 1 ? found[0] : found;
  };
}

function grouped(names: readonly string[], key: (name: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(key(name), [...(groups.get(key(name)) ?? []), name]);
  return groups;
}

/** What may go to a terminal: bytes that steer it are shown as their numbers. */
export const printable = (text: string): string =>
  text.replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Why a text cannot be part of an id, if it cannot: an id stands for ever, and two must never become one. */
export function damageOf(text: string): string | undefined {
  if (text.includes('\ufffd')) return 'contains the mark of a lost character (U+FFFD): the file was damaged before';
  if (text.search(CONTROLS) >= 0) return 'contains control characters: is it read in the right encoding?';
  return undefined;
}
