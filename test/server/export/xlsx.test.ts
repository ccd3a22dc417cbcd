/** A workbook as another library reads it. */
import readXlsxFile from 'read-excel-file/node';
import { expect, it } from 'vitest';
import { cutInto } from '../../../server/src/export/pieces.ts';
import type { Cell, Head, LongTable, Sheet } from '../../../server/src/export/table.ts';
import { WORDS } from '../../../server/src/export/words.ts';
import { assertFits, xlsxOf } from '../../../server/src/export/xlsx.ts';

type Table = Head & { rows: Cell[][] };
const TABLE: Table = {
  about: [
    ['Định nghĩa: Hồ sơ nộp', 'Số hồ sơ “đạt” <trạng thái> & đầu vào'],
    ['=1+1', '@x'],
  ],
  columns: [
    { name: 'Tỉnh', kind: 'text' },
    { name: 'Ngày', kind: 'day' },
    { name: 'Giờ', kind: 'hour' },
    { name: 'Tháng', kind: 'month' },
    { name: 'Hồ sơ nộp', kind: 'count' },
    { name: 'Tỷ lệ', kind: 'share' },
  ],
  rows: [
    ['Cà Mau', '2026-11-19', '2026-11-19T07', '2026-11', 12_345_678, 0.25],
    ['01', '2024-02-29', '2024-02-29T23', '2024-02', undefined, 0],
  ],
};

const long = (table: Table): LongTable => ({ ...table, count: table.rows.length, pieces: cutInto(table.rows) });

async function bytesOf(table: Table, crossed?: Sheet): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const all = { ...long(table), ...(crossed === undefined ? {} : { crossed }) };
  for await (const chunk of xlsxOf(all, WORDS.vi)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

it('two dimensions that are crossed are a third sheet, of numbers; without them there are two', async () => {
  const crossed: Sheet = {
    columns: [
      { name: 'Bộ', kind: 'text' },
      { name: 'Cà Mau', kind: 'count' },
      { name: 'Cộng', kind: 'share' },
    ],
    rows: [
      ['A', 7, 0.5],
      ['B', undefined, 0],
    ],
  };
  const sheets = await readXlsxFile(await bytesOf(TABLE, crossed));
  expect(sheets.map(({ sheet }) => sheet)).toEqual(['Định nghĩa', 'Số liệu', 'Bảng chéo']);
  expect(sheets[2]?.data).toEqual([
    ['Bộ', 'Cà Mau', 'Cộng'],
    ['A', 7, 0.5],
    ['B', null, 0],
  ]);
  expect((await readXlsxFile(await bytesOf(TABLE))).length).toBe(2);
});

it('numbers are numbers, days are days, and what is not known is empty', async () => {
  const sheets = await readXlsxFile(await bytesOf(TABLE));
  expect(sheets.map(({ sheet }) => sheet)).toEqual(['Định nghĩa', 'Số liệu']);
  // A workbook keeps a time as a fraction of a day.
  const whole = (cell: unknown) => (cell instanceof Date ? new Date(Math.round(cell.getTime() / 1_000) * 1_000) : cell);
  const [about, data] = sheets.map((each) => each.data.map((row) => row.map(whole)));
  expect(about).toEqual(TABLE.about);
  expect(data).toEqual([
    TABLE.columns.map(({ name }) => name),
    [
      'Cà Mau',
      new Date('2026-11-19T00:00:00Z'),
      new Date('2026-11-19T07:00:00Z'),
      new Date('2026-11-01T00:00:00Z'),
      12_345_678,
      0.25,
    ],
    [
      '01',
      new Date('2024-02-29T00:00:00Z'),
      new Date('2024-02-29T23:00:00Z'),
      new Date('2024-02-01T00:00:00Z'),
      null,
      0,
    ],
  ]);
});

it('what has more rows than a sheet says so, and which way there is', () => {
  expect(() => assertFits({ count: 1_048_576 })).toThrow(
    expect.objectContaining({ status: 422, code: 'too_much', numbers: { rows: 1_048_576, most: 1_048_575 } }) as Error,
  );
  expect(() => assertFits({ count: 1_048_575 })).not.toThrow();
  const columns = Array(16_385).fill({ name: 'x', kind: 'count' }) as Sheet['columns'];
  expect(() => assertFits({ count: 1, crossed: { columns, rows: [] } })).toThrow(
    expect.objectContaining({ status: 422, code: 'too_much', numbers: { rows: 16_385, most: 16_384 } }) as Error,
  );
});

it('texts of any signs are in it as they are, but those that XML has not', async () => {
  const texts = ['<c r="A1"/>&amp;"\'', ']]>', '🏛️', 'a\tb\nc'];
  const [, data] = await readXlsxFile(
    await bytesOf({
      about: [],
      columns: [{ name: 'x', kind: 'text' }],
      rows: [...texts, '\u0000\u001b\ud800'].map((text) => [text]),
    }),
  );
  expect(data?.data.slice(1).map(([text]) => text)).toEqual([...texts, '\ufffd\ufffd\ufffd']);
});

it('one whose rows break off is no workbook, and says so to whoever writes it', async () => {
  async function* breaking(): AsyncGenerator<Cell[][]> {
    yield TABLE.rows;
    throw new Error('the engine went away');
  }
  const chunks: Uint8Array[] = [];
  const writing = (async () => {
    for await (const chunk of xlsxOf({ ...TABLE, count: 9, pieces: breaking() }, WORDS.vi)) chunks.push(chunk);
  })();
  await expect(writing).rejects.toThrow('the engine went away');
  await expect(readXlsxFile(Buffer.concat(chunks))).rejects.toThrow();
});

it('many that are made at once hold up nobody for longer than 50 ms', { retry: 3 }, async () => {
  const row = Array.from({ length: 2 }, () => TABLE.rows[0] ?? []).flat();
  const table = { ...TABLE, columns: [...TABLE.columns, ...TABLE.columns], rows: Array(15_000).fill(row) as Cell[][] };
  // Time of the processor, as others of this machine's tests have theirs; also that of threads, which hold up nobody.
  let longest = 0;
  let last = process.cpuUsage();
  const ticking = setInterval(() => {
    const { user, system } = process.cpuUsage(last);
    longest = Math.max(longest, user + system);
    last = process.cpuUsage();
  }, 1);
  await Promise.all(Array.from({ length: 4 }, () => bytesOf(table)));
  clearInterval(ticking);
  expect(longest / 1_000).toBeLessThan(50);
});
