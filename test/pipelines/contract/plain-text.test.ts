/** What people write for others to read turns nothing around and draws over nothing. */
import { answerSchema, personSchema, plainText } from '@room/contract';
import { expect, it } from 'vitest';

it.each([
  ['a name as it is', 'Nguyễn Thị Lan', 'Nguyễn Thị Lan'],
  ['also where its marks stand apart', 'Nguye\u0302\u0303n', 'Nguye\u0302\u0303n'],
  ['without what turns the text after it', 'Lan\u202e gnimda\u2066', 'Lan gnimda'],
  ['without control characters', ' a\u0000b\u0007\u001b[31m ', 'ab[31m'],
  ['with few marks on a letter', `z${'\u0336'.repeat(800)}`, `z${'\u0336'.repeat(4)}`],
  ['never as nothing', '\u200e\u200f', '?'],
])('%s', (_, text, kept) => {
  expect(plainText(200).parse(text)).toBe(kept);
  expect(personSchema.parse({ name: text, rights: [], scope: 'all' }).name).toBe(kept);
});

it('has lines where several are written, and no page of empty ones', () => {
  const answer = { cause: `first\r\nsecond${'\n'.repeat(500)}third\u202e`, measure: 'x', until: '2026-12-31' };
  expect(answerSchema.parse(answer).cause).toBe('first\nsecond\n\nthird');
  expect(plainText(200).safeParse('  ').success).toBe(false);
});
