/** What the parts of a workbook say of its sheets, of how numbers are shown, and of the texts that cells share. */
import { posix } from 'node:path';
import { type Archive, ELSEWHERE, parsed, type XmlHandlers } from './archive.ts';
import { Unreadable } from './input.ts';

export interface SheetPart {
  name: string;
  /** Of the archive. */
  part: string;
  isHidden: boolean;
}

export interface Workbook {
  sheets: readonly SheetPart[];
  /** Days are counted from 1904, as old Macintoshes did. */
  from1904: boolean;
  /** True for styles that show a number as a day or a time. */
  isDate: (style: string | undefined) => boolean;
  texts: Texts;
}

const MOST_SHEETS = 1_000;
const MOST_STYLES = 100_000;

export async function workbookOf(archive: Archive): Promise<Workbook> {
  const targets = new Map<string, { type: string; target: string }>();
  await read(archive, 'xl/_rels/workbook.xml.rels', {
    open: (name, attribute) => {
      if (name !== 'Relationship') return;
      const target = attribute('Target') ?? '';
      const part = target.startsWith('/') ? target.slice(1) : posix.join('xl', target.replaceAll('\\', '/'));
      targets.set(attribute('Id') ?? '', { type: (attribute('Type') ?? '').replace(/^.*\//, ''), target: part });
    },
  });
  const sheets: SheetPart[] = [];
  let from1904 = false;
  await read(archive, 'xl/workbook.xml', {
    open: (name, attribute) => {
      if (name === 'workbookPr') from1904 = isTrue(attribute('date1904'));
      const relation = name === 'sheet' ? targets.get(attribute('r:id') ?? attribute('id') ?? '') : undefined;
      if (relation?.type !== 'worksheet') return;
      const isHidden = (attribute('state') ?? 'visible') !== 'visible';
      sheets.push({ name: attribute('name') ?? '', part: relation.target, isHidden });
      if (sheets.length > MOST_SHEETS)
        throw new Unreadable(`the workbook has over ${MOST_SHEETS} sheets: ${ELSEWHERE}`);
    },
  });
  const partOf = (type: string, usual: string): string =>
    [...targets.values()].find((one) => one.type === type)?.target ?? usual;
  return {
    sheets,
    from1904,
    isDate: await datesOf(archive, partOf('styles', 'xl/styles.xml')),
    texts: await textsOf(archive, partOf('sharedStrings', 'xl/sharedStrings.xml')),
  };
}

async function read(archive: Archive, part: string, handlers: XmlHandlers): Promise<void> {
  for await (const _ of parsed(archive.texts(part), handlers));
}

export const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true';

/** Formats that every program knows by number: days, times, and those of East Asian calendars. */
const isKnownDate = (format: number): boolean =>
  (format >= 14 && format <= 22) ||
  (format >= 27 && format <= 36) ||
  (format >= 45 && format <= 47) ||
  (format >= 50 && format <= 58);

async function datesOf(archive: Archive, part: string): Promise<Workbook['isDate']> {
  if (!archive.has(part)) return () => false;
  const own = new Map<number, boolean>();
  const styles: boolean[] = [];
  let isOfCells = false;
  await read(archive, part, {
    open: (name, attribute) => {
      const format = Number(attribute('numFmtId') ?? 0);
      if (name === 'cellXfs') isOfCells = true;
      if (name === 'numFmt') own.set(format, showsDate(attribute('formatCode') ?? ''));
      if (name === 'xf' && isOfCells) styles.push(own.get(format) ?? isKnownDate(format));
      if (styles.length > MOST_STYLES || own.size > MOST_STYLES)
        throw new Unreadable(`the workbook has over ${MOST_STYLES} styles: ${ELSEWHERE}`);
    },
    close: (name) => {
      if (name === 'cellXfs') isOfCells = false;
    },
  });
  return (style) => styles[Number(style ?? 0)] ?? false;
}

/** A format of days or times, by its first section: texts in it, colours, conditions and elapsed hours aside. */
function showsDate(code: string): boolean {
  const shown = code
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .split(';')[0];
  return shown !== undefined && !/general/i.test(shown) && /[dmyhs]/i.test(shown);
}

/** Bytes of texts that are kept in one piece, and of all of them. */
const PAGE = 1024 * 1024;
const MOST_BYTES = 1024 ** 3;
const NO_TEXTS = new Uint8Array();

/** Texts that cells name by number, kept as bytes: half a workbook's may be in them. */
export class Texts {
  readonly #pages: Buffer[] = [];
  #page = NO_TEXTS;
  /** Where each text begins, counted over all pages. */
  #starts = new Float64Array(1024);
  #count = 0;
  #used = 0;
  #bytes = 0;

  add(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#used + bytes.length > this.#page.length) {
      const page = Buffer.allocUnsafeSlow(Math.max(PAGE, bytes.length));
      this.#bytes += page.length;
      if (this.#bytes > MOST_BYTES)
        throw new Unreadable(`the texts of the workbook's cells take over ${MOST_BYTES} bytes: ${ELSEWHERE}`);
      this.#pages.push(page);
      this.#page = page;
      this.#used = 0;
    }
    if (2 * this.#count + 2 > this.#starts.length) {
      const more = new Float64Array(2 * this.#starts.length);
      more.set(this.#starts);
      this.#starts = more;
    }
    this.#starts[2 * this.#count] = (this.#pages.length - 1) * 2 ** 31 + this.#used;
    this.#starts[2 * this.#count + 1] = bytes.length;
    this.#page.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#count += 1;
  }

  /** Undefined where there is none of this number. */
  at(number: number): string | undefined {
    if (!Number.isInteger(number) || number < 0 || number >= this.#count) return undefined;
    const start = this.#starts[2 * number] as number;
    const from = start % 2 ** 31;
    return this.#pages[Math.floor(start / 2 ** 31)]?.toString('utf8', from, from + (this.#starts[2 * number + 1] ?? 0));
  }
}

async function textsOf(archive: Archive, part: string): Promise<Texts> {
  const texts = new Texts();
  if (!archive.has(part)) return texts;
  const text = new CellText();
  await read(archive, part, {
    open: (name) => text.open(name),
    text: (piece) => text.add(piece),
    close: (name) => {
      text.close(name);
      if (name === 'si') texts.add(text.take());
    },
  });
  return texts;
}

const LONGEST_CELL = 1_000_000;

/** Gathers a text from its runs (`t`); how it is read aloud (`rPh`) is no part of it. */
export class CellText {
  #text = '';
  #isText = false;
  #aloud = false;

  open(name: string): void {
    if (name === 'rPh') this.#aloud = true;
    this.#isText = name === 't' && !this.#aloud;
  }

  close(name: string): void {
    if (name === 'rPh') this.#aloud = false;
    this.#isText = false;
  }

  add(piece: string): void {
    if (!this.#isText) return;
    this.#text += piece;
    if (this.#text.length > LONGEST_CELL)
      throw new Unreadable(`a cell of the workbook has over ${LONGEST_CELL} characters: ${ELSEWHERE}`);
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    return unescaped(text);
  }
}

/** Programs write what XML cannot hold as `_x000D_`. */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-F]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
