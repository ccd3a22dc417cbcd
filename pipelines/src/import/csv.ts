/**
 * Cuts text into the rows of a CSV file. Written here because a row that a stray quote swallows must be given back: no library
 * goes back to a line. Pure.
 */

/** A row that is longer is none. In characters. */
const LONGEST_ROW = 1024 * 1024;
const SLASH = '\\';

export interface CsvRow {
  /** Of the file, from 1: where the row begins. */
  line: number;
  cells: string[];
  /** Why these cells are not to be believed. */
  trouble?: string;
  /** A quote stands in it: where the number of cells is wrong, that may be why. */
  isQuoted: boolean;
  /** The text ends in the row, without a line end. */
  isUnended: boolean;
}

/** A text that cannot be cut into rows at all. */
export class NotCsv extends Error {}

export interface CsvFormat {
  delimiter: string;
  /** Makes the quote after it a character; doubled quotes are read with any. */
  escape: '"' | '\\';
}

/** Tells a quote that was left open: the row that it makes has too few or too many cells, or swallowed lines that are rows themselves. */
export interface RowShape {
  fits(cells: readonly string[]): boolean;
  looksLikeRow(cells: readonly string[]): boolean;
}

interface Quoted {
  text: string;
  /** Position of what follows the closing quote. */
  next: number;
}

/** What a cell in quotes came to: its text, a stray quote, or more is needed to say. */
type OpenField = Quoted | 'stray' | 'more';

export class CsvReader {
  /** May be changed between rows: a file can name its own. */
  format: CsvFormat;
  /** What is known of the rows once the header is: without it every row over several lines is taken as it stands. */
  shape: RowShape = { fits: () => true, looksLikeRow: () => false };
  #text = '';
  /** The line feed that was found last, and from where on it is the first: nothing is searched twice. */
  #feed = { from: 0, at: -1 };
  #line = 1;
  #isLast = false;

  constructor(format: CsvFormat) {
    this.format = format;
  }

  /** The rows that are complete with this piece of text; `isLast` where none follows. Take them all before the next piece. */
  *push(piece: string, isLast: boolean): Generator<CsvRow> {
    this.#text += piece;
    this.#isLast = isLast;
    this.#feed = { from: 0, at: -1 };
    let at = 0;
    while (at < this.#text.length) {
      const taken = this.#row(at);
      if (taken === undefined) break;
      at = taken.next;
      yield taken.row;
    }
    this.#text = this.#text.slice(at);
    if (this.#text.length > LONGEST_ROW)
      throw new NotCsv(`the row on line ${this.#line} is longer than ${LONGEST_ROW} characters: is it a CSV file?`);
  }

  #row(start: number): { row: CsvRow; next: number } | undefined {
    const end = this.#lineEnd(start);
    if (end === undefined) return undefined;
    const firstLine = this.#text.slice(start, end.at);
    const quote = firstLine.indexOf('"');
    if (quote < 0) return this.#done(firstLine.split(this.format.delimiter), start, end.next, false);
    const cells: string[] = [];
    let at = start;
    for (;;) {
      let text: string;
      if (this.#text[at] === '"') {
        const cell = this.#quoted(at);
        if (cell === 'more') return undefined;
        if (cell === 'stray') return this.#stray(firstLine, cells.length, start, end.next);
        text = cell.text;
        at = cell.next;
      } else {
        const close = this.#cellEnd(at);
        if (close === undefined) return undefined;
        text = this.#text.slice(at, close);
        at = close;
      }
      cells.push(text);
      if (!this.#text.startsWith(this.format.delimiter, at)) break;
      at += this.format.delimiter.length;
    }
    const rowEnd = this.#lineEnd(at);
    if (rowEnd === undefined) return undefined;
    if (rowEnd.next > end.next && (!this.shape.fits(cells) || this.#swallows(start, rowEnd.at)))
      return this.#stray(firstLine, cells.findIndex(hasLineEnd), start, end.next);
    return this.#done(cells, start, rowEnd.next, true);
  }

  /** A quote that nothing closes, as far as a person would see: its line is told, and the next ones are read by themselves. */
  #stray(line: string, cell: number, start: number, next: number): { row: CsvRow; next: number } {
    const done = this.#done(line.split(this.format.delimiter), start, next, true);
    const trouble =
      `a quote (") opens cell ${cell + 1} and is not closed as it should be: ` +
      'close it, or double quotes that belong to the text; the lines after it were read by themselves';
    return { ...done, row: { ...done.row, trouble } };
  }

  #done(cells: string[], start: number, next: number, isQuoted: boolean): { row: CsvRow; next: number } {
    const last = this.#text[next - 1];
    const isUnended = next === this.#text.length && last !== '\n' && last !== '\r';
    const row: CsvRow = { line: this.#line, cells, isQuoted, isUnended };
    if (isQuoted) this.#line += lineEndsIn(this.#text.slice(start, next));
    else if (!isUnended) this.#line += 1;
    return { row, next };
  }

  /** Reads each line of a row by itself: a first one that looks like a row, or one amid, cannot be part of a cell. */
  #swallows(start: number, end: number): boolean {
    const lines = this.#text
      .slice(start, end)
      .split(/\r\n|\n|\r/)
      .map((line) => line.split(this.format.delimiter).map((cell) => cell.replace(/^"|"$/g, '')));
    const [first = [], ...rest] = lines;
    const between = rest.slice(0, -1);
    const { looksLikeRow } = this.shape;
    return between.some(looksLikeRow) || (looksLikeRow(first) && rest.some(looksLikeRow));
  }

  /** The first line end from `from` on: where the line ends, and where the next begins. */
  #lineEnd(from: number): { at: number; next: number } | undefined {
    const text = this.#text;
    if (from < this.#feed.from || from > this.#feed.at) {
      const found = text.indexOf('\n', from);
      this.#feed = { from, at: found < 0 ? text.length : found };
    }
    const feed = this.#feed.at;
    const at = text.slice(from, feed).indexOf('\r') + from;
    if (at >= from) {
      if (at + 1 === text.length && !this.#isLast) return undefined;
      return { at, next: text[at + 1] === '\n' ? at + 2 : at + 1 };
    }
    if (feed < text.length) return { at: feed, next: feed + 1 };
    return this.#isLast ? { at: text.length, next: text.length } : undefined;
  }

  #cellEnd(from: number): number | undefined {
    const end = this.#lineEnd(from);
    if (end === undefined) return undefined;
    const delimiter = this.#text.indexOf(this.format.delimiter, from);
    return delimiter < 0 || delimiter > end.at ? end.at : delimiter;
  }

