/** Rows of a workbook (.xlsx) as texts, one after the other. */
import { Archive, ELSEWHERE, parsed } from './archive.ts';
import { Unreadable, type WorkbookSource } from './input.ts';
import { CellText, isTrue, type SheetPart, unescaped, type Workbook, workbookOf } from './workbook.ts';

/** Those of the format. */
const LAST_ROW = 1_048_576;
const LAST_COLUMN = 16_384;
/** Rows are as wide as the widest of the first so many, among which the header is. */
const HEADER_ROWS = 50;
/** Of all rows at that width, empty ones too. */
const MOST_CELLS = 200_000_000;
const LONGEST_VALUE = 1_000;
const SHORTEST_TAG = 200;

export interface SheetRow {
  /** Of the sheet, from 1. */
  line: number;
  cells: string[];
}

/** What a sheet does not show, and an import reads all the same: known of what was read so far. */
export interface Hidden {
  rows: number;
  /** By their letters, as `C` or `E:G`. */
  columns: readonly string[];
  /** The sheet itself. */
  sheet: boolean;
}

export interface Sheet {
  name: string;
  /** The one that is read where a mapping names none. */
  isFirst: boolean;
  /** How many rows there are; some may be empty. */
  size: number;
  rows: AsyncGenerator<SheetRow, undefined>;
  hidden: () => Hidden;
  /** Names of the other sheets that have rows: nothing of them is read. */
  others: string[];
}

/**
 * Dates become `yyyy-MM-dd` or `yyyy-MM-ddTHH:mm:ss`, times alone `HH:mm:ss`, numbers the digits that are stored, with `decimal`
 * before what is no whole number. `sheet` is a name, or a number from 1; without one it is the sheet of the most rows, of those that
 * are not hidden if there is one. The archive is open until the rows are read.
 */
export async function sheetOf(
  source: WorkbookSource,
  sheet: string | number | undefined,
  decimal: '.' | ',',
): Promise<Sheet> {
  const archive = await Archive.open(source);
  try {
    const workbook = await workbookOf(archive);
    const all: (SheetPart & { size: number })[] = [];
    // Each part once to its end: a broken one sends nothing.
    for (const part of workbook.sheets) all.push({ ...part, size: await sizeOf(archive, part.part) });
    const bySize = all.toSorted((one, other) => other.size - one.size);
    const found =
      sheet === undefined
        ? (bySize.find((one) => !one.isHidden && one.size > 0) ?? bySize[0])
        : all.find((one, at) => (typeof sheet === 'number' ? at + 1 === sheet : one.name === sheet));
    if (found === undefined)
      throw new Unreadable(
        sheet === undefined
          ? 'the workbook has no sheet with cells'
          : `the workbook has no sheet ${sheet}; it has ${all.map((one) => one.name).join(', ')}`,
      );
    const hidden = { rows: 0, columns: [] as string[], sheet: found.isHidden };
    return {
      name: found.name,
      isFirst: found === all[0],
      size: found.size,
      rows: rowsOf(archive, found, workbook, decimal, hidden),
      hidden: () => hidden,
      others: all
        .filter((one) => one !== found && one.size > 0)
        .map((one) => (one.isHidden ? `${one.name} (hidden)` : one.name)),
    };
  } catch (cause) {
    await archive[Symbol.asyncDispose]();
    throw cause;
  }
}

/** Rows that are written in a sheet. */
async function sizeOf(archive: Archive, part: string): Promise<number> {
  let rows = 0;
  let rest = '';
  for await (const text of archive.texts(part)) {
    const all = rest + text;
    // A tag that a piece cuts is counted with the next one.
    const end = Math.max(0, all.lastIndexOf('<'), all.length - SHORTEST_TAG);
    for (const _ of all.slice(0, end).matchAll(/<(?:\w+:)?row\b/g)) rows += 1;
    rest = all.slice(end);
  }
  return rows + [...rest.matchAll(/<(?:\w+:)?row\b/g)].length;
}

