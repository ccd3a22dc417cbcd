/** Cell texts as people and their programs write them: one spelling for one thing. Pure. */

const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
/** Blanks that do not break, which look like others and compare as different. */
const BLANKS = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
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

const DASHES = /\s*[-\u2010-\u2015\u2212]\s*/g;
/** The mark of a tone, and the rest of its word: `hoà` and `hòa` are one word by two rules of spelling. */
const TONED = /([\u0300\u0301\u0303\u0309\u0323])((?:\p{L}|\p{M})+)/gu;

/** Equal for texts that differ in case, in blanks, in kinds of dashes and in the letter of a word that bears its tone only. */
const loosened = (text: string): string =>
  clean(text)
    .replace(DASHES, '-')
    .replace(/\s+/g, ' ')
    .toLowerCase()
    .normalize('NFD')
    .replace(TONED, '$2$1')
    .normalize('NFC');

/** And without diacritics. */
export const bared = (text: string): string =>
  loosened(text).normalize('NFD').replace(MARKS, '').replaceAll('đ', 'd').normalize('NFC');

/** And without the blanks and dashes that people leave out with them (`Danang`); undefined beside digits, where they tell codes apart. */
const joined = (text: string): string | undefined =>
  /\p{N}/u.test(text) ? undefined : bared(text).replace(/[\s-]/g, '');

/** The one of `names` that a text means, undefined where it means none, an array where it may mean several. */
export type Choice = (text: string) => string | undefined | readonly string[];

/**
 * Finds names in cells: as they stand, else in other case, else, for a text without any diacritic, without theirs and without blanks. Two names
 * that differ in diacritics only are never taken for each other.
 */
export function choiceOf(names: readonly string[]): Choice {
  const exact = new Map(names.map((name) => [clean(name), name]));
  const loose = grouped(names, loosened);
  const bare = grouped(names, bared);
  const run = grouped(names, joined);
  return (text) => {
    const same = exact.get(text);
    if (same !== undefined) return same;
    const folded = loosened(text);
    const isBare = folded === bared(text);
    const found = loose.get(folded) ?? (isBare ? (bare.get(folded) ?? run.get(joined(text) ?? '')) : undefined);
    return found?.length === 1 ? found[0] : found;
  };
}

function grouped(names: readonly string[], keyOf: (name: string) => string | undefined): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = keyOf(name);
    if (key !== undefined && key !== '') groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return groups;
}

/** What may go to a terminal: bytes that steer it are shown as their numbers. */
export const printable = (text: string): string =>
  text.replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Why a text cannot be part of an id, if it cannot: an id stands for ever, and two must never become one. */
export function damageOf(text: string): string | undefined {
  if (text.includes('\ufffd')) return 'contains the mark of a lost character (U+FFFD): the file was damaged before';
  if (text.search(CONTROLS) >= 0) return 'contains control characters: is it read in the right encoding?';
  if (/^".*"$/s.test(text))
    return 'stands in quotes: take the blanks before or after them out of the file, or mend the cell';
  return undefined;
}
