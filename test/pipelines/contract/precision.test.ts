import { decimalsApart } from '@room/contract';
import { expect, it } from 'vitest';

it.each([
  [89.98, 90, 1, 2],
  [89.9, 90, 1, 1],
  [89.9996, 90, 1, 4],
  [90, 90, 1, 1],
  [1_235, 1_234.56, 0, 1],
  [1_000, 2_000, 0, 0],
  // What differs by less than anybody reads is written as it is.
  [89.999_999_9, 90, 1, 1],
])('%f beside %f is written with as many decimals as tell them apart', (value, beside, least, decimals) => {
  expect(decimalsApart(value, beside, least)).toBe(decimals);
  expect(decimalsApart(beside, value, least)).toBe(decimals);
});
