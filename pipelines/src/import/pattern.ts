/**
 * A mapping's regular expression. Whoever wrote it may be a stranger, so it is searched for in a time that grows with the length of a cell
 * alone (RE2's way): what needs more, as references to groups and looking around, is no pattern. Pure.
 */
import { RE2JS } from 're2js';

/** Characters. */
export const LONGEST_PATTERN = 500;
/** Of a cell that is searched: a longer one is no code. */
const LONGEST_CELL = 2_000;

export interface Found {
  /** Its first group, or the whole of it. */
  part: string;
  /** Where that begins. */
  at: number;
}

/** Throws where it is none. */
export function patternOf(text: string): (value: string) => Found | undefined {
  const compiled = RE2JS.compile(text);
  return (value) => {
    if (value.length > LONGEST_CELL) return undefined;
    const matcher = compiled.matcher(value);
    if (!matcher.find()) return undefined;
    const group = matcher.groupCount() > 0 && matcher.group(1) !== null ? 1 : 0;
    return { part: matcher.group(group) ?? '', at: matcher.start(group) };
  };
}

/** Why a text is no pattern; undefined where it is one. */
export function patternFault(text: string): string | undefined {
  if (text.length > LONGEST_PATTERN) return `has at most ${LONGEST_PATTERN} characters`;
  try {
    patternOf(text);
    return undefined;
  } catch (error) {
    return `is not a regular expression that is read in a time known beforehand (${(error as Error).message}): write it without references to groups and without looking ahead or behind`;
  }
}
