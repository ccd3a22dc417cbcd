/** The way back from a period to the longer ones that it was taken out of. */
import { expect, it } from 'vitest';
import { trailIn, trailText } from '../../../../web/src/pages/explore/trail.ts';

const month = { from: '2026-11-01', to: '2026-11-30' };
const week = { from: '2026-11-09', to: '2026-11-15' };
const day = { from: '2026-11-10', to: '2026-11-10' };

it('is what the address kept of it', () => {
  expect(trailIn({ within: trailText([month, week]) ?? '' }, day)).toEqual([month, week]);
  expect(trailText([])).toBeUndefined();
  expect(trailIn({}, day)).toEqual([]);
});

it('leads to nothing that does not hold what is shown, nor to the same', () => {
  expect(trailIn({ within: trailText([month, week]) ?? '' }, { from: '2026-10-01', to: '2026-10-02' })).toEqual([]);
  expect(trailIn({ within: trailText([week]) ?? '' }, week)).toEqual([]);
  expect(trailIn({ within: 'x,2026-11-01:,2026-11-01:2026-11-30' }, day)).toEqual([month]);
});

it('keeps the last four', () => {
  const days = [30, 29, 28, 27, 26].map((to) => ({ from: '2026-11-01', to: `2026-11-${to}` }));
  expect(trailIn({ within: trailText(days) ?? '' }, day)).toEqual(days.slice(1));
});
