/**
 * A table as CSV (RFC 4180, UTF-8 with its mark so that spreadsheets know it). What it is about stands before it, in lines that
 * begin with `#`, and after it how many rows it has: a file without that line is not whole. Numbers and days are written for
 * programs, whatever the language of the names.
 */
import type { Cell, LongTable } from './table.ts';
import type { Words } from './words.ts';

const MARK = '\ufeff';

/** A text that a spreadsheet would take for a formula is one no longer. */
const safe = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

export function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = safe(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (cells: readonly Cell[]): string => `${cells.map(cellText).join(',')}\r\n`;

/** In pieces, so that a long one is sent as it is made. */
export async function* csvOf({ about, columns, pieces }: LongTable, { end, isWhole }: Words): AsyncGenerator<string> {
  const told = [...about.map(([name, value]) => (name === value ? name : `${name}: ${value}`)), isWhole(end)];
  const first = told.map((text) => `# ${text.replace(/[\r\n]+/g, ' ')}\r\n`).join('');
  yield `${MARK}${first}${line(columns.map(({ name }) => name))}`;
  let rows = 0;
  for await (const piece of pieces) {
    rows += piece.length;
    yield piece.map(line).join('');
  }
  yield `# ${end}: ${rows}\r\n`;
}
