/** What the page of programmes says of an indicator's gap, and of the day until when it could be made good. */
import { expect, it } from 'vitest';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { programmes } from '../../../web/src/i18n/programmes.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { gapText, recoverText } from '../../../web/src/messages/programmes.ts';
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
