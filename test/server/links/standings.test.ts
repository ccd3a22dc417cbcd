/** Points of a link over time, from sums of hours. */
import { startOfDay } from '@room/contract';
import type { LinkSums } from '@room/warehouse';
import { expect, it } from 'vitest';
import { pointsOfLink } from '../../../server/src/links/standings.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const HOUR = 3_600_000;
const MIDNIGHT = startOfDay('2026-11-19', ZONE);
const sums = (requests: number, hours: number): LinkSums => ({
  requests,
  timeout: 1,
  unavailable: 0,
  refused: 2,
  invalid: 0,
  told: hours * HOUR,
  last: MIDNIGHT + hours * HOUR,
  replaced: 0,
  simulated: false,
});

it('an interval of several hours counts where it began; the hours within it are told of, those after it are not', () => {
  const asked = { from: '2026-11-19', to: '2026-11-19', at: MIDNIGHT + 6 * HOUR };
  const hours = new Map([[MIDNIGHT + HOUR, sums(300, 3)]]);
  expect(pointsOfLink(asked, new Map(), hours, ZONE)).toEqual([
    { at: MIDNIGHT },
    { at: MIDNIGHT + HOUR, requests: 300, failed: 3 },
    { at: MIDNIGHT + 2 * HOUR, isWithin: true },
    { at: MIDNIGHT + 3 * HOUR, isWithin: true },
    { at: MIDNIGHT + 4 * HOUR },
    { at: MIDNIGHT + 5 * HOUR },
  ]);
});

it('of many days each is a point, up to now', () => {
  const asked = { from: '2026-11-01', to: '2026-11-30', at: MIDNIGHT + HOUR };
  const points = pointsOfLink(asked, new Map([['2026-11-19', sums(7, 1)]]), new Map(), ZONE);
  expect(points).toHaveLength(19);
  expect(points.at(-1)).toEqual({ at: MIDNIGHT, requests: 7, failed: 3 });
  expect(points.at(-2)).toEqual({ at: MIDNIGHT - 24 * HOUR });
});
