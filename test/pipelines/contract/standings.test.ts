import {
  isCoverageLow,
  judged,
  NOTHING,
  onTimeStanding,
  type Side,
  sideOf,
  thresholdsSchema,
  type UnitState,
  usualStanding,
  type WallState,
} from '@room/contract';
import { expect, it } from 'vitest';
import { measures, state } from '../../web/room.ts';

const thresholds = thresholdsSchema.parse({});

/** What is said minute by minute, each judged with what was said before it. */
function told<T>(
  judge: (value: number, before: T | undefined) => T | undefined,
  values: readonly number[],
): (T | undefined)[] {
  const said: (T | undefined)[] = [];
  for (const value of values) said.push(judge(value, said.at(-1)));
  return said;
}

it('a share on time that wavers at its limit keeps its mark until it is clear of it', () => {
  const at = (onTime: number, before?: ReturnType<typeof onTimeStanding>) =>
    onTimeStanding({ ...NOTHING, onTime, late: 10_000 - onTime }, thresholds, before);
  const wavering = [9_010, 8_990, 9_005, 8_994, 9_020, 8_990, 9_060];
  expect(wavering.map((onTime) => at(onTime))).toEqual(['watch', 'act', 'watch', 'act', 'watch', 'act', 'watch']);
  expect(told(at, wavering)).toEqual(['watch', 'act', 'act', 'act', 'act', 'act', 'watch']);
  expect(told(at, [9_510, 9_490, 9_505, 8_990, 9_600])).toEqual(['ok', 'watch', 'watch', 'act', 'ok']);
});

it('of few dossiers one more is no recovery: the share must be above its limit by its own error', () => {
  const at = (onTime: number, finished: number, before?: 'act') =>
    onTimeStanding({ ...NOTHING, onTime, late: finished - onTime }, thresholds, before);
  expect([at(35, 39), at(36, 40, 'act'), at(37, 40, 'act'), at(39, 40, 'act'), at(9, 10, 'act')]).toEqual([
    'act',
    'act',
    'act',
    'ok',
    undefined,
  ]);
});

it('a count that wavers at the edge of its usual range keeps its side; the stronger colour is for those beyond its limit alone', () => {
  const usual = { low: 9_000, median: 10_000, high: 11_000, days: 12 };
  const side = (count: number, before?: Side) => sideOf(count, usual, thresholds, before);
  // 2 % beyond the edge it is above, and until it is back within 1.5 %.
  expect(told(side, [11_200, 11_230, 11_200, 11_170, 11_150])).toEqual([
    undefined,
    'above',
    'above',
    'above',
    undefined,
  ]);
  expect([side(8_700), side(10_000, 'below'), side(11_300, 'below')]).toEqual(['below', undefined, 'above']);
  const unit = (submitted: number) => ({ submitted, usual }) satisfies UnitState;
  expect(
    told<ReturnType<typeof usualStanding>>(
      (submitted, before) => usualStanding(unit(submitted), thresholds, before),
      [11_950, 12_010, 11_900, 11_600, 11_400, 10_500],
    ),
  ).toEqual(['above', 'farAbove', 'above', 'above', 'above', 'neutral']);
});

it('coverage that was too low must be clearly enough', () => {
  const at = (share: number, wasLow?: boolean) => isCoverageLow({ coverage: { asOf: 0, share } }, thresholds, wasLow);
  expect([at(0.899), at(0.905), at(0.905, true), at(0.91, true)]).toEqual([true, false, true, false]);
  expect(isCoverageLow({}, thresholds, true)).toBe(false);
});

it('a state is judged by one of its own day alone', () => {
  const day = (onTime: number, on = '2026-11-19'): WallState =>
    state({ period: { from: on, to: on }, agencies: { A: measures({ onTime, late: 10_000 - onTime }) } });
  const below = judged(day(8_990), thresholds);
  const of = (now: WallState, before?: WallState) => judged(now, thresholds, before).agencies['A']?.onTimeStanding;
  expect(below.agencies['A']).toMatchObject({ onTime: 8_990, onTimeStanding: 'act', usualStanding: 'neutral' });
  expect([of(day(9_010), below), of(day(9_010)), of(day(9_010, '2026-11-20'), below)]).toEqual([
    'act',
    'watch',
    'watch',
  ]);
});
