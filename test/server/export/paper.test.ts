/** Papers as another program reads them. */
import { type QueryAnswer, querySchema } from '@room/contract';
import { extractLinks, extractText, getDocumentProxy } from 'unpdf';
import { expect, it } from 'vitest';
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

it('an empty answer is a paper too', async () => {
  const { watermark: _watermark, ...rest } = answer;
  const nothing: QueryAnswer = { ...rest, total: { key: [], points: [] }, rows: [], simulated: false };
  const { text } = await read(paper({ warning: null, title: '' }, { answer: nothing }));
  expect(text).toContain('—');
});
