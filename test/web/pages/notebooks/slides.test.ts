import { type NotebookPage, slideFields as onPaper } from '@room/contract';
import { expect, it } from 'vitest';
import { askedOf, frozenFields, moved, slideFields, turned } from '../../../../web/src/pages/notebooks/slides.ts';

const TODAY = '2026-11-28';
const page = (title: string): NotebookPage => ({ title, text: '', question: { from: 'day', to: 'day' } });

it.each([
  ['ArrowRight', 0, 1],
  ['ArrowRight', 2, 2],
  [' ', 1, 2],
  ['ArrowLeft', 0, 0],
  ['PageUp', 2, 1],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['x', 1, undefined],
])('%s on page %i of 3 shows page %s', (key, at, to) => {
  expect(turned(key, at, 3)).toBe(to);
});

it('a page goes up and down among the others, and not beyond them', () => {
  const pages = ['a', 'b', 'c'].map(page);
  const titles = (index: number, by: -1 | 1) => moved(pages, index, by).map(({ title }) => title);
  expect([titles(1, -1), titles(1, 1), titles(0, -1), titles(2, 1)]).toEqual([
    ['b', 'a', 'c'],
    ['a', 'c', 'b'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

it('what is frozen asks for the days that are meant now, one measure, and the largest rows', () => {
  expect(frozenFields({ from: 'month-1', to: 'month-1', split: 'agency', sort: 'late' }, TODAY)).toMatchObject({
    from: '2026-10-01',
    to: '2026-10-31',
    measures: 'late',
    sort: 'late',
    split: 'agency',
    top: '8',
    grain: 'day',
  });
  expect(frozenFields({ from: 'never', to: 'day' }, TODAY)).toBeUndefined();
  const asked = askedOf({ from: 'day-1', to: 'day' }, TODAY);
  expect(asked === undefined ? undefined : slideFields(asked, TODAY)).not.toHaveProperty('top');
});

it('a page on paper asks what its slide asks: its curve, the same end of its split first, and as many rows', () => {
  const question = { from: 'day-7', to: 'day-1', split: 'agency,province', sort: 'shareOnTime', top: '20' };
  const asked = askedOf(question, TODAY);
  const { measures: _, ...shown } = asked === undefined ? { measures: '' } : slideFields(asked, TODAY);
  expect(onPaper(question, TODAY)).toEqual(shown);
  expect(shown).toMatchObject({ order: 'smallest', top: '8', grain: 'day', compare: 'previous', boundaries: 'today' });
  expect(onPaper({ from: 'day', to: 'day', order: 'risen', split: 'agency' }, TODAY)).toMatchObject({
    order: 'risen',
    grain: 'hour',
  });
});
