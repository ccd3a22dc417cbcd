/** What a session that a server does not know costs: a look into the database, in the turn of whoever brings it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import express from 'express';
import { expect, it, type TestContext, vi } from 'vitest';
import { Access } from '../../../server/src/access/access.ts';
import { Accounts } from '../../../server/src/access/accounts.ts';
import type { Door } from '../../../server/src/access/door.ts';
import { Origins } from '../../../server/src/access/origins.ts';
import { Screens } from '../../../server/src/access/screens.ts';
import { Tokens } from '../../../server/src/access/tokens.ts';
import { Visitors } from '../../../server/src/access/visitors.ts';
import type { Route } from '../../../server/src/api/route.ts';
import { serve } from '../../../server/src/api/serve.ts';
import { freshDatabase } from '../../postgres/fresh.ts';

interface Served extends AsyncDisposable {
  ask: (cookie: string, agent?: Agent) => Promise<number | undefined>;
  /** Sessions looked for in the database so far. */
  lookups: () => number;
  accounts: Accounts;
}

async function served(context: TestContext): Promise<Served> {
  const fresh = await freshDatabase('sqlite', context);
  const database = await fresh.open();
  const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
  const accounts = new Accounts({ database, catalogue, report: () => undefined });
  const looked = vi.spyOn(accounts.table, 'session');
  await accounts.start();
  const screens = new Screens({ database, catalogue, report: () => undefined });
  const access = new Access({
    origins: new Origins({ host: '127.0.0.1', publicUrls: [] }),
    keys: { find: async () => undefined, isAtHand: () => false },
    operatorTokens: ['none'],
    looks: { actor: () => undefined },
    accounts,
    screens,
    tokens: new Tokens({ database, accounts, catalogue }),
    isOpenTo: () => true,
    isSecure: false,
  });
  const app = express();
  // What a browser asks for in order to say who it is, is there without the database; what it asks of the room is not.
  const route = { method: 'get', path: '/', right: 'view', isOnWalls: true, answer: {}, handle: () => ({}) };
  app.use(serve([route as unknown as Route], { access, screens, visitors: new Visitors() } as Door));
  app.use((_error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    response.status(503).end();
  });
  const http = createServer(app).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    accounts,
    lookups: () => looked.mock.calls.length,
    ask: (cookie, agent) =>
      new Promise((resolve, reject) => {
        request({ port, headers: { cookie, host: `127.0.0.1:${port}` }, ...(agent && { agent }) }, (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode));
        })
          .once('error', reject)
          .end();
      }),
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      http.close();
      accounts[Symbol.dispose]();
      await fresh[Symbol.asyncDispose]();
    },
  };
}
const made = (): string => `room-session=${randomBytes(32).toString('base64url')}`;

it('of many one has its turn after the other, and those beyond are told to come again', async (context) => {
  await using room = await served(context);
  const before = room.lookups();
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 900 }, () => room.ask(made(), new Agent())));
  const seconds = (performance.now() - began) / 1_000;
  const looked = room.lookups() - before;
  const busy = answers.filter((status) => status === 503).length;
  // A slice of four each hundredth of a second at the most.
  expect(looked).toBeLessThanOrEqual(4 + 400 * seconds);
  expect(busy).toBeGreaterThan(0);
  expect(looked + busy).toBe(900);
});

it('what no session looks like is not looked for, and one that is known is not again', async (context) => {
  await using room = await served(context);
  const before = room.lookups();
  for (const cookie of ['room-session=x', `room-session=${'x'.repeat(44)}`, 'room-session=', 'other=1'])
    expect(await room.ask(cookie)).toBe(200);
  expect(room.lookups()).toBe(before);
  await room.accounts.documents.create({ who: 'test' }, 'lan', {
    name: 'Lan',
    rights: ['view'],
    scope: 'all',
    isDisabled: false,
  });
  const token = await room.accounts.begin('lan', { address: undefined, browser: undefined });
  expect(await room.ask(`room-session=${token}`)).toBe(200);
  const known = room.lookups();
  for (let n = 0; n < 20; n++) expect(await room.ask(`room-session=${token}`)).toBe(200);
  expect(room.lookups()).toBe(known);
});
