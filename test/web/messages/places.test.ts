import { expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import { outsideHeading, placeLegend, placesText } from '../../../web/src/messages/places.ts';
import { catalogue, state } from '../room.ts';

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

const en = speechIn('en', catalogue);

it('the legend names the looks that places have, with a sign where a colour would be told by its hue alone, and counts who is silent', () => {
  const texts = (looks: Parameters<typeof placeLegend>[0], isJudged = true) =>
    placeLegend(looks, isJudged, en).map(({ text }) => text);
  expect(texts(['neutral', 'neutral'])).toEqual(['usual']);
  expect(texts(['neutral', 'farBelow', 'above'])).toEqual(['usual', '▼ below', '▲ above', 'strong: over 20% off']);
  expect(texts(['silent', 'neutral', 'silent'], false)).toEqual(['not judged', '2 places silent']);
});

it('says how many report now and how many are late; where numbers are old, when so many did', () => {
  const text = (late: number, fresh: boolean) => placesText(state(), { inTime: 10, late, all: 34 }, fresh, en);
  expect([text(0, true), text(1, true), text(1, false)]).toEqual([
    '10/34 reporting now',
    '10/34 reporting now · 1 late',
    '10/34 reporting at 10:42',
  ]);
});
