import { expect, it, vi } from 'vitest';
import type { HttpError } from '../../server/src/errors.ts';
import { Intake, type Place } from '../../server/src/gateway/intake.ts';
import { Pressure } from '../../server/src/gateway/pressure.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('one portal has half of the bytes, one body fits whatever its size, and what is left is for the others', () => {
  using intake = new Intake({ mostBytes: 100 });
  const [large, small, third, other] = [intake.enter('a'), intake.enter('a'), intake.enter('a'), intake.enter('b')];
  intake.take(large, 1_000);
  expect(() => intake.take(small, 1)).toThrow(expect.objectContaining({ status: 429, code: 'busy', retryAfter: 1 }));
  intake.take(other, 10);
  intake.leave(large);
  intake.leave(large);
  intake.take(small, 50);
  expect(() => intake.take(third, 1)).toThrow(expect.objectContaining({ code: 'busy' }));
  // What another one would bring could not be kept.
  expect(() => intake.enter('a')).toThrow(expect.objectContaining({ code: 'busy' }));
});

it('of bodies of one portal that grow together, as many pass as fit: the youngest give way', () => {
  using intake = new Intake({ mostBytes: 80 });
  const refused: string[] = [];
  const bodies = Array.from({ length: 8 }, (_, n) => {
    const place = intake.enter('a');
    place.refuse = ({ status }) => refused.push(`${n} ${status}`);
    return place;
  });
  for (let grown = 0; grown < 9; grown++)
    for (const place of bodies)
      try {
        intake.take(place, 1);
      } catch (error) {
        place.refuse?.(error as HttpError);
        intake.leave(place);
      }
  expect(refused).toEqual(['7 429', '6 429', '5 429', '4 429']);
  expect(bodies.filter(({ bytes }) => bytes === 9)).toHaveLength(4);
});

it('where all is taken, the youngest request of the portal with most gives way to one below its share', () => {
  using intake = new Intake({ mostBytes: 100 });
  const refused: string[] = [];
  const hold = (portal: string, name: string, bytes: number): void => {
    const place = intake.enter(portal);
    place.refuse = ({ status }) => refused.push(`${name} ${status}`);
    intake.take(place, bytes);
  };
  hold('a', 'a1', 20);
  hold('a', 'a2', 30);
  hold('b', 'b1', 30);
  const over = intake.enter('b');
  hold('c', 'c1', 30);
  expect(refused).toEqual(['a2 429']);
  expect(() => intake.take(over, 30)).toThrow(expect.objectContaining({ status: 429 }));
  expect(refused).toEqual(['a2 429']);
});

it('one portal has a quarter of the places', () => {
  using intake = new Intake({ mostRequests: 8 });
  intake.enter('a');
  const second = intake.enter('a');
  expect(() => intake.enter('a')).toThrow(expect.objectContaining({ status: 429 }));
  intake.enter('b');
  intake.leave(second);
  intake.enter('a');
});

it('where all places are taken, the portal with most gives one up', () => {
  using intake = new Intake({ mostRequests: 8 });
  const refused: string[] = [];
  for (const portal of ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'])
    intake.enter(portal).refuse = ({ code }) => refused.push(`${portal} ${code}`);
  intake.enter('e');
  expect(refused).toEqual(['a busy']);
});

it('a body that drips or takes too long is ended, one that comes in time is not', async () => {
  using intake = new Intake({ graceMs: 300, bodyMs: 1_200 });
  const ended: string[] = [];
  const began = performance.now();
  const reading = (name: string, arrived: number): Place => {
    const place = intake.enter(name);
    place.refuse = ({ status }) =>
      ended.push(`${name} ${status} ${performance.now() - began < 1_100 ? 'soon' : 'late'}`);
    place.arrived = arrived;
    return place;
  };
  reading('drips', 1);
  reading('endless', 1_000_000);
  intake.arrived(reading('whole', 10));
  await vi.waitFor(() => expect(ended).toHaveLength(2), { timeout: 10_000 });
  expect(ended).toEqual(['drips 408 soon', 'endless 408 late']);
});

const arrived = (intake: Intake, portal: string, bytes: number): Place => {
  const place = intake.enter(portal);
  intake.take(place, bytes);
  intake.arrived(place);
  return place;
};

it('bodies are unpacked in fair turns among portals, never more at once than the bound', async () => {
  using intake = new Intake({ mostUnpacked: 1_000_000 });
  const order: string[] = [];
  const enter = async (portal: string, name: string, bytes: number): Promise<void> => {
    using _unpacked = await intake.unpack(arrived(intake, portal, bytes));
    order.push(name);
    await turn();
  };
  await Promise.all([
    ...Array.from({ length: 4 }, (_, n) => enter('a', `a${n}`, 900_000)),
    enter('b', 'b0', 900_000),
    enter('b', 'b1', 900_000),
  ]);
  expect(order).toEqual(['a0', 'a1', 'b0', 'a2', 'b1', 'a3']);
});

it('a small body does not wait for a large one of another portal', async () => {
  using intake = new Intake({ mostUnpacked: 100 });
  using _large = await intake.unpack(arrived(intake, 'a', 1_000));
  using _small = await intake.unpack(arrived(intake, 'b', 200));
});

it('a large body waits for those that were unpacked before it, and not for small ones that go beside it', async () => {
  using intake = new Intake();
  const small = () => intake.unpack(arrived(intake, `p${small.n++}`, 600));
  small.n = 0;
  const before = await small();
  let isIn = false;
  const large = intake.unpack(arrived(intake, 'large', 700 * 1024)).then((inside) => {
    isIn = true;
    return inside;
  });
  // Some small one is always inside.
  let last = await small();
  before[Symbol.dispose]();
  for (let n = 0; n < 20 && !isIn; n++) {
    const next = await small();
    last[Symbol.dispose]();
    last = next;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(isIn).toBe(true);
  last[Symbol.dispose]();
  (await large)[Symbol.dispose]();
});

it('a body that waits is dropped with its request', async () => {
  using intake = new Intake({ mostUnpacked: 100 });
  using _first = await intake.unpack(arrived(intake, 'a', 1_000));
  const place = arrived(intake, 'a', 1_000);
  const waiting = intake.unpack(place);
  intake.leave(place);
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
});

it('work beyond what one turn of the event loop may hold goes on in later turns, in its order', async () => {
  using intake = new Intake();
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
      await intake.turn('a', 50);
      done.push({ turn: now, task });
    }),
  );
  isRunning = false;
  expect(done.map(({ task }) => task)).toEqual(Array.from({ length: 40 }, (_, task) => task));
  for (const { turn: at } of done) expect(done.filter((other) => other.turn === at).length).toBeLessThanOrEqual(2);
});

