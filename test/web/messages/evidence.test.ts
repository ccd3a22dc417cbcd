import { expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import { digitsOf, gaveText, wholeText } from '../../../web/src/messages/evidence.ts';
import { catalogue } from '../room.ts';

const vi = speechIn('vi', catalogue);
const en = speechIn('en', catalogue);

it('a change of a share has as many digits as it takes to be told from nothing', () => {
  expect(digitsOf([0.021, -0.0001])).toBe(1);
  expect(digitsOf([0.0004, -0.0002])).toBe(2);
  expect(digitsOf([0.00001])).toBe(3);
  expect(digitsOf([0, 0])).toBe(1);
  expect(gaveText('shareOnTime', 0.0004, vi, digitsOf([0.0004]))).toBe('+0,04 điểm %');
});

it('weeks of other working days are not called longer or shorter', () => {
  const period = (days: number, workingDays: number) => ({ from: '2026-11-23', to: '2026-11-29', days, workingDays });
  expect(wholeText({ now: period(7, 5), before: period(7, 4) }, en)).toContain('not as many working days');
  expect(wholeText({ now: period(30, 21), before: period(31, 22) }, en)).toContain('not as long');
});
