/** What offices hand over: bytes of a file to rows under a header. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import writeWorkbook from 'write-excel-file/node';
import { openInput } from '../../../pipelines/src/import/input.ts';
import { type Mapping, parseMapping } from '../../../pipelines/src/import/mapping.ts';
import { openTable, type Table, type TableRow } from '../../../pipelines/src/import/table.ts';

const mapping = parseMapping(
  JSON.stringify({
    source: 'urn:portal:small',
    timeZone: 'Asia/Ho_Chi_Minh',
    dateFormat: ['yyyy-MM-dd', 'iso'],
    common: { procedure: 'p', agency: 'a', province: { column: 'Tỉnh' }, channel: 1 },
    events: [{ id: '{id}', status: 1, time: 'at' }],
  }),
  'small.json',
);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'table-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Read {
  header: readonly string[];
  preamble: number;
  blank: number;
  sheets: readonly string[];
  hidden: ReturnType<Table['hidden']>;
  rows: TableRow[];
}

async function read(bytes: string | Uint8Array, change: Partial<Mapping> = {}, stdin?: Readable): Promise<Read> {
  const file = join(folder, 'in');
  await writeFile(file, bytes);
  const input = await openInput({
    file: stdin === undefined ? file : '-',
    encoding: change.encoding,
    stdin: stdin ?? Readable.from([]),
  });
  const table = await openTable(input, { ...mapping, ...change });
  if (table === undefined) throw new Error('empty');
  const rows: TableRow[] = [];
  for await (const row of table.rows) rows.push(row);
  const { header, preamble, sheets } = table;
  return { header, preamble, blank: table.blank(), sheets, hidden: table.hidden(), rows };
}
const cellsOf = ({ rows }: Read): (readonly string[])[] => rows.map((row) => row.cells);

const csv = 'id,at,Tỉnh\nHÀ-01,2026-11-19,Hà Nội\nHÁ-01,2026-11-20,Đà Nẵng\n';
const rows = [
  ['HÀ-01', '2026-11-19', 'Hà Nội'],
  ['HÁ-01', '2026-11-20', 'Đà Nẵng'],
];
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

describe('encodings', () => {
  it.each([
    ['UTF-8', Buffer.from(csv)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${csv}`)],
    ['UTF-16 of either order, by its mark', Buffer.from(`\ufeff${csv}`, 'utf16le')],
    ['UTF-16, big-endian', swapped(Buffer.from(`\ufeff${csv}`, 'utf16le'))],
    ['UTF-16 without a mark', Buffer.from(csv, 'utf16le')],
    ['UTF-16, big-endian, without a mark', swapped(Buffer.from(csv, 'utf16le'))],
  ])('are told by the file: %s', async (_, bytes) => {
    expect(cellsOf(await read(bytes))).toEqual(rows);
  });

  /** `Hà Nội` and `Tỉnh` in windows-1258: a vowel, and its tone as a character of its own. */
  const vietnamese = Buffer.from('id,at,Ti\xd2nh\n1,2026-11-19,H\xe0 N\xf4\xf2i\n', 'latin1');

  it('are UTF-16 where it is stated, though few letters show it', async () => {
    const text = `${'北京北京北京,上海上海上海,天津天津天津\n'.repeat(20)}`;
    const found = await read(Buffer.from(text, 'utf16le'), { encoding: 'utf-16le', columns: ['id', 'at', 'Tỉnh'] });
    expect(cellsOf(found)[0]).toEqual(['北京北京北京', '上海上海上海', '天津天津天津']);
  });

  it('are stated where the file does not tell, and leave no character in two pieces', async () => {
    const stated = await read(vietnamese, { encoding: 'windows-1258' });
    expect(stated.header).toEqual(['id', 'at', 'Tỉnh']);
    expect(cellsOf(stated)[0]?.[2]?.normalize('NFC')).toBe('Hà Nội');
    const chinese = Buffer.from([
      ...Buffer.from('id,at,Tỉnh\n1,2026-11-19,'.replace('Tỉnh', 'x')),
      0xb1,
      0xb1,
      0xbe,
      0xa9,
      0x0a,
    ]);
    expect(cellsOf(await read(chinese, { encoding: 'gb18030', columns: ['id', 'at', 'Tỉnh'] }))[1]?.[2]).toBe('北京');
  });

  it('that are not UTF-8 refuse the file before its first row, with the line and what it may be', async () => {
    await expect(read(vietnamese)).rejects.toThrow(
      /^line 1 is not UTF-8; in other encodings it begins: windows-1258 "id,at,Tỉnh"/,
    );
    const latin = Buffer.concat([
      Buffer.from(`id,at,Tỉnh\n${'1,2026-11-19,x\n'.repeat(50_000)}`),
      Buffer.from('a\xc9-77,2026-11-19,M\xfcnchen\n', 'latin1'),
    ]);
    await expect(read(latin)).rejects.toThrow(/^line 50002 is not UTF-8; .*--encoding/);
  });

  it.each([
    ['gb18030', [0xb1, 0xb1, 0xbe, 0xa9], '北京'],
    ['shift_jis', [0x93, 0x8c, 0x8b, 0x9e], '東京'],
    ['euc-kr', [0xbc, 0xad, 0xbf, 0xef], '서울'],
    ['windows-1252', [0x4b, 0xf6, 0x6c, 0x6e], 'Köln'],
    ['windows-1251', [0xcc, 0xee, 0xf1, 0xea, 0xe2, 0xe0], 'Москва'],
    ['koi8-r', [0xed, 0xcf, 0xd3, 0xcb, 0xd7, 0xc1], 'Москва'],
  ])('are shown as %s, among others, where few characters tell', async (encoding, bytes, name) => {
    const file = Buffer.concat([Buffer.from('id,at,x\n1,2026-11-19,'), Buffer.from(bytes), Buffer.from('\n')]);
    await expect(read(file)).rejects.toThrow(new RegExp(`^line 2 .*${encoding} "1,2026-11-19,${name}"`));
  });

  it.each([
    ['windows-1251', [0xcc, 0xee, 0xf1, 0xea, 0xe2, 0xe0]],
    ['koi8-r', [0xed, 0xcf, 0xd3, 0xcb, 0xd7, 0xc1]],
    ['windows-1252', [0x4b, 0xf6, 0x6c, 0x6e]],
  ])('of %s are taken for it first, in five rows of one word', async (encoding, bytes) => {
    const row = Buffer.concat([Buffer.from(bytes), Buffer.from(',2026-11-19 10:00:00,x\n')]);
    const file = Buffer.concat([Buffer.from('id,at,x\n'), ...Array.from({ length: 5 }, () => row)]);
    await expect(read(file)).rejects.toThrow(`say --encoding ${encoding} `);
  });

  it('that a file breaks are refused too', async () => {
    await expect(read(Buffer.from([0x61, 0x2c, 0x81, 0x0a]), { encoding: 'shift_jis' })).rejects.toThrow(
      /after line 1 there are bytes that shift_jis does not have/,
    );
    await expect(read(Buffer.from('id,at\n1,\u{10ffff}').subarray(0, -1))).rejects.toThrow(/^line 2 is not UTF-8/);
  });
});

