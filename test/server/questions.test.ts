import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Asker, Busy, Questions } from '../../server/src/questions.ts';

const asker = (signal?: AbortSignal): Asker => ({ owner: {}, ...(signal === undefined ? {} : { signal }) });

it('puts one question at a time, in turns among askers', async () => {
  const questions = new Questions();
  const order: string[] = [];
  let running = 0;
  const read = (name: string) => async (): Promise<string> => {
    expect(++running).toBe(1);
    order.push(name);
    await sleep(2);
    running--;
    return name;
  };
  const [many, one] = [asker(), asker()];
  const asked = ['m1', 'm2', 'm3'].map((name) => questions.ask(name, read(name), many));
  asked.push(questions.ask('o1', read('o1'), one));
  expect(await Promise.all(asked)).toEqual(['m1', 'm2', 'm3', 'o1']);
  expect(order).toEqual(['m1', 'o1', 'm2', 'm3']);
});

it("a person's questions have one line, by whatever connections they come, and hold up nobody else's", async () => {
  const questions = new Questions();
  const order: string[] = [];
  const ask = (name: string, owner: Asker['owner']): Promise<unknown> =>
    questions.ask(name, async () => order.push(name), { owner });
  const asked = Array.from({ length: 24 }, (_, n) => ask(`p${n}`, 'person p'));
  await expect(ask('p24', 'person p')).rejects.toBeInstanceOf(Busy);
  asked.push(ask('q0', 'person q'), ask('s0', {}));
  await Promise.all(asked);
  expect(order.slice(0, 4)).toEqual(['p0', 's0', 'q0', 'p1']);
});

it('however many connections without a name hold up nobody who has one, nor take their place', async () => {
  const questions = new Questions();
  const order: string[] = [];
  const ask = (name: string, owner: Asker['owner']): Promise<unknown> =>
    questions.ask(name, async () => order.push(name), { owner });
  const strangers = Array.from({ length: 256 }, (_, n) => ask(`s${n}`, {}));
  await expect(ask('s256', {})).rejects.toBeInstanceOf(Busy);
  await Promise.all([ask('p0', 'person p'), ask('p1', 'person p'), ask('w0', 'screen w')]);
  expect(order.filter((name) => !name.startsWith('s'))).toEqual(['p0', 'w0', 'p1']);
  expect(order.length).toBeLessThan(8);
  await Promise.all(strangers);
});

it('equal questions share one read, also one that runs', async () => {
  const questions = new Questions();
  let reads = 0;
  const read = async (): Promise<number> => {
    await sleep(20);
    return ++reads;
  };
  const first = questions.ask('same', read, asker());
  const second = questions.ask('same', read, asker());
  await sleep(5);
  const third = questions.ask('same', read, asker());
  expect(await Promise.all([first, second, third])).toEqual([1, 1, 1]);
  expect(await questions.ask('same', read, asker())).toBe(2);
});

it('a question that nobody waits for any more is not put, and one that runs is told to stop', async () => {
  const questions = new Questions();
  const put: string[] = [];
  const gone = new AbortController();
  const running = new AbortController();
  const slow = questions.ask(
    'slow',
    async (signal) => {
      put.push('slow');
      await sleep(10_000, undefined, { signal });
    },
    asker(running.signal),
  );
  const dropped = questions.ask('dropped', async () => put.push('dropped'), asker(gone.signal));
  const last = questions.ask('last', async () => put.push('last'), asker());
  gone.abort(new Error('gone'));
  await expect(dropped).rejects.toThrow('gone');
  await sleep(5);
  running.abort(new Error('left'));
  await expect(slow).rejects.toThrow('left');
  await last;
  expect(put).toEqual(['slow', 'last']);
});

it('a question goes on while one of its askers waits', async () => {
  const questions = new Questions();
  const gone = new AbortController();
  const left = questions.ask('same', async () => 'read', asker(gone.signal));
  const stays = questions.ask('same', async () => 'read', asker());
  gone.abort();
  await expect(left).rejects.toThrow();
  expect(await stays).toBe('read');
});

it('says that it is busy rather than let a line grow without end', async () => {
  const questions = new Questions();
  const one = asker();
  const asked = Array.from({ length: 4 }, (_, n) => questions.ask(`q${n}`, async () => n, one));
  await expect(questions.ask('q4', async () => 4, one)).rejects.toBeInstanceOf(Busy);
  const others = Array.from({ length: 300 }, (_, n) => questions.ask(`o${n}`, async () => n, asker()));
  const settled = await Promise.allSettled([...asked, ...others]);
  const refused = settled.flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));
  expect(refused).toHaveLength(48);
  expect(refused.every((error) => error instanceof Busy)).toBe(true);
});

it('what fails is told to all who asked, and read anew for the next', async () => {
  const questions = new Questions();
  const failing = async (): Promise<never> => {
    throw new Error('away');
  };
  const both = await Promise.allSettled([questions.ask('q', failing, asker()), questions.ask('q', failing, asker())]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await questions.ask('q', async () => 'back', asker())).toBe('back');
});
