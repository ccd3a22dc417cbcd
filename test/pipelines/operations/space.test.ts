import { Space } from '@room/operations';
import { expect, it } from 'vitest';

it('space is short while less may be written than what was taken needs, and a question without an answer changes nothing', async () => {
  let spare: number | undefined = 100;
  let asked = 0;
  const turns: unknown[] = [];
  using space = new Space({
    read: async () => {
      asked++;
      if (spare === undefined) throw new Error('no answer');
      return spare;
    },
    leastBytes: 50,
    turned: (isShort, left) => turns.push([isShort, left]),
    everyMs: 1,
  });
  expect(space).toMatchObject({ spare: undefined, isShort: false });
  await expect.poll(() => space.spare).toBe(100);

  spare = 49;
  await expect.poll(() => space.isShort).toBe(true);

  spare = undefined;
  const before = asked;
  await expect.poll(() => asked).toBeGreaterThan(before + 2);
  expect(space).toMatchObject({ spare: 49, isShort: true });

  spare = 50;
  await expect.poll(() => space.isShort).toBe(false);
  expect(space.isLow).toBe(true);
  spare = 150;
  await expect.poll(() => space.isLow).toBe(false);
  expect(turns).toEqual([
    [true, 49],
    [false, 50],
  ]);
});
