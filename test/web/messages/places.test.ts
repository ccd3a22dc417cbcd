import { expect, it } from 'vitest';
import { outsideHeading } from '../../../web/src/messages/places.ts';

it('says who is outside, or nobody, of the places that report; where none reports it is not known', () => {
  expect(outsideHeading(['neutral', 'below'], 2, 2, true)).toBe('outsideUsual');
  expect(outsideHeading(['neutral', 'neutral'], 2, 2, true)).toBe('noneOutside');
  expect(outsideHeading([], 0, 2, true)).toBe('unknownOutside');
});

it('without history there is no range to be outside of', () => {
  expect(outsideHeading(['neutral'], 1, 1, false)).toBeUndefined();
});

it('speaks of all places only where all report in time', () => {
  expect(outsideHeading(['neutral'], 1, 2, true)).toBe('noneOutsideOfSome');
  expect(outsideHeading(['neutral', 'neutral'], 0, 2, true)).toBe('tooFewOutside');
});
