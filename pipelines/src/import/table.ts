/** Rows of data under their header, out of whatever file was handed over. */
import { turn } from '@room/runtime';
import { fitted, shapeOf } from './bind.ts';
import { type CsvFormat, CsvReader, type CsvRow, type RowShape } from './csv.ts';
import { type Input, Unreadable } from './input.ts';
import { columnsOf, type Mapping } from './mapping.ts';
import { decimalOf } from './numbers.ts';
import { isRejects, REJECTS_COLUMNS } from './rejects.ts';
import { type Hidden, type Sheet, sheetOf } from './sheet.ts';
import { choiceOf, clean } from './text.ts';

/** A header is looked for in so many rows. */
const HEADER_ROWS = 50;
const ROWS_OF_A_TURN = 500;
/** As many as a spreadsheet has. */
export const MOST_COLUMNS = 16_384;

export interface TableRow {
  /** Of the file, from 1. */
  line: number;
  cells: readonly string[];
  /** Why the row cannot be read, whatever its cells mean. */
  trouble?: string;
}

export interface Table {
  header: readonly string[];
  /** How this file is written, for whoever writes rows of it. */
  format: CsvFormat;
  /** Lines before the header that were passed over. */
  preamble: number;
  /** Rows without any text, so far. */
  blank: () => number;
  /** Sheets of a workbook that are not read. */
  sheets: readonly string[];
  /** Of a workbook: how many rows there are. */
  size: number | undefined;
  /** What its sheet does not show, of what was read so far. */
  hidden: () => Hidden | undefined;
  /** The cells of a row that are the file's own: rejects have the line and the reason before them. */
  own: (cells: readonly string[]) => readonly string[];
  rows: AsyncIterable<TableRow>;
}

/** How the file is written. */
export type TableFormat = Pick<Mapping, 'delimiter' | 'escape' | 'sheet' | 'numberFormat' | 'columns'>;
/** By what its header and its rows are known. */
export interface TableSigns {
  /** Names of columns that are looked for. */
  names: readonly string[];
  shape: (header: readonly string[]) => RowShape;
  /** As many columns as are read; those of a spreadsheet without it. */
  mostColumns?: number;
  /** What is to be done about a last row without a line end that is whole; without it, what goes where there are rejects. */
  whole?: string;
}

/** A table of events. */
export const openTable = (input: Input, mapping: Mapping): Promise<Table | undefined> =>
  tableOf(input, mapping, {
    names: [...columnsOf(mapping), ...namesInIds(mapping)],
    shape: (header) => shapeOf(mapping, header),
  });

/** Finds the header; undefined where the file has no row. */
export async function tableOf(input: Input, mapping: TableFormat, signs: TableSigns): Promise<Table | undefined> {
  const { whole = OF_REJECTS } = signs;
  const format: CsvFormat = { delimiter: mapping.delimiter, escape: mapping.escape };
  const reader = new CsvReader(format);
  const { content } = input;
  const sheet =
    content.kind === 'workbook'
      ? await sheetOf(content.source, mapping.sheet, decimalOf(mapping.numberFormat))
      : undefined;
  const raw = content.kind === 'text' ? csvRows(content.pieces, reader) : sheetRows(sheet);
  const first: CsvRow[] = [];
  const wanted = [...new Set(signs.names)].map((name) => ({
    name: clean(name),
    choice: choiceOf([name]),
  }));
  const found = (cells: readonly string[]): number => {
    // A header is no wider for it: what is looked for stands among the first.
    const texts = cells.slice(0, signs.mostColumns ?? MOST_COLUMNS).map(clean);
    return wanted.filter(({ name, choice }) => texts.some((text) => text === name || choice(text) !== undefined))
      .length;
  };
  let best = -1;
  let most = -1;
  while (first.length < HEADER_ROWS && most < wanted.length) {
    const { value: row, done } = await raw.next();
    if (done) break;
    if (first.length === 0 && row.line === 1 && takeSeparator(row, reader)) continue;
    first.push(row);
    if (mapping.columns !== undefined) break;
    const known = found(row.cells);
    await turn();
    if (known > most) {
      most = known;
      best = first.length - 1;
    }
  }
  let twofold = -1;
  for (let at = 0; at < first.length && twofold < 0 && most < wanted.length; at++) {
    if (found(joinedHead(first, at)) > most) twofold = at;
    await turn();
  }
  // Names over names, as merged cells give them.
  const [start] = twofold < 0 ? first : [{ ...(first[twofold] as CsvRow), cells: joinedHead(first, twofold) }];
  if (start === undefined) return undefined;
  const isNamed = mapping.columns === undefined || isRejects(start.cells);
  const top = mapping.columns === undefined && twofold < 0 ? first[best] : start;
  const header = isNamed ? (top ?? start).cells.map(clean) : (mapping.columns ?? []);
  reader.shape = signs.shape(header);
  const mostColumns = signs.mostColumns ?? MOST_COLUMNS;
  if (header.length > mostColumns)
    throw new Unreadable(`the header has ${header.length} columns; ${mostColumns} are read at most: is it a table?`);
  const before = isNamed ? (twofold < 0 ? Math.max(best, 0) + 1 : twofold + 2) : 0;
  let blank = 0;
  async function* rows(): AsyncGenerator<TableRow> {
    for (const row of first.slice(before)) yield* read(row);
    let n = 0;
    for await (const row of raw) {
      // Blank ones too: whoever else is there has a turn.
      if (++n % ROWS_OF_A_TURN === 0) await turn();
      yield* read(row);
    }
  }
  function* read(row: CsvRow): Generator<TableRow> {
    if (row.trouble === undefined && row.cells.every((cell) => cell === END_MARK || clean(cell) === '')) {
      blank += 1;
      return;
    }
    const cells = fitted(row.cells, header);
    const trouble =
      row.trouble ?? (cells === undefined ? wrongWidth(row, header) : row.isUnended ? UNENDED + whole : undefined);
    yield { line: row.line, cells: cells ?? row.cells, ...(trouble === undefined ? {} : { trouble }) };
  }
  return {
    header,
    format: reader.format,
    preamble: before === 0 ? 0 : (first[before - 1]?.line ?? 1) - 1,
    blank: () => blank,
    sheets: sheet?.others ?? [],
    size: sheet?.size,
    hidden: () => sheet?.hidden(),
    own: isRejects(header) ? (cells) => cells.slice(REJECTS_COLUMNS.length) : (cells) => cells,
    rows: rows(),
  };
}