  #quoted(open: number): OpenField {
    const text = this.#text;
    const isSlashed = this.format.escape === SLASH;
    let cell = '';
    let isLoose = false;
    let from = open + 1;
    let at = from;
    for (;;) {
      const quote = text.indexOf('"', at);
      const slash = isSlashed ? text.indexOf(SLASH, at) : -1;
      if (slash >= 0 && (quote < 0 || slash < quote)) {
        if (slash + 1 >= text.length && !this.#isLast) return 'more';
        cell += text.slice(from, slash);
        from = slash + 1;
        at = from + 1;
        continue;
      }
      if (isLoose && hasLineEnd(text.slice(open, quote < 0 ? text.length : quote))) return 'stray';
      if (quote < 0) return this.#isLast || text.length - open > LONGEST_ROW ? 'stray' : 'more';
      const after = text[quote + 1];
      if (after === undefined && !this.#isLast) return 'more';
      if (after === '"') {
        cell += text.slice(from, quote + 1);
        from = quote + 2;
        at = from;
        continue;
      }
      const blanks = /[ \t]*/y;
      blanks.lastIndex = quote + 1;
      blanks.exec(text);
      const next = text.startsWith(this.format.delimiter, quote + 1) ? quote + 1 : blanks.lastIndex;
      if (next === text.length && !this.#isLast) return 'more';
      if (next === text.length || isLineEnd(text[next]) || text.startsWith(this.format.delimiter, next))
        return { text: cell + text.slice(from, quote), next };
      // A quote within a cell, not doubled: many programs write it so. Over a line end nobody can say where the cell ends.
      isLoose = true;
      if (hasLineEnd(text.slice(open, quote))) return 'stray';
      at = quote + 1;
    }
  }
}

const isLineEnd = (character: string | undefined): boolean => character === '\n' || character === '\r';
const hasLineEnd = (text: string): boolean => text.includes('\n') || text.includes('\r');
const lineEndsIn = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

/** One row of a CSV file that `CsvReader` reads back as it was. */
export function csvLine(cells: readonly string[], format: CsvFormat): string {
  const { delimiter } = format;
  const isSlashed = format.escape === SLASH;
  const needsQuotes = (cell: string): boolean =>
    cell.includes(delimiter) || /["\r\n]/.test(cell) || /^\s|\s$/.test(cell) || (isSlashed && cell.includes(SLASH));
  const quoted = (cell: string): string => (isSlashed ? cell.replace(/[\\"]/g, '\\$&') : cell.replaceAll('"', '""'));
  return `${cells.map((cell) => (needsQuotes(cell) ? `"${quoted(cell)}"` : cell)).join(delimiter)}\n`;
}