/** Bytes of an event. */
const ORDINARY = 400;

it('portals are asked to wait as soon as too much was accepted, not only once that was measured', () => {
  const lag = { partitions: new Map([[0, 90]]), pending: 90 };
  const pressure = new Pressure(lag, 100);
  pressure.check('a');
  pressure.appended('a', 10, 10 * ORDINARY);
  pressure.check('a');
  pressure.appended('a', 1, 1 * ORDINARY);
  expect(() => pressure.check('a')).toThrow(expect.objectContaining({ status: 429, code: 'behind' }));
  // A new measurement holds what was accepted before it.
  lag.partitions = new Map([[0, 100]]);
  lag.pending = 100;
  pressure.check('a');
});

it('who has its share waiting is asked to wait, others are not, and what nobody here took counts for all', () => {
  const lag = { partitions: new Map([[0, 0]]), pending: 0 };
  const pressure = new Pressure(lag, 100);
  const isRefused = (portal: string): boolean => {
    try {
      pressure.check(portal);
      return false;
    } catch {
      return true;
    }
  };
  pressure.appended('a', 300, 300 * ORDINARY);
  pressure.appended('b', 10, 10 * ORDINARY);
  expect(['a', 'b', 'c'].map(isRefused)).toEqual([true, false, false]);
  lag.partitions = new Map([[0, 310]]);
  lag.pending = 310;
  pressure.appended('b', 60, 60 * ORDINARY);
  expect(['a', 'b', 'c'].map(isRefused)).toEqual([true, true, false]);
  // Counting goes on: what was accepted first is counted first.
  lag.partitions = new Map([[0, 50]]);
  lag.pending = 50;
  expect(['a', 'b', 'c'].map(isRefused)).toEqual([false, false, false]);
  // Another server took so much.
  lag.partitions = new Map([[0, 500]]);
  lag.pending = 500;
  expect(['a', 'b', 'c'].map(isRefused)).toEqual([true, true, true]);
});

it('portals are asked to wait while there is no space for more', () => {
  const space = { isShort: false, isLow: false };
  const pressure = new Pressure({ partitions: undefined, pending: undefined }, 100, space);
  pressure.check('a');
  space.isShort = true;
  expect(() => pressure.check('a')).toThrow(expect.objectContaining({ status: 503, code: 'no_space', retryAfter: 30 }));
});

it('where the disk gets short a portal that filled it by the size of its events is refused first, for a day, and others go on', () => {
  const space = { isShort: false, isLow: false };
  let now = 0;
  const pressure = new Pressure({ partitions: undefined, pending: undefined }, 100_000, space, () => now);
  pressure.appended('large', 3_000, 3_000 * 15_000);
  pressure.appended('ordinary', 90_000, 90_000 * ORDINARY);
  pressure.check('large');
  space.isLow = true;
  pressure.check('ordinary');
  expect(() => pressure.check('large')).toThrow(expect.objectContaining({ status: 503, code: 'no_space' }));
  space.isLow = false;
  pressure.check('large');
  space.isLow = true;
  now += 86_400_000;
  pressure.check('large');
});