async function* rowsOf(
  archive: Archive,
  { part, size }: { part: string; size: number },
  workbook: Workbook,
  decimal: '.' | ',',
  hidden: { rows: number; columns: string[] },
): AsyncGenerator<SheetRow, undefined> {
  await using _ = archive;
  let done: SheetRow[] = [];
  let line = 0;
  let column = 0;
  let cells: string[] = [];
  let read = 0;
  let width = 0;
  const end = (): void => {
    if (cells.length === 0) return;
    read += 1;
    if (read <= HEADER_ROWS) width = Math.max(width, cells.length);
    if (size * width > MOST_CELLS) throw beyond(line, width);
    while (cells.length < width) cells.push('');
    done.push({ line, cells });
  };
  let [type, style] = ['', undefined as string | undefined];
  let value = '';
  let isValue = false;
  const text = new CellText();
  const steps = parsed(archive.texts(part), {
    open: (name, attribute) => {
      text.open(name);
      isValue = name === 'v';
      if (name === 'row') {
        line = rowNumber(attribute('r'), line + 1);
        [column, cells] = [0, []];
        if (isTrue(attribute('hidden'))) hidden.rows += 1;
      } else if (name === 'c') {
        column = columnOf(attribute('r')) ?? column + 1;
        if (column > LAST_COLUMN) throw beyond(line, column);
        [type, style, value] = [attribute('t') ?? 'n', attribute('s'), ''];
      } else if (name === 'col' && isTrue(attribute('hidden'))) {
        hidden.columns.push(range(Number(attribute('min')), Number(attribute('max'))));
        if (hidden.columns.length > LAST_COLUMN) throw beyond(line, hidden.columns.length);
      }
    },
    text: (piece) => {
      text.add(piece);
      if (isValue) value += piece;
    },
    close: (name) => {
      text.close(name);
      isValue = false;
      if (name === 'c') {
        const runs = text.take();
        const cell = type === 'inlineStr' ? runs : cellText({ type, style, value, column, line }, workbook, decimal);
        if (cell !== '') {
          while (cells.length < column - 1) cells.push('');
          cells[column - 1] = cell;
        }
      } else if (name === 'row') end();
    },
  });
  for await (const _step of steps) {
    if (done.length === 0) continue;
    const rows = done;
    done = [];
    yield* rows;
  }
  yield* done;
  return undefined;
}

interface StoredCell {
  type: string;
  style: string | undefined;
  value: string;
  column: number;
  line: number;
}

function cellText({ type, style, value, column, line }: StoredCell, workbook: Workbook, decimal: '.' | ','): string {
  if (value === '') return '';
  if (type === 's') {
    const shared = workbook.texts.at(Number(value));
    if (shared === undefined)
      throw new Unreadable(`cell ${lettersOf(column)}${line} names a text that the workbook lacks: is it whole?`);
    return shared;
  }
  if (type === 'b') return isTrue(value) ? 'TRUE' : 'FALSE';
  if (type === 'd') return value.replace(/T00:00:00(?:\.0+)?Z?$/, '');
  if (type !== 'n') return unescaped(value);
  const number = Number(value);
  if (value.length > LONGEST_VALUE || Number.isNaN(number)) return value;
  return workbook.isDate(style) && number >= 0
    ? dateText(number, workbook.from1904)
    : numberText(value.trim(), decimal);
}

function numberText(digits: string, decimal: '.' | ','): string {
  const number = Number(digits);
  // Programs store 1E3, and 3 as 2.9999999999999996.
  const plain = /^-?\d+$/.test(digits) ? digits : String(Number(number.toPrecision(15)));
  return plain.replace('.', decimal);
}

const DAY_MS = 86_400_000;
const DAYS_TO_1970 = 25_569;
const DAYS_TO_1904 = 1_462;
/** 29 February 1900, which never was: days before it are counted one later. */
const FIRST_TRUE_DAY = 61;
const LAST_DAY = 2_958_466;

function dateText(serial: number, from1904: boolean): string {
  const days = from1904 ? serial + DAYS_TO_1904 : serial < FIRST_TRUE_DAY ? serial + 1 : serial;
  if (days >= LAST_DAY) return String(serial);
  // Serial numbers of days are rounded: a second is more exact than they are.
  const ms = Math.round(((days - DAYS_TO_1970) * DAY_MS) / 1_000) * 1_000;
  const text = new Date(ms).toISOString().slice(0, 19);
  if (serial < 1) return text.slice(11);
  return text.endsWith('T00:00:00') ? text.slice(0, 10) : text;
}

function rowNumber(written: string | undefined, next: number): number {
  const line = written === undefined ? next : Number(written);
  if (!Number.isInteger(line) || line < 1 || line > LAST_ROW) throw beyond(line, 1);
  return line;
}

const beyond = (row: number, column: number): Unreadable =>
  new Unreadable(`a sheet reaches to row ${row} and column ${column}: delete what is empty there, or ${ELSEWHERE}`);

/** Undefined where a cell does not say where it stands: it is the next one. */
function columnOf(place: string | undefined): number | undefined {
  const letters = /^[A-Z]+/i.exec(place ?? '')?.[0];
  return letters === undefined
    ? undefined
    : [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

function lettersOf(column: number): string {
  let letters = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters;
}

const range = (first: number, last: number): string =>
  first === last ? lettersOf(first) : `${lettersOf(first)}:${lettersOf(Math.min(last, LAST_COLUMN))}`;
