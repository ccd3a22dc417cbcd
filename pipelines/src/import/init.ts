/** Looks at a file and writes a first mapping, with the questions that only a person can answer. */
import { writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Catalogue } from '@room/contract';
import { fitted } from './bind.ts';
import { CsvReader } from './csv.ts';
import { draftOf, type Totals } from './draft.ts';
import { WrongEncoding } from './encoding.ts';
import { type Input, openInput } from './input.ts';
import { ColumnProfiler, headOf, type Layout, layoutOf } from './look.ts';
import { type Sheet, sheetOf } from './sheet.ts';
import { MOST_COLUMNS } from './table.ts';
import { clean } from './text.ts';
import { totalOf } from './totals.ts';
import { Twins } from './twins.ts';

/** Rows that are looked at: more say little more. */
const MOST_ROWS = 100_000;
const HEADER_ROWS = 50;
const HEAD = 256 * 1024;
const LANGUAGES = ['en', 'vi'];

export interface InitOptions {
  file: string;
  /** Where the mapping goes; a file that is there already is left alone. */
  mapping: string;
  catalogue: Catalogue;
  encoding: string | undefined;
  stdin: Readable;
}

export interface Begun {
  rows: number;
  questions: string[];
}

export async function init(options: InitOptions): Promise<Begun> {
  const { input, encoding } = await opened(options);
  const { layout, sheet, rows } = await rowsOf(input);
  const head: (readonly string[])[] = [];
  for await (const cells of rows) if (head.push(cells) >= HEADER_ROWS) break;
  const { names: header, next } = headOf(head);
  if (header.length > MOST_COLUMNS)
    throw new Error(`${options.file} has ${header.length} columns; ${MOST_COLUMNS} are read at most: is it a table?`);
  const totals: Totals = new Map();
  const look = new ColumnProfiler(header, LANGUAGES);
  const twins = new Twins(header);
  const take = (cells: readonly string[]): void => {
    const row = fitted(cells, header);
    if (row === undefined || row.every((cell) => clean(cell) === '')) return;
    const total = totalOf(row);
    if (total === undefined) {
      look.add(row);
      twins.add(row.map(clean));
    } else totals.set(total, header[row.findIndex((cell) => clean(cell) === total)] ?? '');
  };
  for (const cells of head.slice(next)) take(cells);
  if (head.length === HEADER_ROWS)
    for await (const cells of rows) {
      take(cells);
      if (look.rows >= MOST_ROWS) break;
    }
  if (look.rows === 0) throw new Error(`${options.file} has no rows under a header`);
  const { mapping, questions } = draftOf({
    ...layout,
    columns: look.facts(),
    rows: look.rows,
    catalogue: options.catalogue,
    encoding,
    sheet,
    totals,
    twins,
  });
  writeFileSync(options.mapping, `${JSON.stringify(mapping, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  return { rows: look.rows, questions };
}

/** In the encoding that it is likely in, where the file does not tell: the person who reads the mapping decides. */
async function opened({ file, encoding, stdin }: InitOptions): Promise<{ input: Input; encoding: string | undefined }> {
  try {
    return { input: await openInput({ file, encoding, stdin }), encoding };
  } catch (error) {
    if (!(error instanceof WrongEncoding) || error.guess === undefined) throw error;
    return { input: await openInput({ file, encoding: error.guess, stdin }), encoding: error.guess };
  }
}

/** Rows one after the other; what a `for` loop leaves, the next one goes on with. */
async function rowsOf(
  input: Input,
): Promise<{ layout: Layout; sheet?: Sheet; rows: AsyncIterable<readonly string[]> }> {
  if (input.content.kind === 'workbook') {
    const sheet = await sheetOf(input.content.source, undefined, '.');
    const all = cellsOf(sheet);
    return { layout: { delimiter: ',', escape: '"' }, sheet, rows: { [Symbol.asyncIterator]: () => unclosed(all) } };
  }
  const pieces = input.content.pieces[Symbol.asyncIterator]();
  let text = '';
  while (text.length < HEAD) {
    const next = await pieces.next();
    if (next.done) break;
    text += next.value;
  }
  const layout = layoutOf(text);
  async function* cells(): AsyncGenerator<readonly string[]> {
    const reader = new CsvReader(layout);
    for (const row of reader.push(text.replace(/^sep=.\r?\n/i, ''), false)) yield row.cells;
    for (let next = await pieces.next(); !next.done; next = await pieces.next())
      for (const row of reader.push(next.value, false)) yield row.cells;
    for (const row of reader.push('', true)) yield row.cells;
  }
  const rows = cells();
  return { layout, rows: { [Symbol.asyncIterator]: () => unclosed(rows) } };
}

async function* cellsOf({ rows }: Sheet): AsyncGenerator<readonly string[]> {
  for await (const { cells } of rows) yield cells;
}

/** An iterator that a `break` does not end. */
const unclosed = <T>(rows: Iterator<T> | AsyncIterator<T>): AsyncIterator<T> => ({ next: async () => rows.next() });
