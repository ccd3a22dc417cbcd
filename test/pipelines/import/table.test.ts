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
import { openTable, type TableRow } from '../../../pipelines/src/import/table.ts';

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
  return { header: table.header, preamble: table.preamble, blank: table.blank(), sheets: table.sheets, rows };
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
    ['another archive', Buffer.from('PK\u0003\u0004rest'), /is it an \.xlsx file/],
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
function workbook(...pieces: string[]): Uint8Array {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const sheets = `<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>`;
  const sheet = `<Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/>`;
  const [before = '', ...rows] = pieces;
  return zipSync(
    {
      'xl/workbook.xml': strToU8(`<workbook xmlns="${main}" xmlns:r="${office}">${sheets}</workbook>`),
      'xl/_rels/workbook.xml.rels': strToU8(
        `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheet}</Relationships>`,
      ),
      'xl/worksheets/sheet1.xml': strToU8(
        `${before}<worksheet xmlns="${main}"><sheetData>${rows.join('')}</sheetData></worksheet>`,
      ),
    },
    { level: 1 },
  );
}
const cellOf = (column: string, row: number, text: string): string =>
  `<c r="${column}${row}" t="inlineStr"><is><t>${text}</t></is></c>`;
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
    ['has a cell in the last corner', ['', rowOf(1_048_576, 'XFD', 'x')], /reaches to row 1048576 and column 16384/],
    ['has a column that no sheet has', ['', rowOf(1, 'ZZZZ', 'x')], /column 475254/],
    [
      'names files of the machine',
      ['<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', rowOf(1, 'A', '&a;')],
      /defines entities of its own/,
    ],
  ])('is refused in a few words where it %s', async (_, pieces, message) => {
    await expect(read(workbook(...pieces))).rejects.toThrow(message);
  });

  it('is refused where it unpacks to more than any table', async () => {
    const zeros = Buffer.alloc(16 * 1024 * 1024);
    const parts = Array.from({ length: 17 }, (_, at) => [`xl/media/${at}.bin`, zeros]);
    await expect(read(zipSync(Object.fromEntries(parts), { level: 1 }))).rejects.toThrow(
      /unpacks to more than 256 MiB: export the sheet as CSV/,
    );
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
