/** Text that somebody else wrote, within a sentence: so that it does not turn the words beside it. Elements of pages do it by their style. */

/** Letters of scripts from right to left, and marks of direction. */
const TURNS = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\ud802\ud803\ud83a\ud83b]/;
/** What could end the isolation, or begin another that nothing ends. */
const MARKS = /[\u202a-\u202e\u2066-\u2069]/g;
const BEGIN = '\u2068';
const END = '\u2069';

/** Lines as they are where nothing of them turns; else between marks of Unicode that isolate them. */
export const isolated = (text: string): string =>
  text.replace(/[^\r\n]+/g, (line) => (TURNS.test(line) ? `${BEGIN}${line.replace(MARKS, '')}${END}` : line));

/** What of an isolated text was cut off ends with it. */
export const endIsolation = (text: string): string =>
  text.lastIndexOf(BEGIN) > text.lastIndexOf(END) ? `${text}${END}` : text;
