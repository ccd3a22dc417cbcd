import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CsvFormat,
  CsvReader,
  type CsvRow,
  csvLine,
  NotCsv,
  type RowShape,
} from '../../../pipelines/src/import/csv.ts';

const comma: CsvFormat = { delimiter: ',', escape: '"' };

/** A row is three cells, of which the last is a year. */
const shape: RowShape = {
  fits: (cells) => cells.length === 3,
  looksLikeRow: (cells) => cells.length === 3 && /^\d{4}$/.test(cells[2] ?? ''),
};

function read(text: string, format = comma, pieces: readonly string[] = [text]): CsvRow[] {
  const reader = new CsvReader(format);
  reader.shape = shape;
  return [...pieces, ''].flatMap((piece, at) => [...reader.push(piece, at === pieces.length)]);
}
const cells = (text: string, format = comma): string[][] => read(text, format).map((row) => row.cells);

describe('rows', () => {
  it.each([
    [
      'plain cells',
      'a,b,1\nc,,2\n',
      [
        ['a', 'b', '1'],
        ['c', '', '2'],
      ],
    ],
    [
      'all line ends of one file',
      'a,b,1\r\nc,d,2\ne,f,3\rg,h,4\r\n',
      [
        ['a', 'b', '1'],
        ['c', 'd', '2'],
        ['e', 'f', '3'],
        ['g', 'h', '4'],
      ],
    ],
    ['delimiters and doubled quotes within quotes', '"a,""b""",c,1\n', [['a,"b"', 'c', '1']]],
    ['line ends within quotes', 'a,"one\r\ntwo, three\nfour",1\n', [['a', 'one\r\ntwo, three\nfour', '1']]],
    [
      'an address first',
      '"12 Main St, Apt 4, Springfield\nUSA",b,2026\n',
      [['12 Main St, Apt 4, Springfield\nUSA', 'b', '2026']],
    ],
    ['a quote within a cell', 'a,5" pipe,1\n', [['a', '5" pipe', '1']]],
    ['quotes within quotes that are not doubled', 'a,"say "hi" now",1\n', [['a', 'say "hi" now', '1']]],
    ['blanks after a closing quote', 'a,"b" ,1\n', [['a', 'b', '1']]],
  ])('of %s', (_, text, expected) => {
    expect(cells(text)).toEqual(expected);
    expect(read(text).map((row) => row.trouble)).toEqual(expected.map(() => undefined));
  });

  it('take another delimiter, also of several characters', () => {
    expect(cells('a;"b;c";1\n', { delimiter: ';', escape: '"' })).toEqual([['a', 'b;c', '1']]);
    expect(cells('a||"b||c"||1\n', { delimiter: '||', escape: '"' })).toEqual([['a', 'b||c', '1']]);
  });

  it('take a backslash for what stands before a quote, where the format says so', () => {
    const slashed: CsvFormat = { delimiter: ',', escape: '\\' };
    expect(cells('a,"said \\"hi\\", ok",1\nb,"c:\\\\",2\n', slashed)).toEqual([
      ['a', 'said "hi", ok', '1'],
      ['b', 'c:\\', '2'],
    ]);
  });

  it('have the line on which they begin', () => {
    expect(read('a,b,1\r\n\r\nc,"d\ne",2\nf,g,3\n').map((row) => row.line)).toEqual([1, 2, 3, 5]);
  });

  it('tell a last one without a line end', () => {
    expect(read('a,b,1\nc,d,2').map((row) => row.isUnended)).toEqual([false, true]);
    expect(read('a,b,1\nc,d,"2"').map((row) => row.isUnended)).toEqual([false, true]);
    expect(read('a,b,1\nc,d,2\n').map((row) => row.isUnended)).toEqual([false, false]);
  });
});

describe('a stray quote', () => {
  const rowsOf = (text: string): (string | true)[] =>
    read(text).map((row) => (row.trouble === undefined ? (row.cells[0] ?? '') : true));

  it.each([
    [
      'up to another in a last cell',
      'a,x,2020\nb,"x,2021\nc,x,2022\nd,x",2023\ne,x,2024\n',
      ['a', true, 'c', 'd', 'e'],
    ],
    ['in a last cell', 'a,x,"2020\nb,x,2021\nc,x,"2022"\n', [true, 'b', 'c']],
    ['up to one that opens a cell', 'a,"open,2020\nb,x,2021\nc,"ok",2022\nd,x,2023\n', [true, 'b', 'c', 'd']],
    ['over the next line alone', 'a,"open,2020\nb,x",2021\nc,x,2022\n', [true, 'b', 'c']],
    ['up to the end', 'a,x,2020\nb,"open,2021\nc,x,2022\n', ['a', true, 'c']],
    ['in each row', 'a,"x,2020\nb,"x,2021\nc,"x,2022\n', [true, true, true]],
    ['that makes a row of too many cells', 'a,"x,y\nz",q,r,2020\nb,x,2021\n', [true, 'z"', 'b']],
  ])('%s costs its own row only', (_, text, expected) => {
    expect(rowsOf(text)).toEqual(expected);
  });

  it('is told with its line, its cell and the cells of that line', () => {
    const [, row] = read('a,x,2020\nb,"x,2021\nc,x,2022\n');
    expect(row).toMatchObject({ line: 2, cells: ['b', '"x', '2021'] });
    expect(row?.trouble).toMatch(/^a quote \("\) opens cell 2 and is not closed/);
  });
});

const text = fc.string({ unit: fc.constantFrom('a', 'é', ',', ';', '"', '\\', '\n', '\r', ' ', '\u{1f600}') });

describe('whatever the cells', () => {
  it.each([comma, { delimiter: ';', escape: '\\' }] satisfies CsvFormat[])(
    'they are read as they were written: %j',
    (format) => {
      fc.assert(
        fc.property(fc.array(fc.array(text, { minLength: 3, maxLength: 3 }), { minLength: 1 }), (rows) => {
          const written = rows.map((row) => csvLine(row, format)).join('');
          expect(cells(written, format)).toEqual(rows);
        }),
      );
    },
  );

  it('a file is read the same in any pieces, and no line of it vanishes', () => {
    fc.assert(
      fc.property(fc.array(text), (parts) => {
        const whole = parts.join('');
        expect(read(whole, comma, parts)).toEqual(read(whole));
        expect(read(whole, comma, [...whole])).toEqual(read(whole));
        const told = read(whole).reduce((sum, row) => sum + row.cells.join(',').split(/\r\n|\n|\r/).length, 0);
        expect(told).toBe(whole.replace(/(\r\n|\n|\r)$/, '').split(/\r\n|\n|\r/).length - (whole === '' ? 1 : 0));
      }),
      { numRuns: 500 },
    );
  });

  it('a row without an end is no row', () => {
    expect(() => read('x'.repeat(1_100_000))).toThrow(NotCsv);
  });
});