describe('packed and other files', () => {
  it('gzip is read whatever the file is called, and refused where it was cut off', async () => {
    const packed = gzipSync(csv);
    expect(cellsOf(await read(packed))).toEqual(rows);
    await expect(read(packed.subarray(0, -12))).rejects.toThrow(/packed by gzip and cannot be unpacked/);
  });

  it('standard input is read, packed too, in whatever pieces it comes', async () => {
    expect(cellsOf(await read('', {}, Readable.from([...Buffer.from(csv)].map((byte) => Buffer.of(byte)))))).toEqual(
      rows,
    );
    expect(cellsOf(await read('', {}, Readable.from([gzipSync(csv)])))).toEqual(rows);
  });

  it('a workbook is read as it is stored: texts, digits, days and times', async () => {
    const sheet = [
      [{ value: 'Báo cáo' }],
      [{ value: 'id' }, { value: 'at' }, { value: 'Tỉnh' }, { value: 'n' }],
      [
        { value: '0012', type: String },
        { value: new Date('2026-11-19T10:42:07Z'), type: Date, format: 'dd/mm/yyyy hh:mm' },
        { value: 'Hà Nội' },
        { value: 1234.5, type: Number },
      ],
      [
        { value: 12345678901234, type: Number },
        { value: new Date('2026-11-20T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' },
        { value: 'x' },
        { value: 0.1 + 0.2, type: Number },
      ],
    ];
    const workbook = await writeWorkbook(sheet).toBuffer();
    const found = await read(workbook, { numberFormat: '1.234,5' });
    expect(found).toMatchObject({ header: ['id', 'at', 'Tỉnh', 'n'], preamble: 1 });
    expect(found.rows).toEqual([
      { line: 3, cells: ['0012', '2026-11-19T10:42:07', 'Hà Nội', '1234,5'] },
      { line: 4, cells: ['12345678901234', '2026-11-20', 'x', '0,3'] },
    ]);
    await expect(read(workbook, { sheet: 'none' })).rejects.toThrow(/the workbook has no sheet none; it has Sheet1/);
  });

  it('a workbook’s other sheets are told, and read where the mapping names them', async () => {
    const sheet = (id: string) => [
      [{ value: 'id' }, { value: 'at' }, { value: 'Tỉnh' }],
      [{ value: id }, { value: '2026-11-19' }, { value: 'x' }],
    ];
    const workbook = await writeWorkbook([
      { data: sheet('1'), sheet: 'Tháng 10' },
      { data: sheet('2'), sheet: 'Tháng 11' },
    ]).toBuffer();
    expect(await read(workbook)).toMatchObject({ sheets: ['Tháng 11'], rows: [{ cells: ['1', '2026-11-19', 'x'] }] });
    for (const named of ['Tháng 11', 2])
      expect(await read(workbook, { sheet: named })).toMatchObject({
        sheets: ['Tháng 10'],
        rows: [{ cells: ['2', '2026-11-19', 'x'] }],
      });
  });

  it.each([
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), /old workbook \(\.xls\).*save it as \.xlsx/],
    ['a page', Buffer.from('<html><table>'), /this is a page/],
    ['a PDF', Buffer.from('%PDF-1.7'), /this is a PDF/],
    ['bytes', Buffer.from('id,at\n\0\u0001\u0002,x'), /no text/],
    ['another archive', Buffer.from('PK\u0003\u0004rest'), /is it a whole \.xlsx file/],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /this is UTF-32/],
    [
      'a header without an end',
      Buffer.from(`id,at,Tỉnh${',x'.repeat(20_000)}\n1,2,3\n`),
      /the header has 20003 columns/,
    ],
  ])('%s is named and refused', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });
});

