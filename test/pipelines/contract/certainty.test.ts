/** How sure shares are, against draws whose truth is known. */
import { differsSurely, sureShare, verdictOf } from '@room/contract';
import { expect, it } from 'vitest';

/** The same numbers each time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it('holds the truth in some 95 of 100 cases, where days differ more than dossiers do', () => {
  const random = generator(7);
  let held = 0;
  const draws = 2_000;
  for (let draw = 0; draw < draws; draw++) {
    const days = Array.from({ length: 22 }, () => {
      const whole = 50 + Math.floor(random() * 200);
      // A share of its own each day, around 0.9.
      const own = 0.9 + (random() - 0.5) * 0.15;
      let part = 0;
      for (let n = 0; n < whole; n++) if (random() < own) part++;
      return { part, whole };
    });
    const { low = 0, high = 0 } = sureShare(days) ?? {};
    if (low <= 0.9 && 0.9 <= high) held++;
  }
  expect(held / draws).toBeGreaterThan(0.92);
  expect(held / draws).toBeLessThan(0.98);
});

it('says nothing of nothing, and no range of few days', () => {
  expect(sureShare([])).toBeUndefined();
  expect(sureShare([{ part: 0, whole: 0 }])).toBeUndefined();
  const few = sureShare([
    { part: 9, whole: 10 },
    { part: 1, whole: 10 },
  ]);
  expect(few).toEqual({ share: 0.5 });
  expect(verdictOf({ share: 0.1 }, 0.95)).toBe('unsure');
});

it('stays within 0 and 1, and is never surer than single dossiers are', () => {
  const all = Array.from({ length: 10 }, () => ({ part: 10, whole: 10 }));
  expect(sureShare(all)).toEqual({ share: 1, low: 1, high: 1 });
  const same = Array.from({ length: 10 }, () => ({ part: 9, whole: 10 }));
  const { low = 0, high = 0 } = sureShare(same) ?? {};
  expect(high - low).toBeGreaterThan(0.1);
  expect(high).toBeLessThanOrEqual(1);
});

it('is below or above a target only where its whole range is', () => {
  expect(verdictOf({ share: 0.9, low: 0.88, high: 0.94 }, 0.95)).toBe('below');
  expect(verdictOf({ share: 0.9, low: 0.88, high: 0.96 }, 0.95)).toBe('unsure');
  expect(verdictOf({ share: 0.97, low: 0.95, high: 0.98 }, 0.95)).toBe('above');
  const one = { share: 0.9, low: 0.88, high: 0.92 };
  expect(differsSurely(one, { share: 0.93, low: 0.91, high: 0.95 })).toBe(true);
  expect(differsSurely(one, { share: 0.91, low: 0.89, high: 0.93 })).toBe(false);
  expect(differsSurely(one, { share: 0.5 })).toBe(false);
});
