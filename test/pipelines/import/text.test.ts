import { describe, expect, it } from 'vitest';
import { cutsNumber, type NumberFormat, wholeNumberReader } from '../../../pipelines/src/import/numbers.ts';
import { choiceOf, clean, damageOf, printable } from '../../../pipelines/src/import/text.ts';
import { isTotal, totalOf } from '../../../pipelines/src/import/totals.ts';

describe('a cell', () => {
  it.each([
    ['Hà Nội'.normalize('NFD'), 'Hà Nội'],
    ['\u00a0Hà\u202fNội\u200b ', 'Hà Nội'],
    ['\u202a2026-11-19\u202c', '2026-11-19'],
    ['="0012"', '0012'],
    ["'0013", '0013'],
    ["'=1+1", '=1+1'],
    ["'s-Hertogenbosch", "'s-Hertogenbosch"],
    [' plain ', 'plain'],
  ])('%j means %j', (cell, expected) => {
    expect(clean(cell)).toBe(expected);
  });
});

it.each([
  ['Tổng cộng', true],
  ['TONG CONG:', true],
  ['Tổng số hồ sơ: 1.240', true],
  ['Grand Total', true],
  ['合計', true],
  ['Tổng cục Thuế', false],
  ['Total Energies', false],
  ['Công an', false],
])('%s is a total: %s', (text, expected) => {
  expect(isTotal(text)).toBe(expected);
  expect(totalOf(['', text, '12'])).toBe(expected ? text : undefined);
});

describe('a name', () => {
  const choice = choiceOf([
    'Hà Nội',
    'Hà Nam',
    'Hạ Nam',
    'Đà Nẵng',
    'Closed',
    'Hòa Bình',
    'Thủy Nguyên',
    'Bà Rịa - Vũng Tàu',
    '12',
  ]);
  it.each([
    ['Hà Nội', 'Hà Nội'],
    ['HÀ  NỘI', 'Hà Nội'],
    ['ha noi', 'Hà Nội'],
    ['DA NANG', 'Đà Nẵng'],
    ['CLOSED', 'Closed'],
    ['Hạ Nam', 'Hạ Nam'],
    ['Hanoi', 'Hà Nội'],
    ['DANANG', 'Đà Nẵng'],
    // The two rules of where a tone stands.
    ['Hoà Bình', 'Hòa Bình'],
    ['HOÀ BÌNH', 'Hòa Bình'],
    ['Thuỷ Nguyên', 'Thủy Nguyên'],
    ['Bà Rịa\u2013Vũng Tàu', 'Bà Rịa - Vũng Tàu'],
    ['ba ria vung tau', 'Bà Rịa - Vũng Tàu'],
    ['Hả Nội', undefined],
    ['Hà Noi', undefined],
    ['HàNội', undefined],
    ['1-2', undefined],
    ['1 2', undefined],
    ['Close', undefined],
  ])('%s is %s', (text, expected) => {
    expect(choice(text)).toBe(expected);
  });

  it('without diacritics that may be two is neither', () => {
    expect(choice('Ha Nam')).toEqual(['Hà Nam', 'Hạ Nam']);
    expect(choice('HaNam')).toEqual(['Hà Nam', 'Hạ Nam']);
  });
});

describe('a whole number', () => {
  const all = [
    '1234',
    '1,234',
    '1.234',
    '1 234',
    "1'234",
    '1\u2019234',
    '12.0',
    '12,0',
    '1,23',
    '1.2345',
    '+5',
    '1e3',
    '-3',
    '',
  ];
  it.each<[NumberFormat | undefined, Record<string, number>]>([
    [undefined, { '1234': 1_234, '-3': -3 }],
    ['1234.5', { '1234': 1_234, '12.0': 12, '-3': -3 }],
    ['1234,5', { '1234': 1_234, '12,0': 12, '-3': -3 }],
    ['1,234.5', { '1234': 1_234, '1,234': 1_234, '12.0': 12, '-3': -3 }],
    ['1.234,5', { '1234': 1_234, '1.234': 1_234, '12,0': 12, '-3': -3 }],
    ['1 234,5', { '1234': 1_234, '1 234': 1_234, '12,0': 12, '-3': -3 }],
    ["1'234.5", { '1234': 1_234, "1'234": 1_234, '1\u2019234': 1_234, '12.0': 12, '-3': -3 }],
  ])('in the format %s', (format, expected) => {
    const read = wholeNumberReader(format);
    const found = all.flatMap((text) => {
      const number = read(text);
      return number === undefined ? [] : [[text, number]];
    });
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it.each<[string, string, number, boolean]>([
    ['1,234', '1', 0, true],
    ['1 234', '1', 0, true],
    ['1234', '12', 0, true],
    ['1.234', '234', 2, true],
    ['1 - received', '1', 0, false],
    ['1. received', '1', 0, false],
    ['desk 2 of 2026', '2', 5, false],
  ])('of %s is cut by taking %s: %s', (cell, part, at, expected) => {
    expect(cutsNumber(cell, part, at)).toBe(expected);
  });
});

it('quotes that blanks kept from being read as such are no part of an id', () => {
  expect(damageOf('"HÀ-01"')).toMatch(/stands in quotes/);
});

it('a lost character, and one that steers a terminal, are no part of an id', () => {
  expect(damageOf('a\ufffd-77')).toMatch(/lost character/);
  expect(damageOf('a\u009b1m')).toMatch(/control characters/);
  expect(damageOf('HÀ-01')).toBeUndefined();
  expect(damageOf('5" pipe')).toBeUndefined();
  expect(printable('a\u001b[31m\nb\u009b')).toBe('a\\x1b[31m\nb\\x9b');
});
