/** What is said of a field that cannot be sent: cause and remedy, in the language of the page. */
import { expect, it } from 'vitest';
import { fields } from '../../../web/src/i18n/fields.ts';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { type Field, fieldFault } from '../../../web/src/messages/field-faults.ts';
import { catalogue } from '../room.ts';

addMessages(fields);
const said = (field: Partial<Field>, language: 'vi' | 'en' = 'en'): string | undefined => {
  const { t, format } = speechIn(language, catalogue);
  return fieldFault({ type: 'text', validity: {}, dataset: {}, ...field }, { language, t, day: format.day });
};

it('nothing is said of what can be sent, nor beside a field that says it itself', () => {
  expect(said({})).toBeUndefined();
  expect(said({ validity: { customError: true, valueMissing: true } })).toBeUndefined();
});

it('a day is told as one, with the first or last that may be and why', () => {
  const early = { type: 'date', validity: { rangeUnderflow: true }, min: '2026-11-29' };
  expect(said(early)).toBe('This day is too early: choose 29 Nov 2026 or a later one.');
  expect(said({ ...early, dataset: { why: 'việc này được giao ngày 29/11/2026' } }, 'vi')).toBe(
    'Ngày này quá sớm: hãy chọn 29/11/2026 hoặc sau đó. (việc này được giao ngày 29/11/2026)',
  );
  expect(said({ type: 'date', validity: { badInput: true, valueMissing: true } }, 'vi')).toMatch(/^Ngày chưa đủ/);
});

it('numbers, links, mail and what is written by a rule say how it is done', () => {
  expect(said({ type: 'number', validity: { rangeOverflow: true }, max: '1000000' }, 'vi')).toBe(
    'Số này quá lớn: nhiều nhất là 1.000.000.',
  );
  expect(said({ type: 'url', validity: { patternMismatch: true } })).toMatch(/beginning with https/);
  expect(said({ type: 'email', validity: { typeMismatch: true } })).toMatch(/name@office/);
  expect(said({ validity: { patternMismatch: true }, dataset: { how: 'as duty-health' } })).toMatch(/as duty-health$/);
  expect(said({ type: 'select-one', validity: { valueMissing: true } })).toMatch(/^Nothing is chosen/);
});
