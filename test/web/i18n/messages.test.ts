import { expect, it } from 'vitest';
import { en } from '../../../web/src/i18n/en.ts';
import { type MessageKey, vi } from '../../../web/src/i18n/vi.ts';

const keys = Object.keys(vi) as MessageKey[];
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

it.each(keys)('%s is said in both languages', (key) => {
  expect(en[key]).not.toBe('');
  // A sentence may leave a range's unit out, but never take a value that the other does not have.
  expect(places(en[key])).toEqual(places(vi[key]));
});
