/** What receivers do that mean no good, or change while they are told: none is lost, none goes on for ever, and nobody has another's. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type AlertRoute, type Person, personSchema, type Receiver, receiverSchema } from '@room/contract';
import { AlertTable, Documents } from '@room/database';
import { createRegistry } from '@room/operations';
import fc from 'fast-check';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import type { Notifier } from '../../../server/src/notify/notifier.ts';
import { prepareNotifying } from '../../../server/src/notify/start.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';
import { hooked, ledger, rings, route, rule } from './scene.ts';

const ANN = { who: 'person:ann' };
const PATIENCE = { timeout: 20_000, interval: 20 };
const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);

const told = (url: string, agencies: string[]): Receiver =>
  receiverSchema.parse({
    name: 'hook',
    language: 'en',
    to: { channel: 'webhook', url, scope: { agencies, provinces: [] } },
  });

describe.each(KINDS)('with alerts in %s', (kind) => {
  const opened = async (context: TestContext, receivers: Record<string, Receiver>, routes: AlertRoute[]) => {
    const fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const notifyingIn = (its: typeof database) =>
      prepareNotifying({
        database: its,
        catalogue,
        people: new Documents<Person>({ database: its, kind: 'person', schema: personSchema }),
        mail: undefined,
        webhookAllow: ['127.0.0.1'],
        telegram: undefined,
        url: 'https://room.example.org',
        registry: createRegistry(),
        report: () => undefined,
      });
    const notifying = notifyingIn(database);
    for (const [id, receiver] of Object.entries(receivers)) {
      await notifying.receivers.create(ANN, id, receiver);
      await database.write(ANN, (edit) => notifying.notices.setSecret(edit, id, `secret of ${id}`));
    }
    await notifying.routing.create(ANN, 'routing', { routes });
    const running: Notifier[] = [];
    return {
      notifying,
      table: new AlertTable(database),
      left: () => database.read((query) => query.selectFrom('outbox').select(['id', 'is_dead', 'error']).execute()),
      /** One more server, that delivers too. */
      start: async (waits: readonly number[]) => {
        const notifier = notifyingIn(await fresh.open()).begin({ waits, patienceMs: 10_000 });
        notifier.start();
        running.push(notifier);
      },
      [Symbol.asyncDispose]: async () => {
        for (const notifier of running) await notifier.stop();
        await fresh[Symbol.asyncDispose]();
      },
    };
  };

  it('one that answers what no database keeps is given up after its waits like any other', async (context) => {
    await using hook = await hooked((_, __, response) => {
      response.writeHead(500).end(`no\0thing\r\n\u202e${'x'.repeat(100_000)}`);
    });
    await using it = await opened(context, { hook: told(hook.url, ['MPS']) }, [route({}, ['hook'])]);
    await it.start([1, 1]);
    await rings(it.table, 'one', 'MPS');
    await vi.waitFor(async () => expect(await it.left()).toMatchObject([{ is_dead: 1 }]), PATIENCE);
    expect(hook.hits).toHaveLength(3);
    const [dead] = await it.left();
    expect(dead?.error).toMatch(/^it answered 500 no thing x+$/);
    expect(dead?.error?.length).toBeLessThan(400);
  });

  for (const [how, goesOn] of [
    ['never ends', (write: () => void) => setInterval(write, 5)],
    ['hangs', () => undefined],
  ] as const)
    it(`one whose answer ${how} has it, and is not told again`, async (context) => {
      const timers: (NodeJS.Timeout | undefined)[] = [];
      await using hook = await hooked((_, __, response) => {
        response.writeHead(200).write('noted');
        timers.push(goesOn(() => void response.write('x'.repeat(1_000))));
      });
      await using it = await opened(context, { hook: told(hook.url, ['MPS']) }, [route({}, ['hook'])]);
      await it.start([1, 1]);
      await rings(it.table, 'one', 'MPS');
      await vi.waitFor(async () => {
        const last = (await ledger(it.table, 'one')).at(-1);
        expect(last).toMatchObject(['alert.told', { attempt: 1, said: expect.stringMatching(/^200 noted/) }]);
      }, PATIENCE);
      expect(hook.hits).toHaveLength(1);
      for (const timer of timers) clearInterval(timer);
    });

  it('a redirect leads nowhere', async (context) => {
    await using inner = await hooked((_, respond) => respond(200));
    await using hook = await hooked((_, __, response) => {
      response.writeHead(307, { location: inner.url }).end();
    });
    await using it = await opened(context, { hook: told(hook.url, ['MPS']) }, [route({}, ['hook'])]);
    await it.start([1]);
    await rings(it.table, 'one', 'MPS');
    await vi.waitFor(
      async () => expect(await it.left()).toMatchObject([{ is_dead: 1, error: 'it answered 307' }]),
      PATIENCE,
    );
    expect(inner.hits).toEqual([]);
  });

  it('what was put together is told as far as the scope goes at that moment, and the rest is said not to be', async (context) => {
    let status = 503;
    await using hook = await hooked((_, respond) => respond(status));
    const receiver = told(hook.url, ['MPS', 'MOH']);
    await using it = await opened(context, { hook: receiver }, [route({}, ['hook'], { waitSeconds: 5 })]);
    await it.start(Array.from({ length: 100 }, () => 50));
    await rings(it.table, 'police', 'MPS');
    await rings(it.table, 'health', 'MOH');
    await vi.waitFor(() => expect(hook.hits.length).toBeGreaterThan(0), PATIENCE);
    expect(hook.hits[0]?.body).toContain('"code":"MOH"');
    await it.notifying.receivers.update(ANN, 'hook', 1, told(hook.url, ['MPS']));
    const before = hook.hits.length;
    status = 200;
    await vi.waitFor(async () => expect(await it.left()).toEqual([]), PATIENCE);
    const last = JSON.parse(hook.hits.at(-1)?.body ?? '') as { text: string; events: { code: string }[] };
    expect(hook.hits.length).toBeGreaterThanOrEqual(before);
    expect(last.events.map(({ code }) => code)).toEqual(['MPS']);
    expect(last.text).not.toContain('alert=health');
    const actions = async (id: string) => (await ledger(it.table, id)).at(-1);
    expect(await actions('police')).toMatchObject(['alert.told', { receiver: 'hook' }]);
    expect(await actions('health')).toEqual(['alert.not_told', { receiver: 'hook', why: 'outside-scope' }]);
  });

  it('two servers at once lose none, and tell each by one key', async (context) => {
    await using hook = await hooked((_, respond) => respond(hook.hits.length % 4 === 0 ? 503 : 200));
    await using it = await opened(context, { hook: told(hook.url, ['MPS']) }, [route({}, ['hook'])]);
    const waits = Array.from({ length: 40 }, () => 20);
    await Promise.all([it.start(waits), it.start(waits)]);
    const ids = Array.from({ length: 15 }, (_, n) => `a-${n}`);
    for (const id of ids) await rings(it.table, id, 'MPS');
    for (const id of ids)
      await vi.waitFor(
        async () => expect((await ledger(it.table, id)).filter(([action]) => action === 'alert.told')).toHaveLength(1),
        PATIENCE,
      );
    const keys = new Map(hook.hits.map(({ headers, body }) => [headers['idempotency-key'], body]));
    expect([...keys.values()].map((body) => JSON.parse(body).events[0].id).sort()).toEqual([...ids].sort());
  });

  it('no ministry is told of another, whatever rules, routes and scopes there are', async (context) => {
    const agencies = ['MPS', 'MOH', 'MOET', 'MOF'].filter((id) => catalogue.agencies.some((each) => each.id === id));
    const some = fc.subarray(agencies, { minLength: 1 });
    const given = fc.record({
      scopes: fc.tuple(some, some, some),
      later: fc.tuple(some, some, some),
      routes: fc.array(
        fc.record({ match: some, to: fc.subarray(['r-0', 'r-1', 'r-2'], { minLength: 1 }), goesOn: fc.boolean() }),
        { minLength: 1, maxLength: 4 },
      ),
      first: fc.array(fc.constantFrom(...agencies), { minLength: 1, maxLength: 4 }),
      second: fc.array(fc.constantFrom(...agencies), { minLength: 1, maxLength: 4 }),
    });
    for (const { scopes, later, routes, first, second } of fc.sample(given, { numRuns: 3, seed: 17 })) {
      const hooks = await Promise.all(scopes.map(() => hooked((_, respond) => respond(200))));
      const of = (n: number, scope: string[]): Receiver => told(hooks[n]?.url ?? '', scope);
      await using it = await opened(
        context,
        Object.fromEntries(scopes.map((scope, n) => [`r-${n}`, of(n, scope)])),
        routes.map(({ match, to, goesOn }) => route({ agency: match }, to, { goesOn })),
      );
      await it.start([50, 50, 50]);
      // Written without what the room decides by: the first route that fits, and those after it while each goes on.
      const expected = (agency: string, scope: readonly string[], n: number): boolean => {
        for (const { match, to, goesOn } of routes) {
          if (!match.includes(agency)) continue;
          if (to.includes(`r-${n}`) && scope.includes(agency)) return true;
          if (!goesOn) return false;
        }
        return false;
      };
      const got = (n: number) =>
        (hooks[n]?.hits ?? []).map(({ body }) => JSON.parse(body).events[0].id as string).sort();
      const wanted = scopes.map((): string[] => []);
      const ring = async (codes: readonly string[], name: string, now: readonly (readonly string[])[]) => {
        for (const [index, code] of codes.entries()) {
          const id = `${name}-${index}`;
          await rings(it.table, id, code, rule('warning'));
          for (const [n, scope] of now.entries()) if (expected(code, scope, n)) wanted[n]?.push(id);
        }
        await vi.waitFor(async () => {
          expect(scopes.map((_, n) => got(n))).toEqual(wanted.map((ids) => [...ids].sort()));
          expect(await it.left()).toEqual([]);
        }, PATIENCE);
      };
      await ring(first, 'first', scopes);
      for (const [n, scope] of later.entries()) await it.notifying.receivers.update(ANN, `r-${n}`, 1, of(n, scope));
      await ring(second, 'then', later);
      for (const hook of hooks) await hook[Symbol.asyncDispose]();
    }
  });
});
