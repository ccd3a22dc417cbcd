/** What leaves the room does so at least once, on both databases. */
import { type Database, Delivery, type DeliveryOptions, deadLetters, type Message, revive } from '@room/database';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const ANN = { who: 'person:ann' };
const PATIENCE = { timeout: 10_000, interval: 20 };

describe.each(KINDS)('the outbox in %s', (kind) => {
  const opened = async (context: TestContext, servers = 1) => {
    const fresh = await freshDatabase(kind, context);
    const databases = await Promise.all(Array.from({ length: servers }, () => fresh.open()));
    const deliveries: Delivery[] = [];
    const said: string[] = [];
    return {
      databases,
      database: databases[0] as Database,
      said,
      deliver: (options: Pick<DeliveryOptions, 'deliver'> & Partial<DeliveryOptions>): Delivery => {
        const database = databases[0] as Database;
        const report: DeliveryOptions['report'] = (_, message) => said.push(message);
        const delivery = new Delivery({ database, channel: 'mail', report, ...options });
        deliveries.push(delivery);
        return delivery;
      },
      [Symbol.asyncDispose]: async () => {
        for (const delivery of deliveries) await delivery[Symbol.asyncDispose]();
        await fresh[Symbol.asyncDispose]();
      },
    };
  };
  const send = (database: Database, body: unknown, channel = 'mail'): Promise<string> =>
    database.write(ANN, (edit) => edit.send(channel, body));

  it('sends what was committed, and nothing of what was not', async (context) => {
    await using it = await opened(context);
    const got: unknown[] = [];
    it.deliver({ deliver: async ({ body }) => void got.push(body) });
    const failing = it.database.write(ANN, async (edit) => {
      await edit.send('mail', 'never');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await send(it.database, { to: 'Bộ Công an' });
    await vi.waitFor(() => expect(got).toEqual([{ to: 'Bộ Công an' }]), PATIENCE);
  });

  it('of two servers that deliver, each message goes by one', async (context) => {
    await using it = await opened(context, 2);
    const got: unknown[] = [];
    for (const database of it.databases) it.deliver({ database, deliver: async ({ body }) => void got.push(body) });
    const bodies = Array.from({ length: 60 }, (_, n) => n);
    await Promise.all(bodies.map((n) => send(it.databases[n % 2] as Database, n)));
    await vi.waitFor(() => expect(got).toHaveLength(60), PATIENCE);
    expect(new Set(got)).toEqual(new Set(bodies));
  });

  it('tries again what failed or was too slow, with the same id, and keeps what never arrives', async (context) => {
    await using it = await opened(context);
    const tried: Message[] = [];
    it.deliver({
      patienceMs: 300,
      waits: [1, 1],
      deliver: async (message) => {
        tried.push(message);
        if (message.attempt === 1) return new Promise(() => undefined);
        throw new Error('mailbox full');
      },
    });
    const id = await send(it.database, 'm');
    const letters = () => it.database.read((query) => deadLetters(query, 10));
    await vi.waitFor(async () => expect(await letters()).toMatchObject([{ id, error: 'mailbox full' }]), PATIENCE);
    expect(tried.map((message) => [message.id, message.attempt])).toEqual([1, 2, 3].map((attempt) => [id, attempt]));
    expect(it.said).toEqual([expect.stringContaining('could not be delivered')]);
    expect(await it.database.write(ANN, ({ query }) => revive(query, id))).toBe(true);
    await vi.waitFor(async () => expect([tried.length, await letters()]).toMatchObject([6, [{ id }]]), PATIENCE);
  });

  it('a channel that hangs holds up no other', async (context) => {
    await using it = await opened(context);
    const got: unknown[] = [];
    it.deliver({ channel: 'webhook', width: 1, deliver: () => new Promise(() => undefined) });
    it.deliver({ deliver: async ({ body }) => void got.push(body) });
    for (let n = 0; n < 3; n++) await send(it.database, n, 'webhook');
    await send(it.database, 'm');
    await vi.waitFor(() => expect(got).toEqual(['m']), PATIENCE);
  });

  it('what a server did not come to say is delivered by the next one', async (context) => {
    await using it = await opened(context, 2);
    const [one, two] = it.databases as [Database, Database];
    const id = await send(one, 'm');
    // As long as a server that was killed would have had.
    const first = it.deliver({ database: one, patienceMs: 400, deliver: () => new Promise(() => undefined) });
    await vi.waitFor(async () => {
      const [row] = await one.read((query) => query.selectFrom('outbox').selectAll().execute());
      expect(row?.attempts).toBe(1);
    }, PATIENCE);
    await first[Symbol.asyncDispose]();
    const got: Message[] = [];
    it.deliver({ database: two, deliver: async (message) => void got.push(message) });
    await vi.waitFor(() => expect(got).toMatchObject([{ id, attempt: 2 }]), PATIENCE);
  });
});
