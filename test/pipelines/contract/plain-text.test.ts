/** What people write for others to read turns nothing around and draws over nothing. */
import { answerSchema, asKept, keptAs, personSchema, plainIfAny, plainLines, plainText } from '@room/contract';
import { expect, it } from 'vitest';

it.each([
  ['a name as it is', 'Nguyễn Thị Lan', 'Nguyễn Thị Lan'],
  ['also where its marks stand apart', 'Nguye\u0302\u0303n', 'Nguye\u0302\u0303n'],
  ['without what turns the text after it', 'Lan\u202e gnimda\u2066', 'Lan gnimda'],
  ['without control characters', ' a\u0000b\u0007\u001b[31m ', 'ab[31m'],
  ['with few marks on a letter', `z${'\u0336'.repeat(800)}`, `z${'\u0336'.repeat(4)}`],
  ['without blanks that have no width', '\ufeffHà\u200b Nội\u2060 2\u00ad026', 'Hà Nội 2026'],
  ['without joiners that join nothing', 'L\u200dan 1\u200c2', 'Lan 12'],
  ['with those of emoji', '👩\u200d💻 ❤\ufe0f', '👩\u200d💻 ❤\ufe0f'],
  ['with those of scripts that need them', 'می\u200cخواهم', 'می\u200cخواهم'],
])('%s', (_, text, kept) => {
  expect(plainText(200).parse(text)).toBe(kept);
  expect(personSchema.parse({ name: text, rights: [], scope: 'all' }).name).toBe(kept);
});

it('has lines where several are written, and no page of empty ones', () => {
  const answer = { cause: `first\r\nsecond${'\n'.repeat(500)}third\u202e`, measure: 'x', until: '2026-12-31' };
  expect(answerSchema.parse(answer).cause).toBe('first\nsecond\n\nthird');
  expect(plainLines(200).parse('first\n\u200b\n\u200bsecond')).toBe('first\n\nsecond');
});

it.each(['  ', '\u200e\u200f', '\u200b\n\u2060', '\ufeff', '\u202e\u2066', '\u200b\u200d\u2060\ufe0f\u3164 \u2800'])(
  'what nobody sees says nothing: %j',
  (text) => {
    for (const schema of [plainText(200), plainLines(200)]) expect(schema.safeParse(text).success).toBe(false);
    expect(plainIfAny(200).parse(text)).toBe('');
    const person = { name: text, rights: [], scope: 'all' };
    expect(personSchema.safeParse(person).success).toBe(false);
    // What was kept before it was refused is told, so that it can be read and mended.
    if (text.trim() === '') return;
    expect([keptAs(personSchema, person).name, asKept(personSchema).parse(person).name]).toEqual(['?', '?']);
  },
);
