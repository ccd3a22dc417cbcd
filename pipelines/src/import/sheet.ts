/** Rows of a workbook (.xlsx) as texts. */
import readWorkbook from 'read-excel-file/node';
import { checkWorkbook } from './archive.ts';
import { Unreadable } from './input.ts';

export interface SheetRow {
  /** Of the sheet, from 1. */
  line: number;
  cells: string[];
}

export interface Sheet {
  name: string;
  /** The one that is read where a mapping names none. */
  isFirst: boolean;
  rows: SheetRow[];
  /** Names of the other sheets that have rows: nothing of them is read. */
  others: string[];
}

/**
 * Dates become `yyyy-MM-dd` or `yyyy-MM-ddTHH:mm:ss`, times alone `HH:mm:ss`, numbers the digits that are stored, with `decimal`
 * before what is no whole number. `sheet` is a name, or a number from 1; without one it is the sheet of the most rows.
 */
export async function sheetOf(
  workbook: Buffer,
  sheet: string | number | undefined,
  decimal: '.' | ',',
): Promise<Sheet> {
  await checkWorkbook(workbook);
  // Digits as they are stored: an id of many digits must not become another number.
  const parseNumber = (digits: string): Digits => ({ digits });
  const sheets = await readWorkbook<Digits>(workbook, { parseNumber, trim: false }).catch((cause: unknown) => {
    throw new Unreadable(`the workbook cannot be read (${(cause as Error).message}): is it an .xlsx file?`, { cause });
  });
  const found =
    sheet === undefined
      ? sheets.toSorted((one, other) => other.data.length - one.data.length)[0]
      : sheets.find((one, at) => (typeof sheet === 'number' ? at + 1 === sheet : one.sheet === sheet));
  if (found === undefined)
    throw new Unreadable(`the workbook has no sheet ${sheet}; it has ${sheets.map((one) => one.sheet).join(', ')}`);
  return {
    name: found.sheet,
    isFirst: found === sheets[0],
    rows: found.data.map((row, at) => ({ line: at + 1, cells: row.map((cell) => textOf(cell, decimal)) })),
    others: sheets.filter((one) => one !== found && one.data.length > 0).map((one) => one.sheet),
  };
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
