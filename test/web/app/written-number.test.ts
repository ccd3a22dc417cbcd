/** A number is read as the page's language writes it, whatever the browser's is; what could be either is refused or shown as it was understood. */
import { expect, it } from 'vitest';
import { readNumber, writeNumber } from '../../../web/src/app/written-number.ts';

it.each([
  ['7,5', 7.5],
  ['72,9', 72.9],
  ['18.700.000', 18_700_000],
  ['18700000', 18_700_000],
  ['1.234,5', 1234.5],
  ['7.500', 7_500],
  [' 0 ', 0],
] as const)('Vietnamese %s is %d', (text, value) => {
  expect(readNumber(text, 'vi')).toBe(value);
});

it.each([
  ['7.5', 7.5],
  ['18,700,000', 18_700_000],
  ['1,234.5', 1234.5],
] as const)('English %s is %d', (text, value) => {
  expect(readNumber(text, 'en')).toBe(value);
});

it('refuses what the language does not write, and what would lose digits', () => {
  for (const text of [
    '',
    ' ',
    '7.5',
    '18.70.000',
    '1,2,3',
    ',5',
    '5,',
    '-1',
    '1e5',
    '7 500',
    'bảy',
    '1234567890123456',
  ])
    expect([text, readNumber(text, 'vi')]).toEqual([text, undefined]);
  for (const text of ['7,5', '18.700.000', '1234,5']) expect([text, readNumber(text, 'en')]).toEqual([text, undefined]);
});

it('reads what it writes', () => {
  for (const language of ['vi', 'en'] as const)
    for (const value of [0, 0.1, 7.5, 1234.5, 18_700_000, 99.999, 999_999_999_999])
      expect(readNumber(writeNumber(value, language), language)).toBe(value);
});
