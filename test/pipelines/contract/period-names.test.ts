/** Periods of reports as people write them, in both languages. */
import { periodLabel, periodName } from '@room/contract';
import { expect, it } from 'vitest';

it.each([
  ['2026-11', 'tháng 11/2026', 'November 2026'],
  ['2026-01', 'tháng 1/2026', 'January 2026'],
  ['2026-Q3', 'quý III/2026', 'Q3 2026'],
  ['2026-H1', '6 tháng đầu năm 2026', 'first half of 2026'],
  ['2026-H2', '6 tháng cuối năm 2026', 'second half of 2026'],
  ['2026', 'năm 2026', '2026'],
  // What names no period is said as it is.
  ['2026-W3', '2026-W3', '2026-W3'],
  ['', '', ''],
])('%s', (name, vi, en) => {
  expect([periodName(name, 'vi'), periodName(name, 'en')]).toEqual([vi, en]);
});

it('begins with a capital where it stands by itself', () => {
  expect([periodLabel('2026-11', 'vi'), periodLabel('2026-H1', 'en')]).toEqual(['Tháng 11/2026', 'First half of 2026']);
});
