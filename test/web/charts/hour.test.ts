import { expect, it } from 'vitest';
import { hourCurve, lastMinute } from '../../../web/src/charts/hour.ts';
import { NOW, state } from '../room.ts';

it('leaves out the minute that still runs, and what is older than an hour', () => {
  const minute = Math.floor(NOW / 60_000) * 60;
  const minutes = { [minute]: 4, [minute - 60]: 250, [minute - 3_600]: 240, [minute - 3_660]: 1 };
  const curve = hourCurve(state({ minutes, coverageNow: { asOf: NOW, share: 1 } }), 0.9);
  expect(curve.points).toEqual([
    [minute - 3_600, 240],
    [minute - 60, 250],
  ]);
  expect([curve.to - curve.from, curve.top]).toEqual([3_600, 300]);
});

it('from where too little is reported it ends, and says from when: who is silent has no zero', () => {
  const minute = Math.floor(NOW / 60_000) * 60;
  const minutes = Object.fromEntries([5, 4, 3, 2, 1].map((ago) => [minute - ago * 60, ago > 3 ? 200 : 0]));
  const silentFor = (weight: number) =>
    state({
      minutes,
      coverageNow: { asOf: NOW, share: 1 - weight },
      sources: {
        'urn:a': { status: 'reporting', reportedTo: NOW, weight: 1 - weight },
        'urn:n': { status: 'silent', reportedTo: (minute - 150) * 1_000, weight },
      },
    });
  const curve = hourCurve(silentFor(0.3), 0.9);
  expect(curve.points.map(([second]) => (minute - second) / 60)).toEqual([5, 4]);
  expect((minute - (curve.unknownFrom ?? 0)) / 60).toBe(3);
  expect([lastMinute(curve), lastMinute(hourCurve(silentFor(0.05), 0.9))]).toEqual([undefined, 0]);
  expect(hourCurve(silentFor(0.05), 0.9)).toMatchObject({ unknownFrom: undefined, points: { length: 5 } });
});
