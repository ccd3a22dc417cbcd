import { expect, it } from 'vitest';
import { hourCurve } from '../../../web/src/charts/hour.ts';
import { NOW, state } from '../room.ts';

it('leaves out the minute that still runs, and what is older than an hour', () => {
  const minute = Math.floor(NOW / 60_000) * 60;
  const minutes = { [minute]: 4, [minute - 60]: 250, [minute - 3_600]: 240, [minute - 3_660]: 1 };
  const curve = hourCurve(state({ minutes, coverageNow: { asOf: NOW, share: 1 } }));
  expect(curve.points).toEqual([
    [minute - 3_600, 240],
    [minute - 60, 250],
  ]);
  expect([curve.to - curve.from, curve.top]).toEqual([3_600, 300]);
});
