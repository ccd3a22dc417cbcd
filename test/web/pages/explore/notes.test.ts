/** On which bars of a past period what happened stands. */
import { expect, it } from 'vitest';
import { begunIn, type Happened, isMeanwhile } from '../../../../web/src/pages/explore/annotations.ts';

const happened = [
  { body: { from: '2026-11-08', to: '2026-11-10' } },
  { body: { from: '2026-11-10T08:22', to: '2026-11-10T10:00' } },
] as unknown as Happened[];
const day = (of: string) => ({ from: of, to: of });

it('stands where it began, and what began before stands on the first', () => {
  expect(begunIn(happened, day('2026-11-09'), true)).toEqual([1]);
  expect(begunIn(happened, day('2026-11-09'), false)).toEqual([]);
  expect(begunIn(happened, day('2026-11-10'), false)).toEqual([2]);
  expect(begunIn(happened, { from: '2026-11-06', to: '2026-11-12' }, false)).toEqual([1, 2]);
});

it('shades every bar that it goes on in', () => {
  expect(['2026-11-07', '2026-11-08', '2026-11-10', '2026-11-11'].map((of) => isMeanwhile(happened, day(of)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
