import { expect, it } from 'vitest';
import { en } from '../../../web/src/i18n/en.ts';
import { translatorIn } from '../../../web/src/i18n/index.ts';
import { type MessageKey, vi } from '../../../web/src/i18n/vi.ts';

const keys = Object.keys(vi) as MessageKey[];
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

it('one dossier is no dossiers, in the language that tells them apart', () => {
  const said = (of: number) => translatorIn('en')('periodDay', { count: of }, of);
  expect([0, 1, 2].map(said)).toEqual(['0 dossiers submitted.', '1 dossier submitted.', '2 dossiers submitted.']);
  expect(translatorIn('vi')('periodDay', { count: 2 }, 2)).toBe('2 hồ sơ nộp.');
});

it.each(keys)('%s is said in both languages', (key) => {
  expect(en[key]).not.toBe('');
  // A sentence may leave a range's unit out, but never take a value that the other does not have.
  for (const form of en[key].split(' | ')) expect(places(form)).toEqual(places(vi[key]));
});
