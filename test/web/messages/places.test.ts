import { expect, it } from 'vitest';
import { outsideHeading } from '../../../web/src/messages/places.ts';

it('says who is outside, or nobody, of the places that report; where none reports it is not known', () => {
  expect(outsideHeading(['neutral', 'below'], true)).toBe('outsideUsual');
  expect(outsideHeading(['neutral', 'neutral'], true)).toBe('noneOutside');
  expect(outsideHeading([], true)).toBe('unknownOutside');
});

it('without history there is no range to be outside of', () => {
  expect(outsideHeading(['neutral'], false)).toBeUndefined();
});
