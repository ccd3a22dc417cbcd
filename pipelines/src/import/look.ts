/** What the columns of a file hold, so that a mapping can be drafted. Pure. */
import { CsvReader, type CsvRow } from './csv.ts';
import { BadDate, type DateReader, dateReader } from './dates.ts';
import { type NumberFormat, numberFormatSchema, wholeNumberReader } from './numbers.ts';
import { clean } from './text.ts';

/** Values that are told apart in a column; one with more holds no codes. */
const MOST_VALUES = 1_000;
const SAMPLE = 500;
const DELIMITERS = [',', ';', '\t', '|'];

export interface ColumnFacts {
  name: string;
  filled: number;
  /** Values and their cells, the commonest first; undefined where there are too many. */
  values: ReadonlyMap<string, number> | undefined;
  /** Filled everywhere, and never the same twice. */
  isUnique: boolean;
  /** Formats that read every cell, the likeliest first. */
  dateFormats: readonly string[];
  /** Every cell is a time without a day. */
  isTime: boolean;
  /** Every cell is a whole number, written so; `digits` where nothing but digits is. */
  number: NumberFormat | 'digits' | undefined;
}

export interface Layout {
  delimiter: string;
  escape: '"' | '\\';
}

/** The delimiter that cuts the rows into the same number of cells. */
export function layoutOf(text: string): Layout {
  const slashed = /\\"/.test(text) ? '\\' : '"';
  const told = /^sep=(.)\r?\n/i.exec(text)?.[1];
  if (told !== undefined) return { delimiter: told, escape: slashed };
  const scores = DELIMITERS.map((delimiter) => {
    const rows = [...new CsvReader({ delimiter, escape: slashed }).push(text, true)].slice(0, SAMPLE);
    const { width, share } = commonWidth(rows);
    return { delimiter, score: share * (1 - 1 / width) };
  });
  const [best] = scores.toSorted((one, other) => other.score - one.score);
  return { delimiter: best?.delimiter ?? ',', escape: slashed };
}

function commonWidth(rows: readonly Pick<CsvRow, 'cells'>[]): { width: number; share: number } {
  const counts = new Map<number, number>();
  const filled = rows.filter((row) => row.cells.some((cell) => cell.trim() !== ''));
  for (const { cells } of filled) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [width = 1, count = 0] = [...counts].toSorted((one, other) => other[1] - one[1])[0] ?? [];
  return { width, share: filled.length === 0 ? 0 : count / filled.length };
}

/** Index of the row that names the columns: the first that is as wide as most, and says as many different things. */
export function headerAt(rows: readonly (readonly string[])[]): number {
  const { width } = commonWidth(rows.map((cells) => ({ cells: [...cells] })));
  const found = rows.findIndex((cells) => {
    const names = cells.map(clean).filter((name) => name !== '');
    return (
      cells.length >= width && names.length > 0 && names.length >= width - 1 && new Set(names).size === names.length
    );
  });
  return Math.max(found, 0);
}

const DAYS = [
  'd/M/yyyy',
  'M/d/yyyy',
  'd-M-yyyy',
  'M-d-yyyy',
  'd.M.yyyy',
  'yyyy/M/d',
  'd MMM yyyy',
  'd-MMM-yyyy',
  'd MMMM yyyy',
  'MMM d, yyyy',
];
const TIMES = ['', 'H:mm', 'H:mm:ss', 'h:mm a', 'h:mm:ss a'];
const FORMATS = [
  'iso',
  'epoch',
  'epochMs',
  ...DAYS.flatMap((day) => TIMES.map((time) => (time === '' ? day : `${day} ${time}`))),
  ...DAYS.flatMap((day) => ['H:mm', 'H:mm:ss'].map((time) => `${time} ${day}`)),
];
const TIME = /^\d{1,2}:\d\d(:\d\d)?( ?[ap]m)?$/i;

/** Learns what the columns under `header` hold, row by row. */
export class ColumnProfiler {
  rows = 0;
  readonly #names: readonly string[];
  readonly #columns: {
    filled: number;
    values: Map<string, number> | undefined;
    seen: Set<string> | undefined;
    sample: Set<string>;
  }[];
  readonly #languages: readonly string[];

  constructor(header: readonly string[], languages: readonly string[]) {
    this.#names = header;
    this.#languages = languages;
    this.#columns = header.map(() => ({ filled: 0, values: new Map(), seen: new Set(), sample: new Set() }));
  }

  add(cells: readonly string[]): void {
    this.rows += 1;
    for (const [at, column] of this.#columns.entries()) {
      const text = clean(cells[at] ?? '');
      if (text === '') continue;
      column.filled += 1;
      if (column.sample.size < SAMPLE) column.sample.add(text);
      if (column.seen?.has(text)) column.seen = undefined;
      column.seen?.add(text);
      column.values?.set(text, (column.values.get(text) ?? 0) + 1);
      if ((column.values?.size ?? 0) > MOST_VALUES) column.values = undefined;
    }
  }

  facts(): ColumnFacts[] {
    return this.#columns.map(({ filled, values, seen, sample }, at) => ({
      name: this.#names[at] ?? '',
      filled,
      values: values === undefined ? undefined : new Map([...values].toSorted((one, other) => other[1] - one[1])),
      isUnique: seen !== undefined && filled > 0 && filled === this.rows,
      dateFormats: sample.size === 0 ? [] : this.#dateFormats([...sample]),
      isTime: sample.size > 0 && [...sample].every((text) => TIME.test(text)),
      number: sample.size === 0 ? undefined : numberFormatOf([...sample]),
    }));
  }

  #dateFormats(sample: readonly string[]): string[] {
    return FORMATS.filter((format) => {
      const reader = dateReader({ timeZone: 'UTC', formats: [format], languages: this.#languages });
      return sample.every((text) => reads(reader, text));
    });
  }
}

function reads(reader: DateReader, text: string): boolean {
  try {
    const { year } = reader(text);
    return year >= 1990 && year < 2100;
  } catch (error) {
    if (error instanceof BadDate) return false;
    throw error;
  }
}

function numberFormatOf(sample: readonly string[]): NumberFormat | 'digits' | undefined {
  const all = (format: NumberFormat | undefined): boolean => {
    const read = wholeNumberReader(format);
    return sample.every((text) => read(text) !== undefined);
  };
  return all(undefined) ? 'digits' : numberFormatSchema.options.find(all);
}
