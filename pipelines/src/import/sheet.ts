/** Rows of a workbook (.xlsx) as texts. */
import { readSheet } from 'read-excel-file/node';
import { Unreadable } from './input.ts';

export interface SheetRow {
  /** Of the sheet, from 1. */
  line: number;
  cells: string[];
}

/**
 * Dates become `yyyy-MM-dd` or `yyyy-MM-ddTHH:mm:ss`, times alone `HH:mm:ss`, numbers the digits that are stored, with `decimal`
 * before what is no whole number.
 */
export async function sheetRows(workbook: Buffer, sheet: string | number, decimal: '.' | ','): Promise<SheetRow[]> {
  // Digits as they are stored: an id of many digits must not become another number.
  const parseNumber = (digits: string): Digits => ({ digits });
  const rows = await readSheet<Digits>(workbook, sheet, { parseNumber, trim: false }).catch((cause: unknown) => {
    throw new Unreadable(
      `the workbook cannot be read (${(cause as Error).message}): is it an .xlsx file, and has it a sheet ${sheet}?`,
      { cause },
    );
  });
  return rows.map((row, at) => ({ line: at + 1, cells: row.map((cell) => textOf(cell, decimal)) }));
}

interface Digits {
  digits: string;
}

function textOf(cell: unknown, decimal: '.' | ','): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return dateText(cell);
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  if (typeof cell === 'string') return cell;
  return numberText((cell as Digits).digits, decimal);
}

function numberText(digits: string, decimal: '.' | ','): string {
  const number = Number(digits);
  // Programs store 1E3, and 3 as 2.9999999999999996.
  const plain = /^-?\d+$/.test(digits) ? digits : String(Number(number.toPrecision(15)));
  return plain.replace('.', decimal);
}

function dateText(at: Date): string {
  // Serial numbers of days are rounded: a second is more exact than they are.
  const text = new Date(Math.round(at.getTime() / 1_000) * 1_000).toISOString().slice(0, 19);
  if (text < '1900-01-01') return text.slice(11);
  return text.endsWith('T00:00:00') ? text.slice(0, 10) : text;
}
