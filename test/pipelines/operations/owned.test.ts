import { Owned } from '@room/operations';
import { expect, it } from 'vitest';

it('what was opened last is closed first, one after the other, and one that fails keeps none open', async () => {
  const order: string[] = [];
  const failed: unknown[] = [];
  const owned = new Owned((error) => failed.push(error));
  const slow = {
    [Symbol.asyncDispose]: async () => {
      await Promise.resolve();
      order.push('slow');
    },
  };
  expect(owned.own(slow)).toBe(slow);
  owned.own({ [Symbol.dispose]: () => void order.push('at once') });
  const error = new Error('stuck');
  owned.defer(() => Promise.reject(error));
  owned.defer(() => {
    throw error;
  });
  owned.defer(() => void order.push('last'));
  await owned[Symbol.asyncDispose]();
  expect([order, failed]).toEqual([
    ['last', 'at once', 'slow'],
    [error, error],
  ]);
  await owned[Symbol.asyncDispose]();
  expect(order).toHaveLength(3);
});
