/** What the columns of a file hold, so that a mapping can be drafted. Pure. */
import { CsvReader, type CsvRow } from './csv.ts';
import { BadDate, type DateReader, dateReader } from './dates.ts';
import { type NumberFormat, numberFormatSchema, wholeNumberReader } from './numbers.ts';
import { joinedNames } from './table.ts';
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
  /** What it is filled with is never the same twice. */
  isUnique: boolean;
  /** Formats that read most cells, and as many as any other does, the likeliest first. */
  dateFormats: readonly string[];
  /** Cells that the first of them does not read. */
  undated: BadCells;
  /** Most cells are a time without a day. */
  isTime: boolean;
  /** Most cells are whole numbers, written so; `digits` where nothing but digits is. */
  number: NumberFormat | 'digits' | undefined;
  /** Cells that are none. */
  unnumbered: BadCells;
}

/** Of the filled cells that were looked at, those that are not what the column is. */
export interface BadCells {
  cells: number;
  of: number;
  /** Some of their texts. */
  seen: readonly string[];
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

export interface Head {
  names: readonly string[];
  /** Index of the first row under it. */
  next: number;
}

/** What names the columns: the first row that is as wide as most and says as many different things, or two rows that do so together. */
export function headOf(rows: readonly (readonly string[])[]): Head {
  const { width } = commonWidth(rows.map((cells) => ({ cells: [...cells] })));
  const isHead = (cells: readonly string[]): boolean => {
    const names = cells.map(clean).filter((name) => name !== '');
    return (
      cells.length >= width && names.length > 0 && names.length >= width - 1 && new Set(names).size === names.length
    );
  };
  for (const [at, upper] of rows.entries()) {
    const lower = rows[at + 1] ?? [];
    const joined = joinedNames(upper, lower);
    if (completes(lower, upper) && isHead(joined)) return { names: joined, next: at + 2 };
    if (isHead(upper)) return { names: upper.map(clean), next: at + 1 };
  }
  return { names: (rows[0] ?? []).map(clean), next: 1 };
}

/** True for names that stand where those above leave cells empty, and have their own empty where those above do not. */
function completes(lower: readonly string[], upper: readonly string[]): boolean {
  const has = (cells: readonly string[], at: number): boolean => clean(cells[at] ?? '') !== '';
  const places = [...Array(Math.max(upper.length, lower.length)).keys()];
  return (
    places.some((at) => has(lower, at) && !has(upper, at)) &&
    places.some((at) => !has(lower, at) && has(upper, at)) &&
    !lower.some((cell) => /^[\d.,:/ -]+$/.test(clean(cell)))
  );
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
  'd/M/yy',
  'M/d/yy',
  'd-M-yy',
  'd-MMM-yy',
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
    /** Texts, and the cells that have them. */
    sample: Map<string, number>;
  }[];
  readonly #languages: readonly string[];

  constructor(header: readonly string[], languages: readonly string[]) {
    this.#names = header;
    this.#languages = languages;
    this.#columns = header.map(() => ({ filled: 0, values: new Map(), seen: new Set(), sample: new Map() }));
  }

  add(cells: readonly string[]): void {
    this.rows += 1;
    for (const [at, column] of this.#columns.entries()) {
      const text = clean(cells[at] ?? '');
      if (text === '') continue;
      column.filled += 1;
      const known = column.sample.get(text);
      if (known !== undefined || column.sample.size < SAMPLE) column.sample.set(text, (known ?? 0) + 1);
      if (column.seen?.has(text)) column.seen = undefined;
      column.seen?.add(text);
      column.values?.set(text, (column.values.get(text) ?? 0) + 1);
      if ((column.values?.size ?? 0) > MOST_VALUES) column.values = undefined;
    }
  }

  facts(): ColumnFacts[] {
    return this.#columns.map(({ filled, values, seen, sample }, at) => {
      const dates = bestOf(sample, FORMATS, (format) => this.#dateTest(format));
      const numbers = bestOf(sample, NUMBERS, numberTest);
      return {
        name: this.#names[at] ?? '',
        filled,
        values: values === undefined ? undefined : new Map([...values].toSorted((one, other) => other[1] - one[1])),
        isUnique: seen !== undefined && filled > 0,
        dateFormats: dates.kinds,
        undated: dates.bad,
        isTime: bestOf(sample, [TIME], (pattern) => (text) => pattern.test(text)).kinds.length > 0,
        number: numbers.kinds[0],
        unnumbered: numbers.bad,
      };
    });
  }

  #dateTest(format: string): (text: string) => boolean {
    const reader = dateReader({ timeZone: 'UTC', formats: [format], languages: this.#languages });
    return (text) => reads(reader, text);
  }
}

const MOST_SEEN = 3;

/** Kinds that most cells are of, as many as are of any other; and the cells that are not of the first of them. */
function bestOf<K>(
  sample: ReadonlyMap<string, number>,
  kinds: readonly K[],
  testOf: (kind: K) => (text: string) => boolean,
): { kinds: K[]; bad: BadCells } {
  const cellsOf = (texts: readonly (readonly [string, number])[]): number =>
    texts.reduce((sum, [, cells]) => sum + cells, 0);
  const texts = [...sample];
  const of = cellsOf(texts);
  const tried = kinds.map((kind) => {
    const isGood = testOf(kind);
    const bad = texts.filter(([text]) => !isGood(text));
    return { kind, bad, cells: cellsOf(bad) };
  });
  const least = Math.min(...tried.map(({ cells }) => cells));
  const best = 2 * least < of ? tried.filter(({ cells }) => cells === least) : [];
  const seen = (best[0]?.bad ?? []).slice(0, MOST_SEEN).map(([text]) => text);
  return { kinds: best.map(({ kind }) => kind), bad: { cells: best.length === 0 ? 0 : least, of, seen } };
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

const NUMBERS: readonly (NumberFormat | 'digits')[] = ['digits', ...numberFormatSchema.options];

function numberTest(format: NumberFormat | 'digits'): (text: string) => boolean {
  const read = wholeNumberReader(format === 'digits' ? undefined : format);
  return (text) => read(text) !== undefined;
}
