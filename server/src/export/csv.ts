/**
 * A table as CSV (RFC 4180, UTF-8 with its mark so that spreadsheets know it). What it is about stands before it, in lines that
 * begin with `#`. Numbers and days are written for programs, whatever the language of the names.
 */
import type { Cell, Table } from './table.ts';

const ROWS_AT_ONCE = 500;
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
export async function* csvOf({ about, columns, rows }: Table): AsyncGenerator<string> {
  const told = about.map(([name, value]) =>
    `# ${name === value ? name : `${name}: ${value}`}`.replace(/[\r\n]+/g, ' '),
  );
  yield `${MARK}${told.join('\r\n')}\r\n${line(columns.map(({ name }) => name))}`;
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    yield rows
      .slice(at, at + ROWS_AT_ONCE)
      .map(line)
      .join('');
}
