/** Wall displays of several servers with one database, and of one whose database is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PairedScreen, Pairing } from '@room/contract';
import { io } from 'socket.io-client';
import { expect, it } from 'vitest';
import { CookieClient, firstAdministrator, statusOf } from '../harness/cookies.ts';
import { orSkip } from '../harness/need.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { freshDatabase, KINDS } from '../postgres/fresh.ts';
import { startPostgres } from '../postgres/server.ts';

const WAIT = { timeout: 30_000, interval: 50 };
const REVOKED_MS = 1_000;
const AWAY_MS = 30_000;

async function approved(
  on: Room,
  administrator: CookieClient,
): Promise<{ display: CookieClient; screen: PairedScreen }> {
  const display = new CookieClient(on);
  const pairing = await display.told<Pairing>('/v1/screen/code', {});
  if (pairing.isPaired) throw new Error('it is paired');
  const body = { code: pairing.code, name: 'Hall', scope: 'all' };
  return { display, screen: await administrator.told<PairedScreen>('/v1/screens', body) };
}

/** The wall's socket, once it is there. */
async function connected(on: Room, { cookie }: CookieClient) {
  const socket = io(on.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie },
  });
  await new Promise((resolve, reject) => socket.once('connect', () => resolve(1)).once('connect_error', reject));
  return socket;
}

it.for(KINDS)(
  '%s: let in on one server, a screen comes to another; revoked there, it is out within a second',
  {
    timeout: 120_000,
  },
  async (kind, context) => {
    await using fresh = await freshDatabase(kind, context);
    const env = { DATABASE_URL: fresh.url, VISITORS: 'nothing' };
    await using here = await startRoom({ env });
    await using there = await startRoom({ env });
    const administrator = await firstAdministrator(here);
    const { display, screen } = await approved(there, administrator);
    expect(await statusOf(display.ask('/v1/catalogue'))).toBe('200');
    expect(await display.told('/v1/session')).toMatchObject({ kind: 'screen', name: 'Hall' });
    const socket = await connected(there, display);
    const closed = new Promise((resolve) => void socket.once('disconnect', resolve));
    const listed = async (): Promise<unknown> =>
      (await administrator.told<{ screens: PairedScreen[] }>('/v1/screens')).screens[0];
    await expect.poll(listed, WAIT).toMatchObject({ isConnected: true, seen: { from: '127.0.0.1' } });

    const began = performance.now();
    const { version } = await administrator.told<{ version: number }>(`/v1/screens/${screen.id}/revoke`, {
      version: 1,
    });
    const told = performance.now();
    await closed;
    const after = Math.round(performance.now() - told);
    expect(await statusOf(display.ask('/v1/catalogue'))).toBe('401 not_signed_in');
    process.stdout.write(
      `${kind}: out of the other server ${after} ms after the answer, ${Math.round(performance.now() - began)} in all\n`,
    );
    expect(after).toBeLessThan(REVOKED_MS);
    await administrator.told(`/v1/screens/${screen.id}/undo`, { version });
    await expect.poll(() => statusOf(display.ask('/v1/catalogue')), WAIT).toBe('200');
  },
);

it('while the database is away a wall goes on; a server that starts meanwhile sends it nowhere, and knows it once it is back', {
  timeout: 240_000,
}, async (context) => {
  await using postgres = await orSkip(context, startPostgres());
  await using room = await startRoom({ env: { DATABASE_URL: postgres.url, VISITORS: 'nothing' } });
  const administrator = await firstAdministrator(room);
  const { display, screen } = await approved(room, administrator);
  const socket = await connected(room, display);
  expect(await statusOf(display.ask('/v1/catalogue'))).toBe('200');

  await postgres.stop();
  const until = performance.now() + AWAY_MS;
  while (performance.now() < until) {
    expect([socket.connected, await statusOf(display.ask('/v1/catalogue'))]).toEqual([true, '200']);
    await sleep(1_000);
  }
  const asked = administrator.ask(`/v1/screens/${screen.id}/revoke`, { version: 1 });
  expect(await statusOf(asked)).toBe('503 database_away');
  socket.disconnect();

  await room.restart();
  for (const [path, body] of [
    ['/v1/catalogue'],
    ['/v1/session'],
    ['/v1/screen/renew', {}],
    ['/v1/screen/code', {}],
  ] as const)
    expect([path, await statusOf(display.ask(path, body))]).toEqual([path, '503 database_away']);
  // Whoever comes now finds the page, which asks again by itself.
  for (const path of ['/', '/screen']) expect((await display.ask(path)).status).not.toBe(503);
  await expect(connected(room, display)).rejects.toThrow();

  await postgres.start();
  await expect.poll(() => statusOf(display.ask('/v1/catalogue')), WAIT).toBe('200');
  expect(await display.told('/v1/session')).toMatchObject({ kind: 'screen', id: screen.id });
});

it('on loopback a wall needs no credential, whether anybody has an account or not; whoever comes through a proxy does', async () => {
  await using room = await startRoom();
  const ask = (headers: Record<string, string> = {}): Promise<string> =>
    statusOf(fetch(`${room.url}/v1/catalogue`, { headers }));
  expect(await ask()).toBe('200');
  await firstAdministrator(room);
  expect(await ask()).toBe('200');
  expect(await ask({ 'x-forwarded-for': '203.0.113.9' })).toBe('401 not_signed_in');
  const socket = await connected(room, new CookieClient(room));
  expect(socket.connected).toBe(true);
  socket.disconnect();
});
