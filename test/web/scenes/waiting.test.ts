import type { Waiting } from '@room/contract';
import { expect, it } from 'vitest';
import { withoutEarlier } from '../../../web/src/scenes/waiting.ts';

it('without what waited earlier keeps what waits, of the whole and of each unit', () => {
  const level = { overdue: 12, open: 40, asOf: 1 };
  const earlier = { weekBefore: 10, monthBefore: 9 };
  const points = [{ day: '2026-11-30', overdue: 12 }];
  const told: Waiting = {
    day: '2026-11-30',
    simulated: false,
    whole: { ...level, ...earlier, points },
    units: [{ id: 'MPS', ...level, ...earlier }],
  };
  expect(withoutEarlier(told)).toEqual({
    day: '2026-11-30',
    simulated: false,
    whole: { ...level, points },
    units: [{ id: 'MPS', ...level }],
  });
});
