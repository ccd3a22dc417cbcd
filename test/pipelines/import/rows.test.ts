/** Tasks and reported values as offices write them: columns of their own, days and periods in Vietnamese, codes by the mapping. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { numberReader } from '../../../pipelines/src/import/numbers.ts';
import { periodNamed } from '../../../pipelines/src/import/period-written.ts';
import { hasRows, type RowsOptions, reportRows, runRows } from '../../../pipelines/src/import/rows.ts';
import { bindRows } from '../../../pipelines/src/import/rows-bind.ts';
import { isRowsMapping, parseRowsMapping } from '../../../pipelines/src/import/rows-mapping.ts';
import { tempDir } from '../../harness/temp.ts';

const TASKS = parseRowsMapping(
  JSON.stringify({
    rows: 'tasks',
    dateFormat: ['d/M/yyyy', "'ngày' d MMMM yyyy"],
    delimiter: ';',
    empty: ['-'],
    ignore: [{ column: 'STT', in: ['I', 'II'] }],
    fields: {
      plan: 'Quyết định 06/QĐ-TTg',
      item: { column: 'STT' },
      unit: { column: 'Cơ quan chủ trì', map: { 'Bộ Công an': 'agency:MPS', 'Hà Nội': 'province:34-01' } },
      text: { column: 'Nhiệm vụ' },
      due: { column: 'Thời hạn' },
      wanted: { column: 'Sản phẩm' },
      head: { column: 'Người phụ trách' },
      givenOn: { column: 'Ngày giao' },
    },
  }),
  'mapping.json',
);
const HEADER = ['STT', 'Nhiệm vụ', 'Cơ quan chủ trì', 'Thời hạn', 'Sản phẩm', 'Người phụ trách', 'Ngày giao'];

it('a row of a plan becomes a task by the names of the mapping; a cell that may be empty is', () => {
  const bind = bindRows(TASKS, HEADER);
  expect(bind(['1.2', 'Kết nối', 'bộ công an', '31/12/2026', 'biên bản', '-', 'ngày 15 tháng 1 2026'])).toEqual({
    ok: true,
    row: {
      plan: 'Quyết định 06/QĐ-TTg',
      item: '1.2',
      unit: { dim: 'agency', code: 'MPS' },
      text: 'Kết nối',
      due: '2026-12-31',
      wanted: 'biên bản',
      givenOn: '2026-01-15',
    },
  });
});

it('a plan that writes a month, quarter or year for a day means its last one by what is due', () => {
  const fields = {
    plan: 'Nghị quyết 03/NQ-CP',
    item: { column: 'STT' },
    agency: 'MPS',
    text: 'x',
    wanted: 'y',
    due: { column: 'Thời hạn', map: { 'Thường xuyên': '2026-12-31' } },
    givenOn: { column: 'Ngày giao' },
  };
  const mapping = parseRowsMapping(JSON.stringify({ rows: 'tasks', dateFormat: 'd/M/yyyy', fields }), 'm.json');
  const bind = bindRows(mapping, ['STT', 'Thời hạn', 'Ngày giao']);
  const days = (due: string, given = ''): unknown[] => {
    const bound = bind(['1', due, given]);
    if (!bound.ok) return [...bound.reasons];
    const { due: day, givenOn } = bound.row as { due: string; givenOn?: string };
    return givenOn === undefined ? [day] : [day, givenOn];
  };
  for (const [written, day] of [
    ['6/2025', '2025-06-30'],
    ['06/2025', '2025-06-30'],
    ['Tháng 2/2028', '2028-02-29'],
    ['Quý III/2025', '2025-09-30'],
    ['6 tháng đầu năm 2026', '2026-06-30'],
    ['2025', '2025-12-31'],
    ['2025 - 2026', '2026-12-31'],
    ['2025-2026', '2026-12-31'],
    ['thường xuyên', '2026-12-31'],
    ['31/12/2026', '2026-12-31'],
    ['2026-11-19', '2026-11-19'],
  ])
    expect([written, days(written as string)]).toEqual([written, [day]]);
  expect(days('2026', '1/2025')).toEqual(['2026-12-31', '2025-01-01']);
  expect(days('2025 và những năm tiếp theo')).toEqual([
    expect.stringMatching(/^Thời hạn: "2025 và những năm tiếp theo" is not a date.*month, quarter.*in a map/),
  ]);
});

it('names rows that are wrong in the same way together', () => {
  const faults = [
    ...Array.from({ length: 14 }, (_, n) => ({ line: n + 2, reason: 'no code for "A"' })),
    { line: 9, reason: 'x: empty' },
  ];
  const said = reportRows({ rows: 20, ignored: 0, faults }, { file: 'f.csv', mapping: TASKS, isCheck: true });
  expect(said).toContain('lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 2 more: no code for "A"');
  expect(said).toContain('line 9: x: empty');
  expect(said).toContain('14 of them cannot be taken');
});

it('says all that is wrong with a row at once', () => {
  const bound = bindRows(TASKS, HEADER)(['', 'Kết nối', 'Bộ Thủy lợi', '31/13/2026', '', 'A', '']);
  expect(bound).toEqual({
    ok: false,
    reasons: [
      'STT: empty',
      'Cơ quan chủ trì: the mapping has no code for "Bộ Thủy lợi"',
      expect.stringMatching(/^Thời hạn: "31\/13\/2026" is not a date/),
      'Sản phẩm: empty',
    ],
  });
});

it('reported values bring periods and numbers as people write them', () => {
  const mapping = parseRowsMapping(
    JSON.stringify({
      rows: 'reports',
      numberFormat: '1.234,5',
      fields: {
        indicator: { column: 'Chỉ tiêu', map: { 'Hồ sơ số hóa': 'RESULTS-DIGITISED' } },
        by: { column: 'Tỉnh', map: { 'Hà Nội': '34-01' } },
        period: { column: 'Kỳ' },
        unit: 'share',
        value: { column: 'Giá trị' },
        evidence: { column: 'Căn cứ' },
      },
    }),
    'mapping.json',
  );
  const bind = bindRows(mapping, ['Chỉ tiêu', 'Tỉnh', 'Kỳ', 'Giá trị', 'Căn cứ']);
  expect(bind(['Hồ sơ số hóa', 'Ha Noi', 'Quý I/2026', '61,3 %', 'công văn 12'])).toEqual({
    ok: true,
    row: {
      indicator: 'RESULTS-DIGITISED',
      by: '34-01',
      period: '2026-Q1',
      unit: 'share',
      value: 0.613,
      evidence: { text: 'công văn 12' },
      revision: 0,
    },
  });
  expect(bind(['Hồ sơ số hóa', 'Hà Nội', 'Quý I/2026', '0.613', ''])).toEqual({
    ok: false,
    reasons: ['value: "0.613" is not a number', 'Căn cứ: empty'],
  });
  expect(['tháng 3/2026', 'Tháng 11 năm 2026', '11/2026', 'quý IV năm 2026', 'Q3/2026'].map(periodNamed)).toEqual([
    '2026-03',
    '2026-11',
    '2026-11',
    '2026-Q4',
    '2026-Q3',
  ]);
  expect(['6 tháng đầu năm 2026', 'Năm 2026', '2026-H2', 'hè 2026'].map(periodNamed)).toEqual([
    '2026-H1',
    '2026',
    '2026-H2',
    'hè 2026',
  ]);
  expect(['1.234,5', '1.234', '12,50 %', '1,5', '1.23', 'x'].map(numberReader('1.234,5'))).toEqual([
    1234.5,
    1234,
    0.125,
    1.5,
    undefined,
    undefined,
  ]);
});

it('a number is read as a program keeps it, and is what was meant', () => {
  expect(
    ['21.846999999999998', '0.30000000000000004', '13.48377509', '0.1234567890123456789012'].map(numberReader()),
  ).toEqual([21.847, 0.3, 13.48377509, undefined]);
});

it('a mapping that lacks what rows need is refused by the field', () => {
  expect(isRowsMapping('{"rows":"tasks"}')).toBe(true);
  expect(isRowsMapping('{"source":"urn:portal:national"}')).toBe(false);
  expect(() =>
    parseRowsMapping(
      '{"rows":"tasks","fields":{"plan":"A","item":"1","text":"x","due":"2026-12-31","wanted":"y"}}',
      'm',
    ),
  ).toThrow(/fields\.unit: give unit, or agency and province/);
});

it('a file is held against its mapping without a room: faults by line, totals and headings passed over', async () => {
  await using folder = await tempDir('rows');
  const file = join(folder.path, 'ke-hoach.csv');
  await writeFile(
    file,
    `Kế hoạch năm 2026\n${HEADER.join(';')}\nI;Phần một;;;;;\n1;Kết nối;Bộ Công an;31/12/2026;biên bản;;\n2;Số hóa;Bộ Công an;mai;báo cáo;;\nTổng cộng;2;;;;;\n`,
  );
  const options: RowsOptions = { file, mapping: TASKS, isCheck: true };
  const summary = await runRows(options);
  expect(summary).toMatchObject({
    ignored: 2,
    faults: [{ line: 5, reason: expect.stringMatching(/^Thời hạn: "mai" is not a date/) }],
  });
  expect(reportRows(summary, options)).toMatch(/line 5: .*\n1 of them cannot be taken, and so none was/s);
});

it.each([
  ['', 'there is no row below the header'],
  ['I;Phần một;;;;;\n', 'every row was passed over'],
])('a file without a row to take is no file that nothing is wrong with', async (rows, said) => {
  await using folder = await tempDir('rows');
  const file = join(folder.path, 'ke-hoach.csv');
  await writeFile(file, `${HEADER.join(';')}\n${rows}`);
  const options: RowsOptions = { file, mapping: TASKS, isCheck: true };
  const summary = await runRows(options);
  expect([hasRows(summary), summary.faults]).toEqual([false, []]);
  expect(reportRows(summary, options)).toContain(said);
  expect(reportRows(summary, options)).not.toContain('nothing is wrong');
});

it('a last row without a line end is mended in the file: no rejects are written', async () => {
  await using folder = await tempDir('rows');
  const file = join(folder.path, 'ke-hoach.csv');
  await writeFile(file, `${HEADER.join(';')}\n1;Kết nối;Bộ Công an;31/12/2026;biên bản;;`);
  const { faults } = await runRows({ file, mapping: TASKS, isCheck: true });
  expect(faults).toEqual([{ line: 2, reason: expect.stringMatching(/without a line end.*save it anew/) }]);
  expect(faults[0]?.reason).not.toContain('rejects');
});
