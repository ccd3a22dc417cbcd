/** What is taken along: its lines, its columns, and that a program reads it as it was. */
import { type QueryAnswer, querySchema } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvReader } from '../../../pipelines/src/import/csv.ts';
import { cellText, csvOf } from '../../../server/src/export/csv.ts';
import { cutInto } from '../../../server/src/export/pieces.ts';
import { type Cell, type Head, type LayoutOptions, layoutOf } from '../../../server/src/export/table.ts';
import { WORDS } from '../../../server/src/export/words.ts';
import { catalogue } from '../../web/room.ts';

const answer: QueryAnswer = {
  periods: {
    now: {
      from: '2026-11-01',
      to: '2026-11-02',
      days: 2,
      workingDays: 1,
      asOf: Date.parse('2026-11-02T03:00:00Z'),
      coverage: 0.5,
    },
    before: { from: '2026-10-30', to: '2026-10-31', days: 2 },
  },
  total: { key: [], now: { submitted: 12, shareOnline: 0.25 } },
  rows: [
    { key: ['N'], now: { submitted: 7, shareOnline: 0.5 }, before: { submitted: 3 } },
    { key: ['S'], now: { submitted: 5 } },
  ],
  simulated: true,
  watermark: Date.parse('2026-11-02T03:00:01Z'),
  answeredAt: Date.parse('2026-11-02T03:00:02Z'),
  source: 'rollup',
  ms: 1,
};
const options = (text: Record<string, string>, of: Partial<LayoutOptions> = {}): LayoutOptions => ({
  query: querySchema.parse({
    from: '2026-11-01',
    to: '2026-11-02',
    measures: 'submitted,shareOnline',
    compare: 'previous',
    ...text,
  }),
  answer,
  catalogue,
  language: 'en',
  address: 'https://room.example/explore?from=2026-11-01',
  isPart: false,
  ...of,
});
/** The whole of an answer. */
function tableOf(given: LayoutOptions): Head & { rows: Cell[][] } {
  const { cellsOf, ...head } = layoutOf(given);
  return {
    ...head,
    rows: (given.query.split.length === 0 ? [given.answer.total] : given.answer.rows).flatMap(cellsOf),
  };
}
async function linesOf(table: ReturnType<typeof tableOf>): Promise<string[]> {
  let text = '';
  for await (const chunk of csvOf({ ...table, count: table.rows.length, pieces: cutInto(table.rows) }, WORDS.en))
    text += chunk;
  return text.split('\r\n');
}

