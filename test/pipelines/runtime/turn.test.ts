import { inTurns } from '@room/runtime';
import { expect, it } from 'vitest';

it('hands a list over in slices, and lets others go between them', async () => {
  const seen: (number[] | string)[] = [];
  let isRunning = true;
  const other = (): void => {
    if (!isRunning) return;
    seen.push('other');
    setImmediate(other);
  };
  setImmediate(other);
  for await (const slice of inTurns([1, 2, 3, 4, 5], 2)) seen.push([...slice]);
  isRunning = false;
  expect(seen.filter((it) => it !== 'other')).toEqual([[1, 2], [3, 4], [5]]);
  expect(seen.join(' ')).toMatch(/1,2 (other )+3,4 (other )+5/);
});
