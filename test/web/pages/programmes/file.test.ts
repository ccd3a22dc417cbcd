/** Reports from a CSV file: read, or refused row by row. */
import { expect, it } from 'vitest';
import { MOST_ROWS, readReports } from '../../../../web/src/pages/programmes/file.ts';

const HEAD = 'indicator,by,period,unit,value,evidence,link,note';

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
  expect(readReports(text)).toEqual({ reports: [wanted], faults: [] });
  const other = `${HEAD.replaceAll(',', ';')}\nSIPAS;34-01;2026;share;0.826;"report ""12"", part 2";https://example.vn/12;`;
  expect(readReports(other)).toEqual({ reports: [wanted], faults: [] });
});

it.each([
  ['1,000', 'value'],
  ['', 'value'],
  ['1e3', 'value'],
  ['NaN', 'value'],
])('a value %j is none', (value, field) => {
  const { faults } = readReports(`${HEAD}\nSIPAS,,2026,share,"${value}",x,,`);
  expect(faults.map((fault) => [fault.row, fault.field])).toEqual([[1, field]]);
});

it('names each row that cannot be read, and what a file lacks', () => {
  const { faults } = readReports(`${HEAD}\nSIPAS,,2026,share,1,,javascript:alert(1),\nSIPAS,,2026,share,1,x,,`);
  expect(faults.map(({ row, field }) => [row, field])).toEqual([
    [1, 'evidence'],
    [1, 'link'],
  ]);
  expect(readReports('indicator,period\nSIPAS,2026').trouble).toEqual({
    key: 'progFileColumns',
    values: { names: 'unit, value, evidence' },
  });
  expect(readReports(HEAD).trouble?.key).toBe('progFileEmpty');
  const row = '\nSIPAS,,2026,share,1,x,,';
  expect(readReports(HEAD + row.repeat(MOST_ROWS)).reports).toHaveLength(MOST_ROWS);
  expect(readReports(HEAD + row.repeat(MOST_ROWS + 1)).trouble?.key).toBe('progFileLong');
});
