import type { CurvePoint } from '@room/contract';
import { expect, it } from 'vitest';
import { trendOption } from '../../../web/src/charts/trend.ts';
import { PALETTES } from '../../../web/src/palette.ts';

const WORDS = { at: (at: string) => at, value: String, tip: () => '' };
const drawn = (points: readonly CurvePoint[], measure: 'indexPoints' | 'submitted'): unknown => {
  const option = trendOption(points, measure, false, points.length, { type: 14, palette: PALETTES.dark }, WORDS);
  const lines = option.series as { id: string; data: unknown }[];
  return lines.find(({ id }) => id === 'now')?.data;
};

it('points of an index of which less is measured are a gap, and no fall', () => {
  const points = [
    { at: '2026-11-27', now: { indexPoints: 22, indexMeasured: 24 } },
    { at: '2026-11-28', now: { indexPoints: 4, indexMeasured: 4 } },
    { at: '2026-11-29' },
    { at: '2026-11-30', now: { indexPoints: 21, indexMeasured: 24 } },
  ];
  expect(drawn(points, 'indexPoints')).toEqual([22, '-', '-', 21]);
});

it('what was not told is a gap, and nothing is zero', () => {
  expect(drawn([{ at: '2026-11-27', now: { submitted: 0 } }, { at: '2026-11-28' }], 'submitted')).toEqual([0, '-']);
});
