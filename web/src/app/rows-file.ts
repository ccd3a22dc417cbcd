/** Rows that people bring as a CSV file: its bytes as text, cut into rows, and each row read or refused by itself. Pure. */
import type { MessageKey } from '../i18n/index.ts';
import { cellsOf } from './csv.ts';

export const MOST_BYTES = 2_000_000;
export const MOST_ROWS = 1_000;

export interface RowFault {
  /** Counts from 1, without the line of names. */
  row: number;
  field: string;
  key: MessageKey;
}
export interface ReadRows<T> {
  rows: T[];
  faults: RowFault[];
  /** Why nothing of it can be read. */
  trouble?: { key: MessageKey; values?: Record<string, string | number> };
}

/** Text as spreadsheets save it, UTF-8 or UTF-16 with its mark; undefined where it is in another encoding: a name is never guessed. */
export function textOf(bytes: Uint8Array): string | undefined {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** `missing`: of these columns, which are wanted and not there. `readRow` reads one row by the names of its cells. */
export function readRows<T>(
  bytes: Uint8Array,
  missing: (columns: readonly string[]) => readonly string[],
  readRow: (cell: (name: string) => string, row: number) => { row: T; faults: RowFault[] },
): ReadRows<T> {
  const unread = (key: MessageKey, values?: Record<string, string | number>): ReadRows<T> => ({
    rows: [],
    faults: [],
    trouble: { key, ...(values === undefined ? {} : { values }) },
  });
  if (bytes.length > MOST_BYTES) return unread('rowsBig');
  const text = textOf(bytes);
  if (text === undefined || text.includes('\0')) return unread('rowsEncoding');
  const cut = cellsOf(text);
  if (cut === undefined) return unread('rowsQuote');
  const [names = [], ...rows] = cut;
  const columns = names.map((name) => name.trim().toLowerCase());
  const absent = missing(columns);
  if (rows.length === 0) return absent.length > 0 ? unread(...columnsLack(absent)) : unread('rowsEmpty');
  if (rows.length > MOST_ROWS) return unread('rowsLong', { n: rows.length });
  const read = rows.map((cells, index) =>
    readRow((name) => cells[columns.indexOf(name.toLowerCase())]?.trim() ?? '', index + 1),
  );
  const faults = read.flatMap((each) => each.faults);
  if (absent.length === 0) return { rows: read.map(({ row }) => row), faults };
  // What the columns that are there hold is told along with those that are not.
  return {
    ...unread(...columnsLack(absent)),
    faults: faults.filter(({ field }) => columns.includes(field.toLowerCase())),
  };
}

const columnsLack = (absent: readonly string[]): ['rowsColumns', { names: string }] => [
  'rowsColumns',
  { names: absent.join(', ') },
];

/** Those that can be sent by themselves, each with its number in the file. */
export function soundRows<T>({ rows, faults }: Pick<ReadRows<T>, 'rows' | 'faults'>): { row: number; of: T }[] {
  const faulty = new Set(faults.map(({ row }) => row));
  return rows.flatMap((of, index) => (faulty.has(index + 1) ? [] : [{ row: index + 1, of }]));
}