/** A workbook of one sheet, of these pieces of XML. */
const workbook = (before = '', ...rows: string[]): Uint8Array => workbookOf({ before, rows: rows.join('') });

interface Pieces {
  before?: string;
  properties?: string;
  cols?: string;
  rows: string;
  styles?: string;
  shared?: string;
}

function workbookOf({ before = '', properties = '', cols = '', rows, styles, shared }: Pieces): Uint8Array {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const sheets = `<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>`;
  const sheet = `<Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/>`;
  const parts = {
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}">${properties}${sheets}</workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheet}</Relationships>`,
    ...(styles === undefined ? {} : { 'xl/styles.xml': styles }),
    ...(shared === undefined ? {} : { 'xl/sharedStrings.xml': shared }),
    'xl/worksheets/sheet1.xml': `${before}<worksheet xmlns="${main}">${cols}<sheetData>${rows}</sheetData></worksheet>`,
  };
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])), { level: 1 });
}
/** Where the archive's list of parts says something of each. */
function entriesOf(bytes: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf('PK\u0001\u0002'); at >= 0; at = bytes.indexOf('PK\u0001\u0002', at + 1)) places.push(at);
  return places;
}
const cellOf = (column: string, row: number, text: string): string =>
  `<c r="${column}${row}" t="inlineStr"><is><t>${text}</t></is></c>`;
