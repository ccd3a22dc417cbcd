/** Turns of those without a key: whoever is known does not stand behind strangers, however many connections those have. */
import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { expect, it } from 'vitest';
import { Visitors } from '../../../server/src/access/visitors.ts';

/** Of a connection of its own. */
const asked = (): [Request, Response] => [
  { socket: new EventEmitter() } as unknown as Request,
  Object.assign(new EventEmitter(), { destroyed: false, destroy: () => undefined }) as unknown as Response,
];

it('whoever is known goes first, and a crowd of either keeps nobody of the other out', async () => {
  const visitors = new Visitors();
  const order: string[] = [];
  const ask = (who: string, name?: string): Promise<unknown> =>
    visitors.turn(...asked(), name).then(() => order.push(who));
  const strangers = Array.from({ length: 512 }, () => ask('stranger'));
  const people = Array.from({ length: 12 }, (_, n) => ask('known', `person p${n % 3}`));
  await Promise.all(people);
  // A slice may have begun before they came; of each after it one turn is a stranger's.
  expect(order.lastIndexOf('known')).toBeLessThan(20);
  expect(order.slice(0, 20).filter((who) => who === 'stranger').length).toBeGreaterThanOrEqual(3);
  await Promise.all(strangers.slice(0, 20));
});

it('refuses what is too much, a stranger after a moment, and of one name what no page asks', async () => {
  const visitors = new Visitors();
  const busy = expect.objectContaining({ status: 503, code: 'busy' });
  for (let n = 0; n < 64 + 4; n++) void visitors.turn(...asked(), 'person p');
  await expect(visitors.turn(...asked(), 'person p')).rejects.toEqual(busy);
  void visitors.turn(...asked(), 'person q');
  const full = new Visitors();
  const left = Array.from({ length: 512 + 4 + 400 }, () => asked());
  const began = performance.now();
  const answers = left.map((each) =>
    full.turn(...each).then(
      () => 'served',
      () => performance.now() - began,
    ),
  );
  for (const [, response] of left.slice(4, 516)) (response as unknown as EventEmitter).emit('close');
  // Those who were not refused yet find room again.
  expect(await Promise.all(answers.slice(516, 540))).toEqual(Array(24).fill('served'));
});
