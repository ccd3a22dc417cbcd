import { expect, it } from 'vitest';
import { Intake } from '../../server/src/gateway/intake.ts';
import { Pressure } from '../../server/src/gateway/pressure.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('bodies beyond the bound are asked to wait until room is given back, and one body fits whatever its size', () => {
  const intake = new Intake({ mostBytes: 100 });
  const whole = intake.reserve(1_000);
  expect(() => intake.reserve(1)).toThrow(expect.objectContaining({ status: 429, retryAfter: 1 }));
  whole();
  whole();
  const [one, two] = [intake.reserve(60), intake.reserve(40)];
  expect(() => intake.reserve(1)).toThrow(expect.objectContaining({ code: 'busy' }));
  one();
  expect(() => intake.reserve(61)).toThrow();
  two();
  intake.reserve(100);
});

it('bodies are unpacked first come, first served, never more at once than the bound', async () => {
  const intake = new Intake({ mostUnpacked: 10 });
  const order: string[] = [];
  const enter = async (name: string, bytes: number): Promise<Disposable> => {
    const unpacked = await intake.unpack(bytes);
    order.push(name);
    return unpacked;
  };
  const first = await enter('first', 8);
  const large = enter('large', 9);
  // It would fit beside the first, and must not overtake the one that does not.
  const small = enter('small', 1);
  await turn();
  expect(order).toEqual(['first']);
  first[Symbol.dispose]();
  await Promise.all([large, small]);
  expect(order).toEqual(['first', 'large', 'small']);
});

it('work beyond what one turn of the event loop may hold goes on in later turns, in its order', async () => {
  const intake = new Intake();
  let now = 0;
  let isRunning = true;
  const clock = (): void => {
    now++;
    if (isRunning) setImmediate(clock);
  };
  const done: { turn: number; task: number }[] = [];
  setImmediate(clock);
  await Promise.all(
    Array.from({ length: 40 }, async (_, task) => {
      await intake.turn(50);
      done.push({ turn: now, task });
    }),
  );
  isRunning = false;
  expect(done.map(({ task }) => task)).toEqual(Array.from({ length: 40 }, (_, task) => task));
  for (const { turn: at } of done) expect(done.filter((other) => other.turn === at).length).toBeLessThanOrEqual(2);
});

it('portals are asked to wait as soon as too much was accepted, not only once that was measured', () => {
  const lag = { partitions: new Map([[0, 90]]), pending: 90 };
  const pressure = new Pressure(lag, 100);
  pressure.check();
  pressure.appended(10);
  pressure.check();
  pressure.appended(1);
  expect(() => pressure.check()).toThrow(expect.objectContaining({ status: 429, code: 'behind' }));
  // A new measurement holds what was accepted before it.
  lag.partitions = new Map([[0, 100]]);
  lag.pending = 100;
  pressure.check();
});

it('portals are asked to wait while there is no space for more', () => {
  const space = { isShort: false };
  const pressure = new Pressure({ partitions: undefined, pending: undefined }, 100, space);
  pressure.check();
  space.isShort = true;
  expect(() => pressure.check()).toThrow(expect.objectContaining({ status: 503, code: 'no_space', retryAfter: 30 }));
});
