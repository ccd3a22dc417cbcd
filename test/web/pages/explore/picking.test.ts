/** Picking points of the curve by keyboard, and what is then shown. */
import { expect, it } from 'vitest';
import { daysPicked, type Picked, steppedBy } from '../../../../web/src/pages/explore/picking.ts';

const pressed = (picked: Picked | undefined, ...keys: string[]): Picked | undefined =>
  keys.reduce<Picked | undefined>(
    (at, key) => steppedBy({ key: key.replace('+', ''), shiftKey: key.startsWith('+') }, at, 5),
    picked,
  );

it('begins at the end, steps to both sides and stops there', () => {
  expect(pressed(undefined, 'ArrowLeft')).toEqual({ from: 4, to: 4 });
  expect(pressed(undefined, 'ArrowLeft', 'ArrowLeft')).toEqual({ from: 3, to: 3 });
  expect(pressed(undefined, 'End', 'ArrowRight')).toEqual({ from: 4, to: 4 });
  expect(pressed({ from: 0, to: 0 }, 'ArrowLeft')).toEqual({ from: 0, to: 0 });
});

it('with shift a stretch grows from where it was begun, and without it a point is left', () => {
  expect(pressed({ from: 1, to: 1 }, '+ArrowRight', '+ArrowRight')).toEqual({ from: 1, to: 3 });
  expect(pressed({ from: 3, to: 3 }, '+Home')).toEqual({ from: 3, to: 0 });
  expect(pressed({ from: 1, to: 3 }, 'ArrowLeft')).toEqual({ from: 2, to: 2 });
});

it('other keys, and a curve without points, do nothing', () => {
  expect(steppedBy({ key: 'a', shiftKey: false }, undefined, 5)).toBeUndefined();
  expect(steppedBy({ key: 'End', shiftKey: false }, undefined, 0)).toBeUndefined();
});

it('means the days of its points, whichever end came first', () => {
  const points = (...all: string[]) => all.map((at) => ({ at }));
  expect(daysPicked({ from: 2, to: 1 }, points('2026-11-01', '2026-11-02', '2026-11-03'))).toEqual({
    from: '2026-11-02',
    to: '2026-11-03',
  });
  expect(daysPicked({ from: 0, to: 1 }, points('2026-01', '2026-02'))).toEqual({
    from: '2026-01-01',
    to: '2026-02-28',
  });
  expect(daysPicked({ from: 0, to: 1 }, points('2026-01-05T22', '2026-01-06T03'))).toEqual({
    from: '2026-01-05',
    to: '2026-01-06',
  });
});
