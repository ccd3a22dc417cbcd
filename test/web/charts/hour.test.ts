import { FIVE_MINUTES } from '@room/contract';
import { expect, it } from 'vitest';
import { hourCurve, hourOption, lastFive } from '../../../web/src/charts/hour.ts';
import type { Look } from '../../../web/src/charts/look.ts';
import { PALETTES } from '../../../web/src/palette.ts';
import { NOW, state } from '../room.ts';

/** 10:42:09, so that the last whole minute is 10:41 and the last whole five minutes by the clock began at 10:35. */
const MINUTE = Math.floor(NOW / 60_000) * 60;
const WHOLE = Math.floor(MINUTE / FIVE_MINUTES) * FIVE_MINUTES;
/** Each of the last `ago` minutes, and the one that still runs. */
const minutes = (ago: number, countOf: (ago: number) => number) =>
  Object.fromEntries(Array.from({ length: ago + 1 }, (_, n) => [MINUTE - n * 60, countOf(n)]));
const curveOf = (counts: Record<number, number>, some = {}) =>
  hourCurve(state({ minutes: counts, coverageNow: { asOf: NOW, share: 1 }, ...some }), 0.9);

it('sums five minutes as the clock has them, ends with the last five, and leaves out the minute that still runs', () => {
  const curve = curveOf(minutes(70, (ago) => (ago === 0 ? 9_999 : 10)));
  expect(curve.points).toHaveLength(13);
  expect(curve.points.every(([, count]) => count === 50)).toBe(true);
  expect(curve.points.slice(0, -1).every(([second]) => second % FIVE_MINUTES === 0)).toBe(true);
  expect([curve.from, curve.to, curve.points.at(-1)?.[0]]).toEqual([WHOLE - 3_600, MINUTE, MINUTE - FIVE_MINUTES]);
  expect([lastFive(curve), curve.top]).toEqual([50, 50]);
});

it('shows single minutes at their pace in five where a screen is fine, up to the last whole one, those without any too', () => {
  const counts: Record<number, number> = minutes(70, (ago) => (ago === 0 ? 9_999 : 10));
  delete counts[MINUTE - 2 * 60];
  expect(curveOf(counts).single).toEqual([]);
  const fine = hourCurve(state({ minutes: counts, coverageNow: { asOf: NOW, share: 1 } }), 0.9, true);
  expect([fine.single[0], fine.single.at(-1)]).toEqual([
    [fine.from, 50],
    [MINUTE - 60, 50],
  ]);
  expect(fine.single.filter(([, pace]) => pace === 0)).toEqual([[MINUTE - 2 * 60, 0]]);
  expect(fine.single).toHaveLength((fine.to - fine.from) / 60);
});

it('says nothing of five minutes of which only a part was ever told', () => {
  const curve = curveOf(minutes(13, () => 10));
  expect(curve.points.map(([second]) => (MINUTE - second) / 60)).toEqual([12, 7, 5]);
});

it('from where too little is reported it ends, and says from when: who is silent has no zero', () => {
  const silentFor = (weight: number) =>
    curveOf(
      minutes(70, (ago) => (ago > 4 ? 200 : 0)),
      {
        sources: {
          'urn:a': { status: 'reporting', reportedTo: NOW, weight: 1 - weight },
          'urn:n': { status: 'silent', reportedTo: (MINUTE - 240) * 1_000, weight },
        },
      },
    );
  const curve = silentFor(0.3);
  expect(curve.points.at(-1)?.[0]).toBe(WHOLE - FIVE_MINUTES * 2);
  expect(curve.unknownFrom).toBe(WHOLE - FIVE_MINUTES);
  expect([lastFive(curve), lastFive(silentFor(0.05))]).toEqual([undefined, 200]);
  expect(silentFor(0.05)).toMatchObject({ unknownFrom: undefined, points: { length: 13 } });
});

it('stands before what is usual of the same five minutes, where that is known', () => {
  const range = { low: 30, median: 60, high: 90, days: 5 };
  const usualFives = { [WHOLE - FIVE_MINUTES]: range, [WHOLE]: range, [WHOLE - 2 * 3_600]: range };
  const curve = curveOf(
    minutes(70, () => 10),
    { usualFives },
  );
  expect(curve.usual.map(({ second }) => second)).toEqual([WHOLE - FIVE_MINUTES, WHOLE]);
  expect(curve.top).toBe(100);
  const look: Look = { u: 1, palette: PALETTES.dark, hatch: undefined, animate: false, fresh: true };
  const words = { minute: String, count: String };
  const { series } = hourOption(curve, look, words, false) as unknown as { series: { id: string; data: number[][] }[] };
  const at = (id: string) => series.find((each) => each.id === id)?.data ?? [];
  // Stacked: the lower edge and what lies above it, at the same instants, each once.
  const instants = at('usual').map(([x]) => x);
  expect(instants).toEqual(at('usualLow').map(([x]) => x));
  expect(new Set(instants).size).toBe(instants.length);
  expect([instants[0], instants.at(-1)]).toEqual([WHOLE - FIVE_MINUTES, MINUTE]);
  expect(at('usual').every(([, width]) => width === 60)).toBe(true);
});
