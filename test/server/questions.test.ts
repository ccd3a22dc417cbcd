import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Asker, Busy, Questions } from '../../server/src/questions.ts';

const asker = (signal?: AbortSignal): Asker => ({ owner: {}, ...(signal === undefined ? {} : { signal }) });

it('puts two questions at a time, of each owner one, in turns among askers', async () => {
  const questions = new Questions();
  const order: string[] = [];
  const running = new Set<string>();
  const read = (name: string) => async (): Promise<string> => {
    running.add(name);
    expect(running.size).toBeLessThanOrEqual(2);
    order.push(name);
    await sleep(20);
    running.delete(name);
    return name;
  };
  const ask = (name: string): Promise<string> => questions.ask(name, read(name), { owner: `person ${name[0]}` });
  expect(await Promise.all(['m1', 'm2', 'm3', 'o1', 'p1'].map(ask))).toEqual(['m1', 'm2', 'm3', 'o1', 'p1']);
  expect(order).toEqual(['m1', 'o1', 'p1', 'm2', 'm3']);
});

it('while a person asks what takes long, others are answered, and of all without a name one runs at a time', async () => {
  const questions = new Questions();
  const slow = new AbortController();
  const asked = Array.from({ length: 5 }, (_, n) =>
    questions.ask(`slow ${n}`, (signal) => sleep(60_000, undefined, { signal }), {
      owner: 'person p',
      signal: slow.signal,
    }),
  );
  let most = 0;
  let strangers = 0;
  const others = Array.from({ length: 6 }, (_, n) =>
    questions.ask(
      `other ${n}`,
      async () => {
        most = Math.max(most, ++strangers);
        await sleep(5);
        strangers--;
        return n;
      },
      asker(),
    ),
  );
  expect(await questions.ask('quick', async () => 'quick', { owner: 'person q' })).toBe('quick');
  expect(await Promise.all(others)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(most).toBe(1);
  slow.abort(new Error('left'));
  expect((await Promise.allSettled(asked)).every(({ status }) => status === 'rejected')).toBe(true);
});

it('rests a fraction of what a question took, and as long as that while the wall is late', async () => {
  const TOOK_MS = 60;
  let isLate = false;
  const questions = new Questions(() => isLate);
  const restOf = async (): Promise<number> => {
    let over = 0;
    const ask = (name: string, read: () => Promise<void>): Promise<void> =>
      questions.ask(name, read, { owner: 'person p' });
    // Both places rest.
    const first = ask('first', async () => {
      await sleep(TOOK_MS);
      over = performance.now();
    });
    const beside = questions.ask('beside', () => sleep(3 * TOOK_MS), { owner: 'person q' });
    let rest = 0;
    const second = ask('second', async () => {
      rest = performance.now() - over;
    });
    await Promise.all([first, second, beside]);
    return rest;
  };
  const inTime = Math.min(await restOf(), await restOf(), await restOf());
  isLate = true;
  expect(await restOf()).toBeGreaterThan(TOOK_MS - 5);
  expect(inTime).toBeLessThan(TOOK_MS - 5);
});

it('tells an answer of a moment ago to whoever asks the same, where that is allowed, and no longer', async () => {
  const questions = new Questions();
  let reads = 0;
  const ask = (owner: string, sharedMs?: number): Promise<number> =>
    questions.ask('same', async () => ++reads, { owner }, sharedMs);
  expect(await ask('p', 200)).toBe(1);
  expect(await ask('q', 200)).toBe(1);
  await sleep(210);
  expect(await ask('p')).toBe(2);
  expect(await ask('q')).toBe(3);
});

it('what is asked to be kept is told to nobody who asks later, though it takes what walls share', async () => {
  const questions = new Questions();
  let reads = 0;
  const ask = (some: Pick<Asker, 'isKeeping'> = {}): Promise<number> =>
    questions.ask('share', async () => ++reads, { owner: 'somebody', ...some }, 60_000);
  expect(await ask({ isKeeping: true })).toBe(1);
  expect(await ask()).toBe(2);
  expect([await ask({ isKeeping: true }), await ask()]).toEqual([2, 2]);
});

it("a person's questions have one line, by whatever connections they come, and hold up nobody else's", async () => {
  const questions = new Questions();
  const order: string[] = [];
  const ask = (name: string, owner: Asker['owner']): Promise<unknown> =>
    questions.ask(name, async () => order.push(name), { owner });
  const asked = Array.from({ length: 24 }, (_, n) => ask(`p${n}`, 'person p'));
  await expect(ask('p24', 'person p')).rejects.toMatchObject({ isOwn: true });
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
  await expect(ask('s256', {})).rejects.toMatchObject({ isOwn: false });
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
