/** Files of rows as spreadsheets save them: read as they were meant, or refused as a whole with what helps. */
import { expect, it } from 'vitest';
import { MOST_BYTES, readRows, soundRows } from '../../../web/src/app/rows-file.ts';

const read = (bytes: Uint8Array) =>
  readRows(
    bytes,
    (columns) => ['name'].filter((each) => !columns.includes(each)),
    (cell) => ({ row: cell('name'), faults: [] }),
  );
const NAME = 'Nghĩa vụ công dân';
const TEXT = `name,due\r\n${NAME},2026-12-31\r\n`;
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

it.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with its mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16, as "Unicode text"', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
  ['UTF-16 the other way round', swapped(Buffer.from(`\uFEFF${TEXT}`, 'utf16le'))],
])('reads %s', (_, bytes) => {
  expect(read(bytes)).toEqual({ rows: [NAME], faults: [] });
});

it.each([
  ['Windows-1258', Buffer.from([...Buffer.from('name\r\nNgh'), 0xee, 0x61]), 'rowsEncoding'],
  ['UTF-16 without its mark', Buffer.from(TEXT, 'utf16le'), 'rowsEncoding'],
  ['a workbook', Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 8, 0, 0xb5, 0xff]), 'rowsEncoding'],
  ['a quotation mark that stays open', Buffer.from('name\n"A\nB\nC'), 'rowsQuote'],
  ['nothing', Buffer.from(''), 'rowsColumns'],
  ['names alone', Buffer.from('name\n\n'), 'rowsEmpty'],
  ['too much', Buffer.alloc(MOST_BYTES + 1, 'a'), 'rowsBig'],
])('refuses %s as a whole, and says what helps', (_, bytes, key) => {
  expect(read(bytes)).toMatchObject({ rows: [], trouble: { key } });
});

it('rows that can be sent keep the number that they have in the file', () => {
  const faults = [{ row: 2, field: 'name', key: 'rowsEmpty' as const }];
  expect(soundRows({ rows: ['a', 'b', 'c'], faults })).toEqual([
    { row: 1, of: 'a' },
    { row: 3, of: 'c' },
  ]);
});
