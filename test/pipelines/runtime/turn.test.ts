import { inTurns, TurnBudget, turn } from '@room/runtime';
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

it('a budget is for one turn, takes one piece larger than itself, and is whole again in the next', async () => {
  let renewals = 0;
  const budget = new TurnBudget(10, () => void renewals++);
  const state = (): unknown[] => [budget.isSpent, budget.fits(3), budget.fits(4), budget.fits(11)];
  const whole = [false, true, true, true];
  expect(state()).toEqual(whole);
  budget.take(7);
  expect(state()).toEqual([false, true, false, false]);
  await turn();
  expect([...state(), renewals]).toEqual([...whole, 1]);
  budget.take(11);
  budget.take(1);
  expect(state()).toEqual([true, false, false, false]);
  await turn();
  await turn();
  expect([...state(), renewals]).toEqual([...whole, 2]);
});

it('whoever waits for what is left goes on in the order in which it came, so much a turn', async () => {
  const budget = new TurnBudget(10);
  const begun: string[] = [];
  const begin = async (name: string, units: number): Promise<void> => {
    while (!budget.fits(units)) await turn();
    budget.take(units);
    begun.push(name);
  };
  const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => begin(name, 4)));
  const after: string[] = [];
  for (let at = 0; at < 3; at++) {
    after.push(begun.join(''));
    await turn();
  }
  await all;
  expect([after, begun.join('')]).toEqual([['ab', 'abcd', 'abcde'], 'abcde']);
});
