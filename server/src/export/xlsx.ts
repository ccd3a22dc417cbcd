/**
 * A table as a workbook (ECMA-376): what it is about on a first sheet, then the data with real numbers and days. Its rows are written
 * as they come, so that a million of them need no memory; the list of its parts comes last, and without it no program opens the file.
 */
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { ZipFile } from 'yazl';
import { HttpError } from '../errors.ts';
import { cutInto } from './pieces.ts';
import type { Cell, ColumnKind, LongTable } from './table.ts';
import type { Words } from './words.ts';

/** Of the format, the names of the columns among them. */
const MOST_ROWS = 1_048_575;
const MOST_COLUMNS = 16_384;

/** In the order of the styles of cells; the first is plain, the second bold. */
const FORMATS: Readonly<Record<Exclude<ColumnKind, 'text'>, string>> = {
  count: '#,##0',
  rate: '#,##0.00',
  share: '0.0%',
  points: '0.0',
  day: 'yyyy-mm-dd',
  month: 'yyyy-mm',
  hour: 'yyyy-mm-dd hh:mm',
  instant: 'yyyy-mm-dd hh:mm:ss',
};
const KINDS = Object.keys(FORMATS) as Exclude<ColumnKind, 'text'>[];
const BOLD = 1;
const WRAPPED = 2;
const styleOf = (kind: Exclude<ColumnKind, 'text'>): number => 3 + KINDS.indexOf(kind);
const WIDTHS: Readonly<Record<ColumnKind, number>> = {
  text: 28,
  count: 16,
  rate: 16,
  share: 16,
  points: 16,
  day: 12,
  month: 10,
  hour: 17,
  instant: 20,
};

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** XML has no control characters but these three, and no half of a pair. */
const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must go
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** Days since 1899-12-30 of a local time, as a workbook counts them, which knows no zones. */
function serialOf(at: string): number {
  const [day = '', clock = ''] = [at.slice(0, 10), at.slice(11)];
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  const days = Date.parse(`${day.length === 7 ? `${day}-01` : day}T00:00:00Z`) / 86_400_000 + 25_569;
  return days + (hours * 3_600 + minutes * 60 + seconds) / 86_400;
}

/** Of a column: `A` … `Z`, `AA` … */
function lettersOf(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : lettersOf(Math.floor(column / 26) - 1) + last;
}

