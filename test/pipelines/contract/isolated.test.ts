import { endIsolation, isolated } from '@room/contract';
import { expect, it } from 'vitest';
import '../../../web/src/i18n/direction.ts';
import { translatorIn } from '../../../web/src/i18n/index.ts';

const HEBREW = '\u05d3\u05d5\u05d3';
const between = (text: string): string => `\u2068${text}\u2069`;

it('text that turns nothing stays as it is; other text is isolated, and cannot end that itself', () => {
  for (const text of ['', 'Nguyễn Văn Đạt', 'a-1', '王', '👍🏽']) expect(isolated(text)).toBe(text);
  for (const text of [HEBREW, '\u0645\u062d\u0645\u062f 1', 'a\ufb1d', '\u{1e900}', 'x\u200f'])
    expect(isolated(text)).toBe(between(text));
  expect(isolated('\u202eevil\u2069\u2067')).toBe(between('evil'));
  expect(isolated(`one\n${HEBREW}`)).toBe(`one\n${between(HEBREW)}`);
});

it('what is cut in an isolated text ends it', () => {
  expect(endIsolation(`a ${between(HEBREW)}`.slice(0, 4))).toBe(`a ${between(HEBREW.slice(0, 1))}`);
  expect(endIsolation(`a ${between(HEBREW)} b`)).toBe(`a ${between(HEBREW)} b`);
});

it('so do values of messages on every page', () => {
  expect(translatorIn('en')('sourceNever', { name: HEBREW })).toContain(between(HEBREW));
  expect(translatorIn('en')('sourceNever', { name: 'North' })).not.toContain('\u2068');
});