/** A name over several columns is told before each of theirs (`Hồ sơ / Nộp`); a column that has one name alone keeps it. */
export function joinedNames(upper: readonly string[], lower: readonly string[]): string[] {
  let over = '';
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, at) => {
    const [above, below] = [clean(upper[at] ?? ''), clean(lower[at] ?? '')];
    if (above !== '') over = above;
    if (below === '') over = '';
    return below === '' ? above : over === '' ? below : `${over} / ${below}`;
  });
}

/** What stands in the braces of ids: a row that has these too is the header, not a remark before it. */
const namesInIds = ({ events }: Mapping): string[] =>
  events.flatMap(({ id }) =>
    typeof id === 'string' ? [...id.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name) : [],
  );

const joinedHead = (rows: readonly CsvRow[], at: number): string[] =>
  joinedNames(rows[at]?.cells ?? [], rows[at + 1]?.cells ?? []);

/** What old programs write where a text ends (Ctrl-Z). */
const END_MARK = '\u001a';

const UNENDED = 'the file ends within this row, without a line end: it may be still being written, or cut off; ';
const OF_REJECTS = 'where the row is whole, import the rejects file';

function wrongWidth(row: CsvRow, header: readonly string[]): string {
  const why = !row.isQuoted
    ? ''
    : row.cells.some((cell) => cell.includes('\\'))
      ? '; there are quotes and backslashes in it: where \\" stands for a quote, say so by "escape" in the mapping'
      : '; there are quotes (") in it: is one of them not closed, or not doubled?';
  return `the row has ${row.cells.length} cells, the header ${header.length}${why}`;
}

async function* csvRows(pieces: AsyncIterable<string>, reader: CsvReader): AsyncGenerator<CsvRow, undefined> {
  let isFirst = true;
  for await (const piece of pieces) {
    const delimiter = isFirst ? rejectsDelimiter(piece) : undefined;
    if (delimiter !== undefined) reader.format = { ...reader.format, delimiter };
    isFirst = false;
    yield* reader.push(piece, false);
  }
  yield* reader.push('', true);
  return undefined;
}

async function* sheetRows(sheet: Sheet | undefined): AsyncGenerator<CsvRow, undefined> {
  if (sheet !== undefined) for await (const row of sheet.rows) yield { ...row, isQuoted: false, isUnended: false };
  return undefined;
}

/** Of a file of rejects, which tells it by its first two names: a spreadsheet program writes a mended one in its own way. */
const rejectsDelimiter = (text: string): string | undefined =>
  new RegExp(`^"?${REJECTS_COLUMNS.join('"?(\\W{1,4}?)"?')}`).exec(text)?.[1];

/** `sep=;` in the first line is what spreadsheets write and read: no row, but the delimiter. */
function takeSeparator(row: CsvRow, reader: CsvReader): boolean {
  const delimiter = /^sep=(.)$/i.exec(row.cells.join(reader.format.delimiter))?.[1];
  if (delimiter === undefined) return false;
  reader.format = { ...reader.format, delimiter };
  return true;
}
