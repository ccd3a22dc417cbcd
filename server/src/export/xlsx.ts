/** A table as a workbook: what it is about on a first sheet, then the data with real numbers and days. */
import writeXlsxFile, { type Cell as SheetCell } from 'write-excel-file/node';
import { HttpError } from '../errors.ts';
import type { Cell, ColumnKind, Table } from './table.ts';
import type { Words } from './words.ts';

/** A workbook is made at once, in this process: some tenths of a second for as many. */
const MOST_CELLS = 200_000;

const FORMATS: Readonly<Record<Exclude<ColumnKind, 'text'>, string>> = {
  count: '#,##0',
  rate: '#,##0.00',
  share: '0.0%',
  day: 'yyyy-mm-dd',
  month: 'yyyy-mm',
  hour: 'yyyy-mm-dd hh:mm',
};
const WIDTHS: Readonly<Record<ColumnKind, number>> = {
  text: 28,
  count: 16,
  rate: 16,
  share: 16,
  day: 12,
  month: 10,
  hour: 17,
};

/** A local time as a workbook has it, which knows no zones: as if it were UTC. */
const timeOf = (at: string): Date => new Date(at.length === 7 ? `${at}-01` : at.length === 13 ? `${at}:00Z` : at);

function cellOf(cell: Cell, kind: ColumnKind): SheetCell {
  if (cell === undefined) return null;
  if (kind === 'text') return { value: String(cell), type: String };
  const format = FORMATS[kind];
  if (typeof cell === 'number') return { value: cell, type: Number, format };
  return { value: timeOf(cell), type: Date, format };
}

const bold = (value: string): SheetCell => ({ value, type: String, fontWeight: 'bold', wrap: true });

/** Throws 422 where it is too large. */
export function assertFits({ columns, rows }: Table): void {
  const cells = columns.length * rows.length;
  if (cells > MOST_CELLS)
    throw new HttpError(
      422,
      'too_much',
      `a workbook has at most ${MOST_CELLS} cells, this one ${cells}: take it as CSV`,
      undefined,
      { numbers: { cells, most: MOST_CELLS } },
    );
}

export async function* xlsxOf({ about, columns, rows }: Table, words: Words): AsyncGenerator<Uint8Array> {
  const book = writeXlsxFile([
    {
      sheet: words.about,
      columns: [{ width: 36 }, { width: 100 }],
      data: about.map(([name, value]) => [bold(name), { value, type: String, wrap: true }]),
    },
    {
      sheet: words.data,
      stickyRowsCount: 1,
      columns: columns.map(({ kind }) => ({ width: WIDTHS[kind] })),
      data: [
        columns.map(({ name }) => bold(name)),
        ...rows.map((row) => columns.map(({ kind }, n) => cellOf(row[n], kind))),
      ],
    },
  ]);
  yield await book.toBuffer();
}
