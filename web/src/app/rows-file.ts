/** Rows that people bring as a CSV file: its bytes as text, cut into rows, and each row read or refused by itself; or what the room reads by a mapping. */
import { MOST_ROWS_BYTES, type RowsRead } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import { answerOf, telling } from './client.ts';
import { cellsOf } from './csv.ts';

export const MOST_BYTES = MOST_ROWS_BYTES;
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

/** By a mapping, as the room reads files of offices. Throws `RequestFailed`. */
export async function readByMapping(rows: 'tasks' | 'reports', mapping: string, bytes: Uint8Array): Promise<RowsRead> {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return (await answerOf('/v1/rows/read', telling({ rows, mapping, content: btoa(binary) }))) as RowsRead;
}
/** Bytes of one call. */
const PIECE = 8_192;

/** What rows are, as a table: a column for each field that any of them has, by its path. */
export function cellsShown(rows: readonly { row: number; of: unknown }[]): {
  columns: string[];
  rows: { row: number; cells: string[] }[];
} {
  const flat = rows.map(({ row, of }) => ({ row, fields: new Map(fieldsOf(of, '')) }));
  const columns = [...new Set(flat.flatMap(({ fields }) => [...fields.keys()]))];
  return {
    columns,
    rows: flat.map(({ row, fields }) => ({ row, cells: columns.map((name) => fields.get(name) ?? '') })),
  };
}

const fieldsOf = (of: unknown, path: string): [string, string][] =>
  typeof of === 'object' && of !== null
    ? Object.entries(of).flatMap(([name, value]) => fieldsOf(value, path === '' ? name : `${path}.${name}`))
    : [[path, String(of)]];
