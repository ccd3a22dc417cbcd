/** What the page of programmes says of an indicator's gap, and of the day until when it could be made good. */
import type { Indicator } from '@room/contract';
import { expect, it } from 'vitest';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { programmes } from '../../../web/src/i18n/programmes.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { gapText, passedText, publishedText, recoverText } from '../../../web/src/messages/programmes.ts';
import { catalogue } from '../room.ts';

addMessages(programmes);
const vi = speechIn('vi', catalogue);
const en = speechIn('en', catalogue);

it('a difference of shares carries its unit', () => {
  expect(gapText({ unit: 'share' }, -0.08, vi)).toBe('−8,0 điểm %');
  expect(gapText({ unit: 'share' }, 0.025, en)).toBe('+2.5 points');
});

it('a last date to recover that has passed is said to have', () => {
  const progress = { recoverBy: '2026-09-30' };
  expect(recoverText(progress, '2026-11-29', vi)).toBe('30/09/2026, đã qua');
  expect(recoverText(progress, '2026-09-30', vi)).toBe('30/09/2026');
});

it('a value of an edition or a year is of that year, and not of its last day', () => {
  expect([vi, en].map((speech) => publishedText({ period: 'year' }, '2024-12-31', speech))).toEqual([
    'công bố, của năm 2024',
    'published, of 2024',
  ]);
  expect(publishedText({ period: 'quarter' }, '2025-09-30', vi)).toBe('công bố, của quý III/2025');
  // Of a day within a period it is as of that day.
  expect(publishedText({ period: 'year' }, '2023-12-28', en)).toBe('published, as of 28 Dec 2023');
  expect(publishedText({ period: 'month' }, '2025-08-19', en)).toBe('published, as of 19 Aug 2025');
});

it('a target whose day is over says how it ended, by what was told until then', () => {
  const rank = (published: { on: string; value: number }[]) => ({
    body: { unit: 'rank', direction: 'down', period: 'year', published } as unknown as Indicator,
    known: [],
  });
  const target = { on: '2024-12-31', value: 81 };
  const [early, late] = [
    { on: '2022-12-31', value: 86 },
    { on: '2024-12-31', value: 71 },
  ];
  expect(passedText(rank([early, late]), target, en)).toBe('81 by 31 Dec 2024: met (71)');
  expect(passedText(rank([early]), target, en)).toBe('81 by 31 Dec 2024: not met (86)');
  expect(passedText(rank([{ on: '2025-12-31', value: 60 }]), target, vi)).toBe(
    '81 đến 31/12/2024: không rõ có đạt không',
  );
});