const textCell =
  (text: string, style = 0): CellOf =>
  (at) =>
    `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;

/** What stands at an address, as `B7`. */
type CellOf = (at: string) => string;

function cellOf(cell: Cell, kind: ColumnKind): CellOf {
  if (cell === undefined) return () => '';
  if (kind === 'text') return textCell(String(cell));
  const value = typeof cell === 'number' ? cell : serialOf(cell);
  return (at) => `<c r="${at}" s="${styleOf(kind)}"><v>${value}</v></c>`;
}

/** One row after the other. */
function rowsOf(): (cells: readonly CellOf[]) => string {
  let row = 0;
  const letters: string[] = [];
  return (cells) => {
    row++;
    const each = cells.map((cell, n) => {
      letters[n] ??= lettersOf(n);
      return cell(`${letters[n]}${row}`);
    });
    return `<row r="${row}">${each.join('')}</row>`;
  };
}

const sheetBegin = (widths: readonly number[], isHeaded: boolean): string =>
  `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">${
    isHeaded ? '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' : ''
  }</sheetView></sheetViews><cols>${widths
    .map((width, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`)
    .join('')}</cols><sheetData>`;
const SHEET_END = '</sheetData></worksheet>';

async function* aboutSheet(about: LongTable['about']): AsyncGenerator<string> {
  yield sheetBegin([36, 100], false);
  const row = rowsOf();
  yield about.map(([name, value]) => row([textCell(name, BOLD), textCell(value, WRAPPED)])).join('');
  yield SHEET_END;
}

async function* dataSheet({ columns, pieces }: Pick<LongTable, 'columns' | 'pieces'>): AsyncGenerator<string> {
  yield sheetBegin(
    columns.map(({ kind }) => WIDTHS[kind]),
    true,
  );
  const row = rowsOf();
  yield row(columns.map(({ name }) => textCell(name, BOLD)));
  const kinds = columns.map(({ kind }) => kind);
  for await (const piece of pieces) {
    yield piece.map((cells) => row(cells.map((cell, n) => cellOf(cell, kinds[n] ?? 'text')))).join('');
    await turn();
  }
  yield SHEET_END;
}

const sheetsOf = ({ about, data, crossed }: Words, hasCrossed: boolean): string[] => [
  about,
  data,
  ...(hasCrossed ? [crossed] : []),
];

const PARTS = {
  '[Content_Types].xml': (names: readonly string[]) =>
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>${names
      .map((_, n) => `<Override PartName="/xl/worksheets/sheet${n + 1}.xml" ContentType="${TYPES}.worksheet+xml"/>`)
      .join('')}</Types>`,
  '_rels/.rels': () =>
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': (names: readonly string[]) =>
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${names
      .map((name, n) => `<sheet name="${escaped(name)}" sheetId="${n + 1}" r:id="rId${n + 1}"/>`)
      .join('')}</sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': (names: readonly string[]) =>
    `<Relationships xmlns="${PACKAGE}/relationships">${names
      .map(
        (_, n) =>
          `<Relationship Id="rId${n + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n + 1}.xml"/>`,
      )
      .join(
        '',
      )}<Relationship Id="rId${names.length + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': () =>
    `<styleSheet xmlns="${MAIN}"><numFmts count="${KINDS.length}">${KINDS.map(
      (kind, n) => `<numFmt numFmtId="${164 + n}" formatCode="${FORMATS[kind]}"/>`,
    ).join(
      '',
    )}</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="${3 + KINDS.length}"><xf/><xf fontId="1" applyFont="1" applyAlignment="1"><alignment wrapText="1"/></xf><xf applyAlignment="1"><alignment wrapText="1"/></xf>${KINDS.map(
      (_, n) => `<xf numFmtId="${164 + n}" applyNumberFormat="1"/>`,
    ).join('')}</cellXfs></styleSheet>`,
} as const;

/** Throws 422 where the format has no room for it. */
export function assertFits({ count, crossed }: Pick<LongTable, 'count' | 'crossed'>): void {
  const columns = crossed?.columns.length ?? 0;
  if (columns > MOST_COLUMNS)
    throw new HttpError(
      422,
      'too_much',
      `a sheet of a workbook has at most ${MOST_COLUMNS} columns, this one ${columns}: swap the two dimensions, or take it as CSV`,
      undefined,
      { numbers: { rows: columns, most: MOST_COLUMNS } },
    );
  if (count > MOST_ROWS)
    throw new HttpError(
      422,
      'too_much',
      `a sheet of a workbook has at most ${MOST_ROWS} rows beside the names of its columns, this one ${count}: take it as CSV`,
      undefined,
      { numbers: { rows: count, most: MOST_ROWS } },
    );
}

/** Ends with what the pieces end with where they fail, and is no workbook then. */
export async function* xlsxOf(
  { about, columns, pieces, crossed }: LongTable,
  words: Words,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const names = sheetsOf(words, crossed !== undefined);
  for (const [path, xml] of Object.entries(PARTS)) zip.addBuffer(Buffer.from(XML + xml(names)), path);
  const sheets = [
    aboutSheet(about),
    dataSheet({ columns, pieces }),
    ...(crossed === undefined ? [] : [dataSheet({ columns: crossed.columns, pieces: cutInto(crossed.rows) })]),
  ].map((sheet) => Readable.from(sheet));
  const out = zip.outputStream as Readable;
  const fail = (error: Error): void => void out.destroy(error);
  zip.on('error', fail);
  for (const [n, sheet] of sheets.entries()) {
    sheet.once('error', fail);
    zip.addReadStream(sheet, `xl/worksheets/sheet${n + 1}.xml`);
  }
  zip.end();
  try {
    yield* out as AsyncIterable<Uint8Array>;
  } finally {
    for (const sheet of sheets) sheet.destroy();
  }
}
