import { SignInFailureTable } from '@room/database';
import { describe, expect, it, type TestContext } from 'vitest';
import { type Attempt, Attempts } from '../../../server/src/access/attempts.ts';
import { networkOf } from '../../../server/src/access/origins.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const STRANGER: Attempt = { login: 'lan', address: '10.0.0.1', device: undefined };
const OWN: Attempt = { login: 'lan', address: '10.0.0.1', device: 'signed' };

interface Counted extends AsyncDisposable {
  attempts: Attempts;
  pass: (ms: number) => void;
  /** Another server on the same database, by its own clock. */
  another: (aheadMs?: number) => Promise<Attempts>;
  /** Transactions of the first server. */
  writes: () => number;
}

async function counted(kind: (typeof KINDS)[number], context: TestContext): Promise<Counted> {
  const fresh = await freshDatabase(kind, context);
  let now = Date.parse('2026-11-19T03:00:00Z');
  let writes = 0;
  const database = await fresh.open();
  const counting: Pick<typeof database, 'read' | 'write'> = {
    read: (work) => database.read(work),
    write: (cause, work) => {
      writes++;
      return database.write(cause, work);
    },
  };
  const attempts = new Attempts(new SignInFailureTable(counting), () => now);
  const others: Attempts[] = [];
  return {
    attempts,
    pass: (ms) => {
      now += ms;
    },
    another: async (aheadMs = 0) => {
      const other = new Attempts(new SignInFailureTable(await fresh.open()), () => now + aheadMs);
      others.push(other);
      return other;
    },
    writes: () => writes,
    [Symbol.asyncDispose]: async () => {
      for (const each of [attempts, ...others]) each[Symbol.dispose]();
      await fresh[Symbol.asyncDispose]();
    },
  };
}
async function fail(attempts: Attempts, attempt: Attempt, times: number): Promise<void> {
  for (let n = 0; n < times; n++) expect(await attempts.begin(attempt)).toBe(0);
}

describe.each(KINDS)('failures in %s', (kind) => {
  it('wait from the fifth on, each time twice as long, up to a quarter of an hour', async (context) => {
    await using made = await counted(kind, context);
    const { attempts, pass } = made;
    await fail(attempts, STRANGER, 4);
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      expect(await attempts.begin(STRANGER)).toBe(0);
      const wait = await attempts.begin(STRANGER);
      waits.push(wait / 1_000);
      pass(wait);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  it('count while they are under way, on all servers: many at once are no way around', async (context) => {
    await using made = await counted(kind, context);
    const servers = [made.attempts, await made.another(), await made.another()];
    const begun = await Promise.all(Array.from({ length: 24 }, (_, n) => servers[n % 3]?.begin(STRANGER)));
    expect(begun.filter((wait) => wait === 0)).toHaveLength(5);
  });

  it('of a stranger slow down neither another address, nor a browser that signed in before, nor another name', async (context) => {
    await using made = await counted(kind, context);
    const { attempts } = made;
    const other = await made.another();
    await fail(attempts, STRANGER, 5);
    for (const server of [attempts, other]) expect(await server.begin(STRANGER)).toBeGreaterThan(0);
    for (const server of [attempts, other]) {
      expect(await server.begin({ ...STRANGER, address: '10.0.0.2' })).toBe(0);
      expect(await server.begin(OWN)).toBe(0);
      expect(await server.begin({ ...STRANGER, login: 'minh' })).toBe(0);
    }
  });

  it('of one address with many names slow it down with each of them', async (context) => {
    await using made = await counted(kind, context);
    const { attempts } = made;
    for (let n = 0; n < 50; n++) expect(await attempts.begin({ ...STRANGER, login: `name${n}` })).toBe(0);
    expect(await attempts.begin({ ...STRANGER, login: 'another' })).toBeGreaterThan(0);
    // Nothing was counted of that name: from another address it is free.
    await fail(attempts, { ...STRANGER, login: 'another', address: '10.0.0.9' }, 5);
    expect(await attempts.begin(OWN)).toBe(0);
  });

  it('of an address that is everybody’s lock out nobody of another name', async (context) => {
    await using made = await counted(kind, context);
    const { attempts } = made;
    const proxied = { ...STRANGER, isOfMany: true };
    for (let n = 0; n < 60; n++) expect(await attempts.begin({ ...proxied, login: `name${n}` })).toBe(0);
    await fail(attempts, proxied, 5);
    expect(await attempts.begin(proxied)).toBeGreaterThan(0);
  });

  it('that were none count no more, and an office behind one address may sign in all day', async (context) => {
    await using made = await counted(kind, context);
    const { attempts, pass } = made;
    await fail(attempts, STRANGER, 4);
    await attempts.succeeded(STRANGER);
    await fail(attempts, STRANGER, 4);
    await attempts.succeeded(STRANGER);
    for (let n = 0; n < 80; n++) {
      const somebody = { ...STRANGER, login: `name${n}` };
      expect(await attempts.begin(somebody)).toBe(0);
      await attempts.succeeded(somebody);
    }
    await fail(attempts, OWN, 5);
    expect(await attempts.begin(OWN)).toBeGreaterThan(0);
    pass(2 * 3_600_000);
    await fail(attempts, OWN, 4);
    expect(await attempts.begin(OWN)).toBe(0);
  });

  it('cost nothing while they wait, and are forgotten after an hour', async (context) => {
    await using made = await counted(kind, context);
    const { attempts, pass, writes } = made;
    await fail(attempts, STRANGER, 5);
    expect(await attempts.begin(STRANGER)).toBe(1_000);
    const before = writes();
    for (let n = 0; n < 100; n++) expect(await attempts.begin(STRANGER)).toBe(1_000);
    expect(writes()).toBe(before);
    const other = await made.another();
    expect(await other.begin(STRANGER)).toBe(1_000);
    pass(3_600_001);
    await attempts.sweep();
    await fail(other, STRANGER, 5);
  });

  it('hold nobody for longer where the clock of the server that counted was ahead', async (context) => {
    await using made = await counted(kind, context);
    const ahead = await made.another(50 * 60_000);
    await fail(ahead, STRANGER, 5);
    expect(await made.attempts.begin(STRANGER)).toBeLessThanOrEqual(2_000);
  });
});

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['', ''],
  ['203.0.113.9:20001', '203.0.113.9'],
  ['[2001:db8::1]:20001', '2001:db8:0:0'],
  ['[2001:db8::2]', '2001:db8:0:0'],
  ['unknown', ''],
  ['_hidden', ''],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
