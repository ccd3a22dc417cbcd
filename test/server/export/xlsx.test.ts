/** A workbook as another library reads it. */
import readXlsxFile from 'read-excel-file/node';
import { expect, it } from 'vitest';
import type { Table } from '../../../server/src/export/table.ts';
import { WORDS } from '../../../server/src/export/words.ts';
import { assertFits, xlsxOf } from '../../../server/src/export/xlsx.ts';

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

async function bytesOf(table: Table): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of xlsxOf(table, WORDS.vi)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

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

it('what is too large says so, and which way there is', () => {
  const rows = Array.from({ length: 40_000 }, () => TABLE.rows[0] ?? []);
  expect(() => assertFits({ ...TABLE, rows })).toThrow(
    expect.objectContaining({ status: 422, code: 'too_much' }) as Error,
  );
  expect(() => assertFits(TABLE)).not.toThrow();
});
