/** Papers as another program reads them. */
import { type Annotation, type Kept, pivotOf, type QueryAnswer, querySchema } from '@room/contract';
import { extractLinks, extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { type Paper, type SectionOptions, sectionOf } from '../../../server/src/export/paper/paper.ts';
import { Typesetter } from '../../../server/src/export/paper/typeset.ts';
import { catalogue } from '../../web/room.ts';

const typesetter = new Typesetter();
const MADE = Date.parse('2026-11-02T03:00:00Z');

const answer: QueryAnswer = {
  periods: {
    now: { from: '2026-11-01', to: '2026-11-02', days: 2, workingDays: 1, asOf: MADE, coverage: 0.5 },
    before: { from: '2026-10-30', to: '2026-10-31', days: 2 },
  },
  total: {
    key: [],
    now: { submitted: 12_345, shareOnline: 0.25 },
    before: { submitted: 11_000 },
    points: [
      { at: '2026-11-01', beforeAt: '2026-10-30', now: { submitted: 7 }, before: { submitted: 1 } },
      { at: '2026-11-02', beforeAt: '2026-10-31' },
    ],
  },
  rows: [
    { key: ['N'], now: { submitted: 7_000, shareOnline: 0.5 }, before: { submitted: 3 } },
    { key: ['S'], now: { submitted: 5_345 } },
  ],
  simulated: true,
  watermark: MADE,
  answeredAt: MADE,
  source: 'rollup',
  ms: 1,
};
const options = (of: Partial<SectionOptions> = {}): SectionOptions => ({
  query: querySchema.parse({
    from: '2026-11-01',
    to: '2026-11-02',
    measures: 'submitted,shareOnline',
    grain: 'day',
    split: 'province',
    compare: 'previous',
  }),
  search: '?from=2026-11-01&to=2026-11-02&split=province',
  answer,
  catalogue,
  language: 'en',
  isPart: true,
  address: (path) => `https://room.example${path}`,
  ...of,
});
const paper = (of: Partial<Paper> = {}, section: Partial<SectionOptions> = {}): Paper => ({
  language: 'en',
  title: 'Submitted',
  warning: 'SIMULATED NUMBERS',
  footer: 'The room',
  page: 'Page {n} of {all}',
  sections: [sectionOf(options(section))],
  ...of,
});
async function read(one: Paper): Promise<{ pages: string[]; text: string; links: string[] }> {
  const document = await getDocumentProxy(Uint8Array.from(typesetter.set(one, MADE)));
  const { text: pages } = await extractText(document, { mergePages: false });
  const { links } = await extractLinks(document);
  return { pages, text: pages.join(' ').replaceAll(/[\s\u200b]+/g, ' '), links };
}

it('says its numbers, how it is opened again, as of when, how complete, what they mean and what they are narrowed to', async () => {
  const { text, links } = await read(paper());
  for (const part of [
    'Submitted',
    'SIMULATED NUMBERS',
    '12,345',
    'Compared with: 11,000',
    'North 7,000 3 50.0%',
    'South 5,345 — —',
    '2026-11-01 – 2026-11-02; days: 2; working days: 1',
    'Reported up to 2026-11-02 10:00:00',
    '50.0 %',
    'Only what its maker may see in full',
    'Dossiers that reached',
    'Page 1 of 1',
  ])
    expect(text).toContain(part);
  expect(links).toContain('https://room.example/explore?from=2026-11-01&to=2026-11-02&split=province');
  // From each number one step to its evidence.
  const evidence = links.filter((link) => link.includes('&evidence=')).map((link) => decodeURIComponent(link));
  expect(evidence).toContainEqual(expect.stringContaining(`measure=submitted&side=now&province=N&asOf=${MADE}`));
  expect(evidence).toContainEqual(expect.stringContaining('measure=submitted&side=before'));
});

it('in Vietnamese with its marks, and numbers as they are written there', async () => {
  const { text } = await read(
    paper({ language: 'vi', title: 'Hồ sơ nộp ở Thừa Thiên Huế, Đắk Lắk' }, { language: 'vi' }),
  );
  for (const part of ['Hồ sơ nộp ở Thừa Thiên Huế, Đắk Lắk', '12.345', '50,0%', 'Tỷ lệ ngày đã báo của các cổng'])
    expect(text.normalize('NFC')).toContain(part);
});

it.each([
  '#panic("x")',
  '#read("/etc/passwd")',
  '#import "@preview/x:0.1.0": *',
  '[*b*] _i_ $x^2$ <label> @ref',
  '= Heading',
  '// gone /* gone */',
  '\\ ` " \' ~ -- --- ...',
  'https://x.example',
  '{n} {all}',
])('what people write is set as they wrote it: %s', async (text) => {
  const { text: said } = await read(paper({ title: text }, { title: text, text: `${text}\n\n${text}` }));
  // Set in lines, and without what separates words.
  const bare = (one: string): string => one.replaceAll(/\s/g, '');
  expect(bare(said).split(bare(text)).length - 1).toBeGreaterThanOrEqual(4);
});

it('a long one goes over pages that are numbered, leaves out what has no room and says how much', async () => {
  const rows = Array.from({ length: 500 }, (_, n) => ({ key: ['N'], now: { submitted: n } }));
  const { pages, text } = await read(paper({}, { answer: { ...answer, rows } }));
  expect(pages.length).toBeGreaterThan(3);
  expect(pages.at(-1)).toContain(`Page ${pages.length} of ${pages.length}`);
  expect(text).toContain('300 more rows');
});

it('whom it is of, of which periods and of what its numbers are stands beside its number, on the first page', async () => {
  const query = querySchema.parse({
    from: '2026-11-01',
    to: '2026-11-02',
    measures: 'submitted',
    grain: 'day',
    province: 'N',
    split: 'agency',
    compare: 'previous',
    per: '1000-people',
  });
  const rows = Array.from({ length: 100 }, () => ({ key: ['A'], now: { submitted: 1 } }));
  const others = { key: [], members: 7, now: { submitted: 42 } };
  const { pages } = await read(paper({}, { query, answer: { ...answer, rows, others, peopleAsOf: '2025-12-31' } }));
  const first = pages[0]?.replaceAll(/[\s\u200b]+/g, ' ') ?? '';
  for (const part of [
    'Place: North',
    'Split by: Office',
    'Counted: per 1,000 people; People as of: 2025-12-31',
    'Period: 2026-11-01 – 2026-11-02; days: 2',
    'Compared with: 2026-10-30 – 2026-10-31; days: 2',
    'Reported up to: 2026-11-02 10:00:00',
  ])
    expect(first).toContain(part);
  // What has no row of its own stands together, as on a slide.
  expect(pages.join(' ').replaceAll(/[\s\u200b]+/g, ' ')).toContain('7 others 42');
});

it('a long address stays within the margin', async () => {
  const search = `?province=${Array.from({ length: 120 }, (_, n) => `34-${n}`).join('%2C')}`;
  const document = await getDocumentProxy(Uint8Array.from(typesetter.set(paper({}, { search }), MADE)));
  const MM = 72 / 25.4;
  let right = 0;
  for (let n = 1; n <= document.numPages; n++) {
    const { items } = await (await document.getPage(n)).getTextContent();
    for (const item of items) if ('transform' in item) right = Math.max(right, item.transform[4] + item.width);
  }
  expect(right).toBeLessThanOrEqual((210 - 18) * MM + 4);
});

it('an empty answer is a paper too', async () => {
  const { watermark: _watermark, ...rest } = answer;
  const nothing: QueryAnswer = { ...rest, total: { key: [], points: [] }, rows: [], simulated: false };
  const { text } = await read(paper({ warning: null, title: '' }, { answer: nothing }));
  expect(text).toContain('—');
});

it('its curve has what is usual and what is foreseen, named, with points beyond today, and none of what is over', () => {
  const behind = {
    usual: [{ low: 5, median: 7, high: 9, days: 8 }, undefined],
    foreseen: new Map([
      ['2026-11-01', { mean: 1, low: 0, high: 2 }],
      ['2026-11-02', { mean: 8, low: 6, high: 10 }],
      ['2026-11-03', { mean: 9, low: 7, high: 11 }],
    ]),
    openFrom: 1,
    beyond: ['2026-11-03'],
  };
  const { points, keys } = sectionOf(options({ behind }));
  expect(points).toEqual([
    { at: '2026-11-01', now: 7, before: 1, usual: [5, 9], foreseen: null, mean: null, marks: [] },
    { at: '2026-11-02', now: null, before: null, usual: null, foreseen: [6, 10], mean: 8, marks: [] },
    { at: '2026-11-03', now: null, before: null, usual: null, foreseen: [7, 11], mean: 9, marks: [] },
  ]);
  expect(keys?.map(({ look }) => look)).toEqual(['now', 'before', 'usual', 'foreseen']);
  expect(sectionOf(options()).keys?.map(({ look }) => look)).toEqual(['now', 'before']);
});

it('what its curve shows is said in words beside it', async () => {
  const behind = {
    usual: [{ low: 5, median: 7, high: 9, days: 8 }],
    foreseen: new Map([['2026-11-02', { mean: 8, low: 6, high: 10 }]]),
    openFrom: 1,
    beyond: [],
  };
  const { text } = await read(paper({}, { behind }));
  expect(text).toContain('Usual range');
  expect(text).toContain('Forecast, 80% band');
});

it('what happened meanwhile stands under its curve with its number on it, of its scope, in its language, and where it can be read', async () => {
  const kept = (body: Annotation, n: number): Kept<Annotation> => ({
    id: `${n}`,
    version: 1,
    owner: 'an',
    who: 'an',
    at: MADE,
    mayEdit: false,
    body,
  });
  const happened = [
    kept(
      {
        kind: 'decree',
        text: { en: 'A new form' },
        of: { dim: 'all' },
        from: '2026-11-02',
        to: '2026-11-02',
        source: 'https://law.example/1',
      },
      1,
    ),
    kept(
      {
        kind: 'outage',
        text: { vi: 'Mất điện' },
        of: { dim: 'province', code: 'N' },
        from: '2026-11-01T08:00',
        to: '2026-11-02T09:00',
      },
      2,
    ),
    kept(
      { kind: 'outage', text: { vi: 'Xa' }, of: { dim: 'province', code: 'S' }, from: '2026-11-01', to: '2026-11-01' },
      3,
    ),
    kept({ kind: 'holiday', text: { vi: 'Sau' }, of: { dim: 'all' }, from: '2026-12-01', to: '2026-12-01' }, 4),
  ];
  const query = querySchema.parse({
    from: '2026-11-01',
    to: '2026-11-02',
    measures: 'submitted',
    grain: 'day',
    province: 'N',
  });
  const section = sectionOf(options({ query, happened }));
  expect(section.points.map(({ marks }) => marks)).toEqual([[1], [2]]);
  const { text, links } = await read(paper({ sections: [section] }));
  expect(text).toContain('1 2026-11-01 08:00 – 2026-11-02 09:00 Mất điện · North');
  expect(text).toContain('2 2026-11-02 A new form');
  expect(text).not.toMatch(/Xa|Sau/);
  expect(links).toContain('https://law.example/1');
});

describe('two dimensions that are crossed', () => {
  const cell = (key: string[], submitted: number) => ({ key, now: { submitted } });
  const pivot = pivotOf(
    [cell(['A', 'N'], 70), cell(['A', 'S'], 20), cell(['B', 'N'], 9)],
    [cell(['A'], 91), cell(['B'], 9)],
    [cell(['N'], 79), cell(['S'], 20)],
    cell([], 100),
    'submitted',
  );
  const crossed = (of: Partial<SectionOptions> = {}, measures = 'submitted') =>
    options({
      query: querySchema.parse({ from: '2026-11-01', to: '2026-11-02', measures, split: 'agency,province' }),
      answer: { ...answer, periods: { now: answer.periods.now } },
      pivot,
      ...of,
    });

  it('stand as a table with their own totals, which lead to their evidence; what is not known is no zero', async () => {
    const { crossed: [table] = [], table: long } = sectionOf(crossed());
    expect(table?.columns.map(({ name }) => name)).toEqual(['Office × Place', 'North', 'South', 'Together']);
    expect(table?.rows.map((row) => row.map(({ text }) => text))).toEqual([
      ['Office A', '70', '20', '91'],
      ['Office B', '9', '—', '9'],
      ['Together', '79', '20', '100'],
    ]);
    const links = table?.rows.map((row) =>
      row.map(({ link = '' }) => new URL(link, 'http://x').searchParams.get('evidence')),
    );
    expect(links?.[0]?.[3]).toContain('agency=A');
    expect(links?.[2]?.[1]).toContain('province=N');
    expect(links?.[2]?.[3]).toBe(`measure=submitted&side=now&asOf=${MADE}`);
    // One measure that is held against nothing has all of it said already.
    expect(long.rows).toEqual([]);
    expect(sectionOf(crossed({}, 'submitted,late')).table.rows.length).toBeGreaterThan(0);
    const { text } = await read(paper({ sections: [sectionOf(crossed())] }));
    expect(text).toContain('Office A 70 20 91');
  });

  it('that are many go on in a table below, each with the names of its rows, and say what has no room', async () => {
    const places = Array.from({ length: 40 }, (_, n) => `p${n}`);
    const many = pivotOf(
      places.map((code, n) => cell(['A', code], n)),
      [cell(['A'], 780)],
      places.map((code, n) => cell([code], n)),
      cell([], 780),
      'submitted',
    );
    const section = sectionOf(crossed({ pivot: many }));
    expect(section.crossed?.map(({ columns }) => columns.length)).toEqual([7, 7, 7, 7, 7, 8]);
    expect(section.crossed?.every(({ rows }) => rows[0]?.[0]?.text === 'Office A')).toBe(true);
    const { text } = await read(paper({ sections: [section] }));
    expect(text).toContain('4 more rows or columns');
  });
});
