import { integerFrom } from '@room/runtime';
import { expect, it } from 'vitest';

it('is the number that is set, or the default', () => {
  expect(integerFrom({ PORT: '0' }, 'PORT', 3_000, 0, 65_535)).toBe(0);
  expect(integerFrom({}, 'PORT', 3_000, 0, 65_535)).toBe(3_000);
  expect(integerFrom({ PORT: undefined }, 'PORT', 3_000, 0, 65_535)).toBe(3_000);
});

it.each(['-1', '65536', '1.5', 'many', 'NaN', '1e99'])(
  'is not %s: the error says which variable, and what it may be',
  (text) => {
    expect(() => integerFrom({ PORT: text }, 'PORT', 3_000, 0, 65_535)).toThrow(
      `PORT is ${text}; it must be a whole number from 0 to 65535`,
    );
    expect(() => integerFrom({ KEEP: '0' }, 'KEEP', 1, 1)).toThrow('KEEP is 0; it must be a whole number from 1');
  },
);