it('says how it is opened again, of when and how complete it is, what its measures mean; then its rows', async () => {
  const lines = await linesOf(tableOf(options({ split: 'province', province: 'N,S' }, { isPart: true })));
  expect(lines).toEqual([
    '\ufeff# SIMULATED NUMBERS',
    '# Open this question again: https://room.example/explore?from=2026-11-01',
    '# Made at: 2026-11-02 10:00:02 Asia/Ho_Chi_Minh',
    '# Period: 2026-11-01 – 2026-11-02; days: 2; working days: 1',
    '# Reported up to: 2026-11-02 10:00:00 Asia/Ho_Chi_Minh',
    "# Share of the portals' days received: 50.0 %",
    '# Compared with: 2026-10-30 – 2026-10-31; days: 2',
    '# Reported up to: not known',
    "# Share of the portals' days received: not known",
    '# Of what the log had taken at: 2026-11-02 10:00:01 Asia/Ho_Chi_Minh',
    '# Place: North; South',
    '# Units that were merged: as they were then',
    '# Only what its maker may see in full',
    expect.stringMatching(/^# Definition: Submitted: Dossiers that reached/),
    expect.stringMatching(/^# Definition: Share submitted online: /),
    '# Total: Submitted: 12',
    '# Total: Share submitted online: 0.25',
    '# The file is whole only if its last line is “# End of the file; rows: …”',
    '"Place, code",Place,Submitted,"Submitted, compared with",Share submitted online,"Share submitted online, compared with"',
    'N,North,7,3,0.5,',
    'S,South,5,,,',
    '# End of the file; rows: 2',
    '',
  ]);
});

it('a curve has its points, each beside the one that it is held against', async () => {
  const points = [
    { at: '2026-11-01', beforeAt: '2026-10-30', now: { submitted: 7 }, before: { submitted: 1 } },
    { at: '2026-11-02', beforeAt: '2026-10-31' },
  ];
  const table = tableOf(
    options(
      { grain: 'day', measures: 'submitted' },
      { answer: { ...answer, total: { ...answer.total, points } }, language: 'vi' },
    ),
  );
  expect(table.columns).toEqual([
    { name: 'Thời điểm', kind: 'day' },
    { name: 'Thời điểm so sánh', kind: 'day' },
    { name: 'Hồ sơ nộp', kind: 'count' },
    { name: 'Hồ sơ nộp, kỳ so sánh', kind: 'count' },
  ]);
  expect(table.rows).toEqual([
    ['2026-11-01', '2026-10-30', 7, 1],
    ['2026-11-02', '2026-10-31', undefined, undefined],
  ]);
});

it('points have a column of those that are measured beside them, and say how much of the index that is', () => {
  const label = { vi: 'Đúng hạn', en: 'On time' };
  const scoring = {
    decision: '1/X',
    points: 100,
    components: [{ id: '2.1', label, points: 20, ratio: 'shareOnTime' as const }],
  };
  const total = { key: [], now: { indexPoints: 15.25, indexMeasured: 20 } };
  const asked = { measures: 'indexPoints', compare: 'none' };
  const of = {
    answer: { ...answer, periods: { now: answer.periods.now }, total },
    catalogue: { ...catalogue, scoring },
  };
  const table = tableOf(options(asked, of));
  expect(table.columns).toEqual([
    { name: 'Index points', kind: 'points' },
    { name: 'Index points that are measured', kind: 'points' },
  ]);
  expect(table.rows).toEqual([[15.25, 20]]);
  expect(new Map(table.about).get('Of the index')).toBe(
    '1/X: counted are 2.1 On time: at most 20 of 100 points; the rest is not measured, which is not zero',
  );
  // A catalogue without an index has no such columns, whoever asks for all there are.
  const { measures: _, ...all } = options({}).query;
  const query = querySchema.parse({ from: all.from, to: all.to });
  expect(query.measures).toContain('indexPoints');
  expect(tableOf({ ...options({}), query }).columns.map(({ kind }) => kind)).not.toContain('points');
});

it('like days of a month stand under the month of the first of them', () => {
  const points = [{ at: '2026-10', beforeAt: '2025-10-04', now: { submitted: 7 }, before: { submitted: 1 } }];
  const of = { answer: { ...answer, total: { ...answer.total, points } } };
  const { rows, columns } = tableOf(options({ grain: 'month', compare: 'day-types', measures: 'submitted' }, of));
  expect([columns[1]?.kind, rows[0]?.slice(0, 2)]).toEqual(['month', ['2026-10', '2025-10']]);
});

it('says per what it counts, by which map, and what is not reported by part', () => {
  const levels = { now: { submitted: 1.5, backlogOverdue: 3 } };
  const table = tableOf(
    options(
      {
        split: 'province',
        per: '1000-people',
        boundaries: '2026-06-30',
        measures: 'submitted,backlogOverdue',
        compare: 'none',
      },
      {
        answer: {
          ...answer,
          periods: { now: answer.periods.now },
          rows: [{ key: [''], ...levels }],
          peopleAsOf: '2026-01-01',
        },
      },
    ),
  );
  expect(table.about).toEqual(
    expect.arrayContaining([
      ['Units that were merged', 'in the units of 2026-06-30'],
      ['Counted', 'per 1,000 people'],
      ['People as of', '2026-01-01'],
      ['Definition: Waiting beyond the date', expect.stringContaining('beyond their date')],
    ]),
  );
  expect(table.columns.map(({ kind }) => kind)).toEqual(['text', 'text', 'rate', 'rate']);
  expect(table.rows).toEqual([['', 'Not reported by part', 1.5, 3]]);
});

it.each(['=1+1', '+84', '-cmd', '@x', '\tx'])('no spreadsheet takes %j for a formula', (text) => {
  expect(cellText(text).replaceAll('"', '')).toBe(`'${text}`);
});

it('whatever stands in a cell, a reader of CSV finds it again', () => {
  const text = fc.string().filter((one) => !/^[=+\-@\t\r]/.test(one));
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 5 }), (cells) => {
      const reader = new CsvReader({ delimiter: ',', escape: '"' });
      const rows = [...reader.push(`${cells.map(cellText).join(',')}\r\n`, true)];
      expect(rows.map((row) => row.cells)).toEqual([cells]);
    }),
    { numRuns: 500, seed: 2 },
  );
});
