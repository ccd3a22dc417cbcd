/** The file of rows that cannot be counted: made with the first of them, to be mended and imported with the same mapping. */
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { type CsvFormat, csvLine } from './csv.ts';

/** Columns that stand before a row's own; a file that begins with them is one of rejects. */
export const REJECTS_COLUMNS = ['rejected_line', 'rejected_reason'];

export const isRejects = (header: readonly string[]): boolean =>
  REJECTS_COLUMNS.every((name, at) => header[at] === name);

const MOST_FILES = 10_000;

export interface RejectsFormat extends CsvFormat {
  /** The mapping reads another encoding than UTF-8: a byte order mark tells it otherwise. */
  isMarked: boolean;
}

export class Rejects {
  rows = 0;
  /** Its name, once there is one: no file of an earlier run is touched. */
  file: string | undefined;
  #open: number | undefined;
  #written: number | undefined;
  #header: readonly string[] = [];
  #format: RejectsFormat = { delimiter: ',', escape: '"', isMarked: false };

  /** `wanted` is taken where no file has that name, else the next free number of it; without it rows are only counted. */
  constructor(private readonly wanted: string | undefined) {}

  describe(header: readonly string[], format: RejectsFormat): void {
    this.#header = header;
    this.#format = format;
  }

  add(line: number, reason: string, cells: readonly string[]): void {
    this.rows += 1;
    if (this.wanted === undefined) return;
    this.#open ??= this.#create(this.wanted);
    // What is rejected again is told anew.
    const own = this.#written ?? 0;
    // Not `writeSync`, which may leave the rest of a text out where a disk is full, without an error.
    writeFileSync(this.#open, csvLine([String(line), reason, ...cells.slice(own)], this.#format));
  }

  /** True where a file of that name is from an earlier run. */
  get hasEarlier(): boolean {
    return this.wanted !== undefined && this.file !== this.wanted && existsSync(this.wanted);
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open);
  }

  #create(wanted: string): number {
    const open = this.#exclusive(wanted);
    this.#written = isRejects(this.#header) ? REJECTS_COLUMNS.length : 0;
    if (this.#format.isMarked) writeFileSync(open, '\ufeff');
    writeFileSync(open, csvLine([...REJECTS_COLUMNS, ...this.#header.slice(this.#written)], this.#format));
    return open;
  }

  /** Two imports at once, or one after the other, never write into one file. */
  #exclusive(wanted: string): number {
    for (let number = 1; number <= MOST_FILES; number++) {
      const file = number === 1 ? wanted : wanted.replace(/(\.[^./\\]*)?$/, `-${number}$1`);
      try {
        // People's data stands in it.
        const open = openSync(file, 'wx', 0o600);
        this.file = file;
        return open;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    throw new Error(`there are ${MOST_FILES} files like ${wanted}: name another with --rejects`);
  }
}