const HEAD = `<row r="1">${['id', 'at', 'Tỉnh'].map((name, at) => cellOf('ABC'[at] ?? '', 1, name)).join('')}</row>`;
const rowOf = (row: number, column: string, text: string): string =>
  `<row r="${row}">${cellOf(column, row, text)}</row>`;

describe('a workbook', () => {
  it('is read, whoever wrote it', async () => {
    const header = ['A', 'B', 'C'].map((column, at) => cellOf(column, 1, ['id', 'at', 'Tỉnh'][at] ?? ''));
    const found = await read(workbook('', `<row r="1">${header.join('')}</row>`, rowOf(4, 'A', 'x')));
    expect(found.rows).toEqual([{ line: 4, cells: ['x', '', ''] }]);
  });

  it.each([
    ['has a row far below', ['', rowOf(1, 'A', 'id'), rowOf(999_999_999, 'A', 'x')], /reaches to row 999999999/],
    [
      'has a cell in the last corner',
      ['', rowOf(1, 'XFD', 'x'), '<row/>'.repeat(20_000)],
      /reaches to row 1 and column 16384/,
    ],
    ['has a column that no sheet has', ['', rowOf(1, 'ZZZZ', 'x')], /column 475254/],
    [
      'names files of the machine',
      ['<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', rowOf(1, 'A', '&a;')],
      /defines entities of its own/,
    ],
  ])('is refused in a few words where it %s', async (_, pieces, message) => {
    await expect(read(workbook(...pieces))).rejects.toThrow(message);
  });

  it('is refused where it unpacks to more than any table, or to more than it says', async () => {
    const bytes = Buffer.from(workbook('', rowOf(1, 'A', 'id'), rowOf(2, 'A', 'x')));
    const sizes = entriesOf(bytes).map((at) => at + 24);
    const saying = (size: number): Buffer => {
      const said = Buffer.from(bytes);
      for (const at of sizes) said.writeUInt32LE(size, at);
      return said;
    };
    await expect(read(saying(0xffff_fff0))).rejects.toThrow(/unpacks to more than 4 GiB/);
    await expect(read(saying(20))).rejects.toThrow(/cannot be read.*Get it again/);
  });

  it('is refused where its bytes are not those that were written, before a row is sent', async () => {
    const bytes = Buffer.from(workbook('', rowOf(1, 'A', 'id'), ...Array(500).fill(rowOf(2, 'A', 'x'))));
    const sum = (entriesOf(bytes).at(-1) ?? 0) + 16;
    bytes.writeUInt32LE((bytes.readUInt32LE(sum) ^ 1) >>> 0, sum);
    await expect(read(bytes)).rejects.toThrow(/the sum of .*sheet1\.xml is wrong/);
    await expect(read(bytes.subarray(0, -50))).rejects.toThrow(/is it a whole \.xlsx file/);
  });

  it.each([
    ['nests tags without end', ['', `<row r="1">${'<a>'.repeat(200)}`], /nests 100 tags/],
    ['has a text without end', ['', `<row r="1"><c r="A1"><v>${'1'.repeat(5_000_000)}`], /has over \d+ characters/],
    ['ends within a tag', ['', '<row r="1"><c'], /cannot be read/],
    ['names a text that it lacks', ['', '<row r="1"><c r="A1" t="s"><v>7</v></c></row>'], /cell A1 names a text/],
  ])('is refused where it %s', async (_, pieces, message) => {
    await expect(read(workbook(...pieces))).rejects.toThrow(message);
  });

  it('tells what it does not show, and reads it', async () => {
    const cols = '<cols><col min="2" max="3" hidden="1"/><col min="5" max="5" hidden="true"/></cols>';
    const found = await read(
      workbook('', HEAD, `<row r="2" hidden="1">${cellOf('A', 2, 'x')}${cellOf('B', 2, '2026-11-19')}</row>`),
    );
    expect(found).toMatchObject({ rows: [{ cells: ['x', '2026-11-19', ''] }], hidden: { rows: 1, columns: [] } });
    const other = workbookOf({ cols, rows: HEAD });
    expect((await read(other)).hidden).toEqual({ rows: 0, columns: ['B:C', 'E'], sheet: false });
  });

  it.each([
    ['', ['2026-11-19', '2026-11-19T10:42:07', '10:42:07', '1900-02-28', '1900-03-01']],
    ['<workbookPr date1904="1"/>', ['2030-11-20', '2030-11-20T10:42:07', '10:42:07', '1904-02-29', '1904-03-02']],
  ])('%s: days are counted from where it says', async (properties, expected) => {
    const serials = ['46345', '46345.445914351855', '0.445914351855', '59', '61'];
    const cells = serials.map(
      (serial, at) => `<row r="${at + 2}"><c r="A${at + 2}" s="${at === 1 ? 2 : 1}"><v>${serial}</v></c></row>`,
    );
    const styles =
      '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-42A]dd/mm/yyyy\\ hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>';
    const bytes = workbookOf({ properties, styles, rows: HEAD + cells.join('') });
    expect(cellsOf(await read(bytes)).map(([cell]) => cell)).toEqual(expected);
  });

  it('reads shared texts, what formulas gave, and what XML cannot hold', async () => {
    const shared = `<sst>${Array.from({ length: 3_000 }, (_, at) => `<si><r><t>Hồ </t></r><r><t>sơ ${at}</t></r><rPh><t>aloud</t></rPh></si>`).join('')}</sst>`;
    const cells = [
      '<c r="A2" t="s"><v>2999</v></c>',
      '<c r="A3" t="str"><f>B1&amp;"x"</f><v>ax_x000D_</v></c>',
      '<c r="A4"><f>1+1</f><v>2</v></c>',
      '<c r="A5"><f>1/0</f></c>',
      '<c r="A6" t="e"><v>#N/A</v></c>',
      '<c r="A7" t="b"><v>1</v></c>',
    ];
    const rows = cells.map((cell, at) => `<row r="${at + 2}">${cell}</row>`);
    const found = await read(workbookOf({ shared, rows: HEAD + rows.join('') }));
    expect(found.rows.map(({ line, cells: [cell] }) => [line, cell])).toEqual([
      [2, 'Hồ sơ 2999'],
      [3, 'ax\r'],
      [4, '2'],
      [6, '#N/A'],
      [7, 'TRUE'],
    ]);
  });

  it('is told from other archives', async () => {
    await expect(read(zipSync({ 'a.csv': strToU8(csv) }))).rejects.toThrow(
      /no \.xlsx file \(it has a\.csv\): unpack it/,
    );
    await expect(read(zipSync({ 'content.xml': strToU8('<x/>') }))).rejects.toThrow(/OpenDocument sheet \(\.ods\)/);
  });
});

