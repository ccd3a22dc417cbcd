/** Reports from a CSV file: read, or refused row by row. */
import { expect, it } from 'vitest';
import { MOST_ROWS } from '../../../../web/src/app/rows-file.ts';
import { REPORT_COLUMNS, readReports } from '../../../../web/src/pages/programmes/file.ts';

const HEAD = REPORT_COLUMNS.join();
const read = (text: string) => readReports(Buffer.from(text));

it('reads rows with quotes, another separator, a byte order mark and lines of another system', () => {
  const wanted = {
    indicator: 'SIPAS',
    period: '2026',
    unit: 'share',
    value: 0.826,
    evidence: { text: 'report "12", part 2', link: 'https://example.vn/12' },
    revision: 0,
    by: '34-01',
  };
  const text = `\uFEFF${HEAD}\r\nSIPAS,34-01,2026,share,82.6%,"report ""12"", part 2",https://example.vn/12,\r\n\r\n`;
  expect(read(text)).toEqual({ rows: [wanted], faults: [] });
  const other = `${HEAD.replaceAll(',', ';')}\nSIPAS;34-01;2026;share;0.826;"report ""12"", part 2";https://example.vn/12;`;
  expect(read(other)).toEqual({ rows: [wanted], faults: [] });
});

it.each([
  ['1,000', 'value'],
  ['', 'value'],
  ['1e3', 'value'],
  ['NaN', 'value'],
])('a value %j is none', (value, field) => {
  const { faults } = read(`${HEAD}\nSIPAS,,2026,share,"${value}",x,,`);
  expect(faults.map((fault) => [fault.row, fault.field])).toEqual([[1, field]]);
});

it('names each row that cannot be read, and what a file lacks', () => {
  const { faults } = read(`${HEAD}\nSIPAS,,2026,share,1,,javascript:alert(1),\nSIPAS,,2026,share,1,x,,`);
  expect(faults.map(({ row, field }) => [row, field])).toEqual([
    [1, 'evidence'],
    [1, 'link'],
  ]);
  expect(read('indicator,period\nSIPAS,2026').trouble).toEqual({
    key: 'rowsColumns',
    values: { names: 'unit, value, evidence' },
  });
  // With what can be seen in the columns that are there.
  expect(read('indicator,period,value\nSIPAS,2026,many').faults.map(({ field }) => field)).toEqual(['value']);
  const long = 'x'.repeat(501);
  expect(read(`${HEAD}\nsipas,,2026,percent,1,${long},,`).faults.map(({ field }) => field)).toEqual([
    'evidence',
    'indicator',
    'unit',
  ]);
  expect(read(HEAD).trouble?.key).toBe('rowsEmpty');
  const row = '\nSIPAS,,2026,share,1,x,,';
  expect(read(HEAD + row.repeat(MOST_ROWS)).rows).toHaveLength(MOST_ROWS);
  expect(read(HEAD + row.repeat(MOST_ROWS + 1)).trouble?.key).toBe('rowsLong');
});
