/** The fullest briefing that there can be stands on one page of A4, in either language. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { BRIEFING_PARTS, type Briefing, LANGUAGES } from '@room/contract';
import { getDocumentProxy } from 'unpdf';
import { expect, it } from 'vitest';
import { MOST_SAID } from '../../../server/src/briefing/briefings.ts';
import { sheetOf } from '../../../server/src/briefing/sheet.ts';
import { Typesetter } from '../../../server/src/export/paper/typeset.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const LONG = {
  code: 'A1',
  asOf: Date.parse('2026-11-29T03:00:00Z'),
  vi: 'Tỷ lệ giải quyết đúng hạn của đơn vị ở dưới ngưỡng trong nhiều giờ liền (Ủy ban nhân dân Thành phố Hồ Chí Minh), từ 16:28 28/11/26, chưa ai nhận xử lý.',
  en: 'The share that was finished on time has been below the limit for hours (Ministry of Ethnic and Religious Affairs), since 28/11/26 16:28, nobody yet.',
  path: '/alerts',
};
const briefing: Briefing = {
  kind: 'briefing',
  id: '0feebb63-727f-4964-83c9-b614781f0a13',
  room: 'room',
  period: 'week',
  from: '2026-11-22',
  to: '2026-11-28',
  madeAt: LONG.asOf,
  madeBy: 'person:lan',
  simulated: true,
  missing: [],
  parts: BRIEFING_PARTS.map((part) => ({ part, sentences: Array(MOST_SAID[part]).fill(LONG), more: 7 })),
};

it.each(LANGUAGES)('%s', (language) => {
  const address = (path: string): string => `https://room.example${path}`;
  const sheet = sheetOf({ key: '0123456789abcdef', briefing }, { language, catalogue, address });
  const pdf = new Typesetter().set(sheet, LONG.asOf).toString('latin1');
  expect(/\/Type \/Pages\s+\/Count (\d+)/.exec(pdf)?.[1]).toBe('1');
});

it('what little there is to say is set larger, and what is full no smaller than it can be read', async () => {
  const address = (path: string): string => `https://room.example${path}`;
  const sizesOf = async (parts: Briefing['parts']) => {
    const sheet = sheetOf(
      { key: '0123456789abcdef', briefing: { ...briefing, parts } },
      { language: 'en', catalogue, address },
    );
    const document = await getDocumentProxy(new Uint8Array(new Typesetter().set(sheet, LONG.asOf)));
    const { items } = await (await document.getPage(1)).getTextContent();
    const sizes = items.flatMap((item) =>
      'str' in item && item.str.startsWith('The share') ? [item.transform[3]] : [],
    );
    return { pages: document.numPages, size: Math.max(...sizes) };
  };
  const full = await sizesOf(briefing.parts);
  const little = await sizesOf(briefing.parts.map(({ part }) => ({ part, sentences: [LONG], more: 0 })));
  expect([full.pages, little.pages]).toEqual([1, 1]);
  expect(full.size).toBeGreaterThanOrEqual(8.5);
  expect(little.size).toBeGreaterThanOrEqual(11);
});

it.each(LANGUAGES)(
  'a review with an annex of indicators and hundreds of tasks takes the pages that it needs: %s',
  (language) => {
    const task = {
      id: briefing.id,
      unit: 'MPS',
      text: LONG.vi,
      due: '2026-10-31',
      state: 'overdue',
      daysLate: 28,
    } as const;
    const annexed: Briefing = {
      ...briefing,
      period: 'reviewYear',
      missing: ['annexIndicators'],
      annex: { indicators: [], tasks: Array(400).fill({ ...task, plan: 'Plan 2026', item: '1.2' }), moreTasks: 3 },
    };
    const address = (path: string): string => `https://room.example${path}`;
    const sheet = sheetOf({ key: '0123456789abcdef', briefing: annexed }, { language, catalogue, address });
    const [indicators, tasks] = sheet.sections.slice(-2);
    expect(indicators?.text).toEqual([expect.stringMatching(/Không lấy được|not to be had/)]);
    expect(tasks?.table.rows).toHaveLength(400);
    expect(tasks?.more).toMatch(/3/);
    const pdf = new Typesetter().set(sheet, LONG.asOf).toString('latin1');
    expect(Number(/\/Type \/Pages\s+\/Count (\d+)/.exec(pdf)?.[1])).toBeGreaterThan(5);
  },
);