describe('around the rows', () => {
  it('lines before the header are passed over, and counted', async () => {
    expect(await read(`Báo cáo\nTừ ngày, đến ngày\n\n${csv}`)).toMatchObject({
      preamble: 3,
      header: ['id', 'at', 'Tỉnh'],
    });
    expect((await read(`Báo cáo\n\n${csv}`)).rows[0]?.line).toBe(4);
  });

  it('a remark that has one of the names is no header: names in an id tell', async () => {
    const found = await read('# id, at, Tỉnh\nid,at,Tỉnh\n1,2026-11-19,x\n');
    expect(found).toMatchObject({ preamble: 1, header: ['id', 'at', 'Tỉnh'] });
  });

  it('the mark by which old programs end a text is no row', async () => {
    const found = await read(`${csv}\u001a`);
    expect(cellsOf(found)).toEqual(rows);
    expect(found.rows.filter(({ trouble }) => trouble !== undefined)).toEqual([]);
  });

  it('a line that names the delimiter is no header', async () => {
    expect(cellsOf(await read(`sep=;\r\n${csv.replaceAll(',', ';')}`))).toEqual(rows);
    expect(cellsOf(await read(`sep=,\n${csv}`, { delimiter: ';' }))).toEqual(rows);
  });

  it('a header is known in any spelling of its names', async () => {
    expect(cellsOf(await read(csv.normalize('NFD')))).toEqual(
      rows.map((row) => row.map((cell) => cell.normalize('NFD'))),
    );
    expect(await read('x\nID,At,Tinh\n1,2026-11-19,y\n')).toMatchObject({ preamble: 1 });
  });

  it('a header of two rows, as merged cells give it, is read as one', async () => {
    const change = { common: { ...mapping.common, count: { column: 'Hồ sơ / Nộp' } } };
    const found = await read('Báo cáo,,,,\nid,at,Hồ sơ,,Tỉnh\n,,Nộp,Trả,\n1,2026-11-19,5,3,x\n', change);
    expect(found).toMatchObject({ header: ['id', 'at', 'Hồ sơ / Nộp', 'Hồ sơ / Trả', 'Tỉnh'], preamble: 2 });
    expect(found.rows).toEqual([{ line: 4, cells: ['1', '2026-11-19', '5', '3', 'x'] }]);
  });

  it('rows without any text are passed over, and counted', async () => {
    expect(await read(`${csv}\n,,\n  \n`)).toMatchObject({ blank: 3, rows: [{ cells: rows[0] }, { cells: rows[1] }] });
  });

  it('empty cells beyond the header, and of a header, belong to nothing', async () => {
    expect(cellsOf(await read('id,at,Tỉnh\n1,2026-11-19,x,\n2,2026-11-19,y,,\n'))).toEqual([
      ['1', '2026-11-19', 'x'],
      ['2', '2026-11-19', 'y'],
    ]);
    expect(cellsOf(await read('id,at,Tỉnh,\n1,2026-11-19,x\n'))).toEqual([['1', '2026-11-19', 'x', '']]);
  });

  it('rows of another length are told, and whether a quote may be why', async () => {
    const { rows: told } = await read('id,at,Tỉnh\n1,2026-11-19\n2,2026-11-19,"x", y",z\n3,"a\\",b",c,d\n');
    expect(told.map((row) => row.trouble)).toEqual([
      'the row has 2 cells, the header 3',
      expect.stringMatching(/^the row has 5 cells, the header 3; there are quotes/),
      expect.stringMatching(/^the row has 5 cells, the header 3; there are quotes and backslashes/),
    ]);
  });

  it('a last row without a line end is told: it may be still being written', async () => {
    const { rows: told } = await read(csv.slice(0, -4));
    expect(told.map((row) => row.trouble)).toEqual([undefined, expect.stringMatching(/without a line end/)]);
  });

  it('a row that a stray quote swallowed is given back', async () => {
    const { rows: told } = await read(
      'id,at,Tỉnh\n1,2026-11-19,"OLD TOWN\n2,2026-11-19,x\n3,2026-11-19,"SAN PEDRO"\n4,2026-11-19,y\n',
    );
    expect(told.map(({ line, trouble }) => [line, trouble === undefined])).toEqual([
      [2, false],
      [3, true],
      [4, true],
      [5, true],
    ]);
  });
});
