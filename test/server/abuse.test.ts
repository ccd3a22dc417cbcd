/** What strangers and signed-in people may try on a real room: nothing ends it, nothing leaks, nothing is changed, others go on. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AuditPage, ClientToServer, JoinAnswer, Portals, RoomName, ServerToClient } from '@room/contract';
import { databaseFrom, openDatabase } from '@room/database';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { fuzzApi } from '../fuzz/api.ts';
import { apiOf } from '../harness/api.ts';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD, statusOf } from '../harness/cookies.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { postTimes } from '../harness/strangers.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };
/** Who waits so long is held up by others, on any machine. */
const HELD_MS = 5_000;

let room: Room;
let administrator: CookieClient;
let theirs: CookieClient;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'view' } });
  administrator = await firstAdministrator(room);
  const { token } = await administrator.told<{ token: string }>('/v1/people', {
    id: 'minh',
    name: 'Minh',
    rights: ['view'],
    scope: 'all',
  });
  theirs = new CookieClient(room);
  await theirs.told('/v1/session/accept', { token, password: PASSWORD });
  await send(room, [submission('first')]);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.total.submitted).toBe(1), PATIENCE);
});
afterAll(() => room[Symbol.asyncDispose]());

const headersOf = ({ cookie, csrfToken = '' }: CookieClient): Record<string, string> => ({
  cookie,
  'x-csrf-token': csrfToken,
});
/** What could have been changed. */
async function kept(): Promise<unknown> {
  const { people } = await administrator.told<{ people: object[] }>('/v1/people');
  const { portals } = await administrator.told<Portals>('/v1/portals');
  return {
    people,
    keys: portals.flatMap(({ keys }) => keys.map(({ id, name, revokedAt }) => ({ id, name, revokedAt }))),
  };
}

it('1,200 generated requests are answered by what they deserve, change nothing, and hold up no portal', {
  timeout: 240_000,
}, async () => {
  const before = await kept();
  const { operations } = await apiOf(room);
  // Those that a good body would really change are asked with odd ones; signing out is no abuse.
  const asked = operations.filter(
    ({ path }) => !/^\/v1\/(events|session\/sign-out|operator\/(backup|set-up))$/.test(path),
  );
  const [fuzzed, times] = await Promise.all([
    fuzzApi(room.url, {
      seed: 'abuse',
      requests: 1_200,
      senders: 12,
      operations: asked,
      askers: [headersOf(administrator), headersOf(theirs), {}, { authorization: `Bearer ${room.operatorToken}` }],
    }),
    postTimes(room, 'beside', 6),
  ]);
  process.stdout.write(
    `${JSON.stringify(fuzzed.statuses)}; the longest of ${times.length} posts beside ${times.at(-1)?.toFixed(0)} ms\n`,
  );
  expect(fuzzed.faults).toEqual([]);
  for (const code of ['200', '400', '401', '403', '404', '413', '421'])
    expect([code, (fuzzed.statuses[code] ?? 0) > 0]).toEqual([code, true]);
  expect(times.at(-1)).toBeLessThan(HELD_MS);
  expect(await kept()).toEqual(before);
  expect(({} as { rights?: unknown }).rights).toBeUndefined();
  expect(await administrator.told('/v1/session')).toMatchObject({ kind: 'person', id: 'lan' });
});

it('no credential is good for another thing than its own, nor after its time', async () => {
  const key = await room.key(NATIONAL);
  const session = administrator.cookies.get('room-session') ?? '';
  const { token: invitation } = await administrator.told<{ token: string }>('/v1/people/minh/invite', {});
  const token = (): string => randomBytes(32).toString('base64url');
  const [expired, idle, unknown] = [token(), token(), token()];
  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  await database.write({ who: 'test' }, async ({ query }) => {
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
    const row = { person: 'lan', address: null, browser: null, id_token: null };
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    for (const each of [
      { hash: hash(expired), began_at: at(-9e8), seen_at: at(-1_000), expires_at: at(-1) },
      { hash: hash(idle), began_at: at(-9e7), seen_at: at(-13 * 3_600_000), expires_at: at(9e7) },
    ])
      await query
        .insertInto('session')
        .values({ ...row, ...each })
        .execute();
  });
  for (const wrong of [
    expired,
    idle,
    unknown,
    key,
    invitation,
    room.operatorToken,
    createHash('sha256').update(session).digest('hex'),
  ])
    expect([
      wrong,
      await statusOf(fetch(`${room.url}/v1/people`, { headers: { cookie: `room-session=${wrong}` } })),
    ]).toEqual([wrong, '401 not_signed_in']);
  for (const wrong of [session, invitation, room.operatorToken, `${key}x`, key.slice(0, -1), key.toUpperCase()]) {
    const posted = fetch(`${room.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${wrong}` },
      body: '',
    });
    expect([wrong, await statusOf(posted)]).toEqual([wrong, '401 unknown_key']);
  }
  for (const wrong of [session, invitation, key, `${room.operatorToken}x`]) {
    const asked = fetch(`${room.url}/v1/operator/backup`, { headers: { authorization: `Bearer ${wrong}` } });
    expect([wrong, await statusOf(asked)]).toEqual([wrong, '401 not_operator']);
  }
  const accept = (given: string) =>
    statusOf(new CookieClient(room).ask('/v1/session/accept', { token: given, password: PASSWORD, id: 'eve' }));
  for (const wrong of [session, key, room.operatorToken, `${invitation}x`])
    expect(await accept(wrong)).toBe('404 no_such_invitation');
  // What shows a page of one session shows none of another.
  const csrf = theirs.csrfToken ?? '';
  expect(
    await statusOf(administrator.ask('/v1/portals/keys', { source: NATIONAL, name: 'x' }, { 'x-csrf-token': csrf })),
  ).toBe('403 no_csrf_token');
  // A session of another room is none of this one's.
  await using other = await startRoom({ env: { VISITORS: 'view' } });
  const foreign = await firstAdministrator(other);
  expect(await statusOf(fetch(`${room.url}/v1/people`, { headers: { cookie: foreign.cookie } }))).toBe(
    '401 not_signed_in',
  );
});

it('a page of another site changes nothing, whatever it sends along', async () => {
  const before = await kept();
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `${room.url}.evil.example` },
    { origin: room.url.replace('http:', 'https:').replace(/\d+$/, '1') },
    { origin: '' },
  ])
    for (const [path, body] of [
      ['/v1/portals/keys', { source: NATIONAL, name: 'eve' }],
      ['/v1/audit/verify', {}],
      ['/v1/operator/quarantine/replay', { code: 'unknown_code' }],
      ['/v1/people/minh/sign-out', {}],
    ] as const)
      expect([headers, path, await statusOf(administrator.ask(path, body, headers))]).toEqual([
        headers,
        path,
        '403 other_origin',
      ]);
  // As a form of it would: without a word of where it comes from.
  const form = await fetch(`${room.url}/v1/portals/keys`, {
    method: 'POST',
    headers: { cookie: administrator.cookie, 'content-type': 'text/plain' },
    body: JSON.stringify({ source: NATIONAL, name: 'eve' }),
  });
  expect(form.status).toBe(403);
  expect(await kept()).toEqual(before);
  const { entries } = await administrator.told<AuditPage>('/v1/audit?action=audit.*');
  expect(entries).toEqual([]);
});

it('a socket that says what no wall says is ended or answered, and one beside it goes on', {
  timeout: 60_000,
}, async () => {
  const wall: Socket<ServerToClient, ClientToServer> = io(room.url, { transports: ['websocket'], forceNew: true });
  const join = (name: RoomName): Promise<JoinAnswer> => new Promise((resolve) => void wall.emit('join', name, resolve));
  expect(await join('now')).toMatchObject({ ok: true });
  const address = `${room.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const deep = '['.repeat(30_000) + ']'.repeat(30_000);
  for (const said of [
    '42["__proto__",{"a":1}]',
    '42["constructor"]',
    '42["join",{"__proto__":{"ok":true}},null]',
    `421["join","${'x'.repeat(200_000)}"]`,
    `421["join",${deep}]`,
    '42["join"]',
    '421["join","now","now","now"]',
    '4',
    '99999',
    '451-["a",{"_placeholder":true,"num":1e9}]',
    '40/__proto__,',
    '{}',
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.alloc(2_000_000),
  ]) {
    const socket = new WebSocket(address);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.send('40');
    socket.send(said);
    socket.send('42["join","now"]');
    await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 300))]);
    socket.terminate();
  }
  expect(await join('now')).toMatchObject({ ok: true });
  expect(room.isAlive).toBe(true);
  wall.disconnect();
});
