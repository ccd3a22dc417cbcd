/** Wall displays on a real room: from a code that nobody approved to a credential that is renewed, copied, revoked and restored. */
import { createHash } from 'node:crypto';
import type { ClientToServer, JoinAnswer, PairedScreen, Pairing, RoomName, ServerToClient } from '@room/contract';
import { PAIRING_ALPHABET } from '@room/contract';
import { databaseFrom, type Edit, openDatabase } from '@room/database';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, submission } from '../harness/client.ts';
import { CookieClient, firstAdministrator, statusOf } from '../harness/cookies.ts';
import { type Room, startRoom } from '../harness/room.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const TOLD_MS = 2_000;
const DAY_MS = 86_400_000;
const NEVER = 'A'.repeat(43);

type WallSocket = Socket<ServerToClient, ClientToServer>;

let room: Room;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'nothing', TRUST_PROXY: '1' } });
  administrator = await firstAdministrator(room);
  await send(room, [
    submission('police', { count: 7 }),
    submission('health', { agency: 'MOH', procedure: 'DV02', count: 5 }),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

/** A display somewhere. Each has an address of its own, as a proxy before the room hears it. */
let displays = 0;
function newDisplay(from = `10.0.${++displays}.1`): CookieClient {
  return new CookieClient(room, { 'x-forwarded-for': from });
}
async function codeOf(display: CookieClient): Promise<string> {
  const pairing = await display.told<Pairing>('/v1/screen/code', {});
  if (pairing.isPaired) throw new Error('it is paired');
  return pairing.code;
}
const approve = (code: string, screen: object = {}): Promise<PairedScreen> =>
  administrator.told<PairedScreen>('/v1/screens', { code, name: 'Hall', scope: 'all', ...screen });
async function paired(screen: object = {}): Promise<{ display: CookieClient; screen: PairedScreen }> {
  const display = newDisplay();
  return { screen: await approve(await codeOf(display), screen), display };
}
const listed = async (): Promise<{ screens: PairedScreen[]; waiting: { code: string; from: string }[] }> =>
  administrator.told('/v1/screens');
const held = (display: CookieClient): string => display.cookies.get('room-screen') ?? '';
const holding = (value: string): CookieClient => {
  const other = newDisplay();
  other.cookies.set('room-screen', value);
  return other;
};
const revoke = ({ id, version }: PairedScreen): Promise<{ version: number }> =>
  administrator.told(`/v1/screens/${id}/revoke`, { version });

function connect({ cookie }: CookieClient): WallSocket {
  return io(room.url, { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: { cookie } });
}
const join = (socket: WallSocket, name: RoomName = 'now'): Promise<JoinAnswer> =>
  new Promise((resolve) => void socket.emit('join', name, resolve));
const closed = (socket: WallSocket): Promise<unknown> =>
  new Promise((resolve) => void socket.once('disconnect', resolve));

/** Past the room, as an operator with the database's own tools. */
async function inDatabase(change: (query: Edit['query'], edit: Edit) => Promise<unknown>): Promise<void> {
  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  await database.write({ who: 'test' }, (edit) => change(edit.query, edit));
}
/** As if it had been made eight days ago; whoever knows it hears of that. */
const aged = ({ id }: PairedScreen): Promise<void> =>
  inDatabase(async (query, edit) => {
    await query
      .updateTable('screen_credential')
      .set({ made_at: new Date(Date.now() - 8 * DAY_MS).toISOString() })
      .where('screen', '=', id)
      .execute();
    edit.record({ action: 'test.aged', kind: 'screen_credential', subject: id });
  });

/** What somebody is told who comes with this four hours after it was replaced; no more than before where it was not. */
async function laterAsked({ id }: PairedScreen, before: string): Promise<string> {
  await inDatabase(async (query, edit) => {
    await query
      .updateTable('screen_credential')
      .set({ replaced_at: new Date(Date.now() - 4 * 3_600_000).toISOString() })
      .where('screen', '=', id)
      .where('replaced_at', 'is not', null)
      .execute();
    edit.record({ action: 'test.later', kind: 'screen_credential', subject: id });
  });
  return statusOf(holding(before).ask('/v1/snapshot'));
}

describe('a code', () => {
  it('can be read from afar, is the same until it is over, and is let in once', async () => {
    const display = newDisplay();
    const first = await display.ask('/v1/screen/code', {});
    expect(first.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^room-screen=[\w-]{43}; Max-Age=34560000; Path=\/; .*HttpOnly; SameSite=Strict$/),
    ]);
    const { code } = (await first.json()) as { code: string };
    expect(code).toMatch(new RegExp(`^[${PAIRING_ALPHABET}]{6}$`));
    expect(PAIRING_ALPHABET).not.toMatch(/[01258BGIOQSUVZL]/);
    expect(await codeOf(display)).toBe(code);
    expect(await display.told('/v1/session')).toMatchObject({ kind: 'visitor', rights: [], isUnpaired: true });
    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('401 not_signed_in');

    expect((await listed()).waiting).toEqual([
      { code, from: '10.0.1.1', askedAt: expect.any(Number), expiresAt: expect.any(Number) },
    ]);
    const screen = await approve(` ${code.slice(0, 3).toLowerCase()} - ${code.slice(3)}`, { name: 'Hall 1' });
    expect(screen).toMatchObject({ name: 'Hall 1', scope: 'all', paired: { by: 'person:lan', from: '10.0.1.1' } });
    expect(await display.told('/v1/screen/code', {})).toEqual({ isPaired: true });
    expect(await display.told('/v1/session')).toMatchObject({
      kind: 'screen',
      id: screen.id,
      name: 'Hall 1',
      rights: ['view'],
      scope: 'all',
    });
    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('200');
    expect(await statusOf(administrator.ask('/v1/screens', { code, name: 'Twice', scope: 'all' }))).toBe(
      '404 no_such_code',
    );
    expect((await listed()).waiting).toEqual([]);
  });

  it('that is over is let in no more, and another takes its place', async () => {
    const display = newDisplay();
    const code = await codeOf(display);
    await inDatabase((query) =>
      query
        .updateTable('screen_pairing')
        .set({ expires_at: new Date(Date.now() - 1).toISOString() })
        .where('code', '=', code)
        .execute(),
    );
    expect(await statusOf(administrator.ask('/v1/screens', { code, name: 'Late', scope: 'all' }))).toBe(
      '404 no_such_code',
    );
    const before = held(display);
    const other = await codeOf(display);
    expect(other).not.toBe(code);
    expect(held(display)).toBe(before);
    await approve(other, { name: 'In time' });
    expect(await display.told('/v1/session')).toMatchObject({ kind: 'screen', name: 'In time' });
  });

  it('is approved by administrators of everything alone, with a name and a scope that there is', async () => {
    const display = newDisplay();
    const code = await codeOf(display);
    const wanted = { code, name: 'Mine', scope: 'all' };
    for (const other of [newDisplay(), display, (await paired()).display])
      expect(await statusOf(other.ask('/v1/screens', wanted))).toMatch(/^(401 not_signed_in|403 no_right)$/);
    for (const wrong of [{ name: ' ' }, { scope: { agencies: ['NOPE'], provinces: [] } }, { rights: ['operate'] }])
      expect(await statusOf(administrator.ask('/v1/screens', { ...wanted, ...wrong }))).toBe('400 bad_request');
    expect(await codeOf(display)).toBe(code);
  });

  it('is given to sixteen of one network and 256 in all, and what is asked beyond that is kept nowhere', async () => {
    const rows = async (): Promise<number> => (await listed()).waiting.length;
    const before = await rows();
    const spray = async (from: string): Promise<string> => statusOf(newDisplay(from).ask('/v1/screen/code', {}));
    const answers = [];
    for (let n = 0; n < 40; n++) answers.push(await spray('203.0.113.9'));
    expect(answers.filter((answer) => answer === '200')).toHaveLength(16);
    expect(new Set(answers.slice(16))).toEqual(new Set(['429 too_many_codes']));
    // The owner of a network of IPv6 has 2^64 addresses of it.
    for (let n = 0; n < 20; n++) await spray(`2001:db8:0:7:${n.toString(16)}::1`);
    expect(await rows()).toBe(before + 32);
    expect(await spray('203.0.113.10')).toBe('200');
    const [display, there] = [newDisplay(), await rows()];
    const code = await codeOf(display);
    const others = Array.from({ length: 255 - there }, (_, n) => ({
      hash: `spray ${n}`,
      code: `spray ${n}`,
      asked_from: `198.51.${n}.1`,
      asked_at: new Date().toISOString(),
      expires_at: new Date(Date.now() + 60_000).toISOString(),
    }));
    await inDatabase((query) => query.insertInto('screen_pairing').values(others).execute());
    // A site with sixteen gives one to a site with none, however many sites there are.
    expect([await rows(), await spray('192.0.2.1'), await rows()]).toEqual([256, '200', 256]);
    // A subscriber has many networks of IPv6 beside each other: what is over the share of one gives way.
    await inDatabase(async (query) => {
      for (let n = 0; n < 20; n++)
        await query
          .updateTable('screen_pairing')
          .set({ asked_from: `2001:db8:9:${n.toString(16)}::1` })
          .where('hash', '=', `spray ${n}`)
          .execute();
    });
    expect([await spray('2001:db8:9:ff::1'), await spray('192.0.2.1'), await rows()]).toEqual([
      '429 too_many_codes',
      '200',
      256,
    ]);
    // Where all have as few there is nobody to give way.
    await inDatabase(async (query) => {
      const all = await query.selectFrom('screen_pairing').select('hash').execute();
      for (const [n, { hash }] of all.entries())
        await query
          .updateTable('screen_pairing')
          .set({ asked_from: `2001:db8:${n.toString(16)}::1` })
          .where('hash', '=', hash)
          .execute();
    });
    expect(await spray('192.0.2.9')).toBe('429 too_many_codes');
    // Whoever has a code keeps it.
    expect(await codeOf(display)).toBe(code);
    await approve(code, { name: 'Beside a flood' });
    await inDatabase((query) => query.deleteFrom('screen_pairing').execute());
    expect(await spray('203.0.113.9')).toBe('200');
  });

  it('is asked for by the room’s own pages alone', async () => {
    const display = newDisplay();
    for (const path of ['/v1/screen/code', '/v1/screen/renew'])
      for (const origin of ['https://evil.example', 'null'])
        expect(await statusOf(display.ask(path, {}, { origin }))).toBe('403 other_origin');
    expect(held(display)).toBe('');
  });
});

describe('what a screen holds', () => {
  it('is good for what a wall shows, within its scope, and for nothing else', async () => {
    const { display } = await paired({ scope: { agencies: ['MOH'], provinces: [] } });
    await expect.poll(async () => (await display.ask('/v1/snapshot')).status, WAIT).toBe(200);
    const { state } = await display.told<{ state: { agencies: Record<string, object> } }>('/v1/snapshot');
    expect(state.agencies).toMatchObject({ MOH: { submittedOnline: 5 }, MPS: { submitted: 7 } });
    expect(state.agencies['MPS']).not.toHaveProperty('submittedOnline');
    for (const path of ['/v1/catalogue', '/v1/catalogue/map', '/v1/catalogue/insets'])
      expect([path, await statusOf(display.ask(path))]).toEqual([path, '200']);
    for (const path of ['/v1/calibration', '/v1/forecasts', '/v1/query', '/v1/people', '/v1/screens', '/v1/audit'])
      expect([path, await statusOf(display.ask(path))]).toEqual([path, '403 no_right']);
    expect(await statusOf(display.ask('/v1/operator/backup', {}))).toBe('403 no_right');
  });

  it('that was tampered with, made up, or is of another kind is none', async () => {
    const { display } = await paired();
    const token = held(display);
    for (const wrong of [`${token}x`, token.slice(1), token.toUpperCase(), '', '__proto__', `.${token}x`, NEVER]) {
      expect([wrong, await statusOf(holding(wrong).ask('/v1/snapshot'))]).toEqual([wrong, '401 not_signed_in']);
    }
    const session = newDisplay();
    session.cookies.set('room-session', token);
    expect(await statusOf(session.ask('/v1/snapshot'))).toBe('401 not_signed_in');
    // What somebody made up never becomes a credential.
    const planted = holding(NEVER);
    await approve(await codeOf(planted), { name: 'Planted' });
    expect(held(planted)).not.toBe(NEVER);
    expect(await statusOf(planted.ask('/v1/snapshot'))).toBe('200');
    expect(await statusOf(holding(NEVER).ask('/v1/snapshot'))).toBe('401 not_signed_in');
  });

  it('is renewed after a week; what it was before is good until three hours after the new one is used, and no longer', async () => {
    const { display, screen } = await paired();
    const first = held(display);
    expect(await display.told('/v1/screen/renew', {})).toEqual({ isPaired: true });
    expect(held(display)).toBe(first);
    await aged(screen);

    // Answers that never arrive.
    const given = async (): Promise<number> =>
      (await holding(first).ask('/v1/screen/renew', {})).headers.getSetCookie().length;
    await expect.poll(given, WAIT).toBe(1);
    expect(await given()).toBe(1);
    expect(await statusOf(holding(first).ask('/v1/snapshot'))).toBe('200');
    expect(await display.told('/v1/screen/renew', {})).toEqual({ isPaired: true });
    const second = held(display);
    expect(second).not.toBe(first);
    expect(second.split('.')).toEqual([expect.stringMatching(/^[\w-]{43}$/), first]);
    expect(await statusOf(holding(first).ask('/v1/snapshot'))).toBe('200');
    const socket = connect(holding(first));
    expect(await join(socket)).toMatchObject({ ok: true });

    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('200');
    expect(await statusOf(holding(first).ask('/v1/snapshot'))).toBe('200');
    await expect.poll(() => laterAsked(screen, first), WAIT).toBe('401 not_signed_in');
    // A copy of what it held is none any more; the open wall does not blink for that.
    expect(await display.told('/v1/screen/renew', {})).toEqual({ isPaired: true });
    expect(held(display)).toBe(second);
    await administrator.told(`/v1/screens/${screen.id}`, { version: 1, name: 'Renamed', scope: 'all' });
    expect([socket.connected, await join(socket)]).toMatchObject([true, { ok: true }]);
    socket.disconnect();
  });

  it('is not renewed the sooner for what a copy of it is sent with: the wall stays', async () => {
    const { display } = await paired();
    const copy = holding(`${NEVER}.${held(display)}`);
    expect(await copy.told('/v1/screen/renew', {})).toEqual({ isPaired: true });
    expect(held(copy)).toBe(`${NEVER}.${held(display)}`);
    expect(await statusOf(copy.ask('/v1/snapshot'))).toBe('200');
    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('200');
  });

  it('goes on where somebody with a copy of it was first to renew, which administrators are told; approved anew it is alone', async () => {
    const { display, screen } = await paired({ name: 'Copied' });
    const thief = holding(held(display));
    await aged(screen);
    for (const each of [thief, display]) {
      const before = held(each);
      const renewed = async (): Promise<boolean> => {
        await each.told('/v1/screen/renew', {});
        return held(each) !== before;
      };
      expect((await listed()).screens.find(({ id }) => id === screen.id)?.isTwice).toBe(false);
      await expect.poll(renewed, WAIT).toBe(true);
      expect(await statusOf(each.ask('/v1/snapshot'))).toBe('200');
    }
    const isTwice = async () => (await listed()).screens.find(({ id }) => id === screen.id)?.isTwice;
    await expect.poll(isTwice, WAIT).toBe(true);
    const { entries } = await administrator.told<{ entries: { action: string }[] }>(`/v1/audit?subject=${screen.id}`);
    expect(entries.map(({ action }) => action).filter((action) => /renewed|twice/.test(action))).toEqual([
      'screen.twice',
      'screen.renewed',
    ]);
    // Neither has a place to fight for: each renewed its own.
    for (const each of [thief, display]) expect(await statusOf(each.ask('/v1/snapshot'))).toBe('200');

    await revoke(screen);
    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('401 not_signed_in');
    await approve(await codeOf(display), { name: 'Alone' });
    expect(await display.told('/v1/session')).toMatchObject({ kind: 'screen', name: 'Alone' });
    expect(await statusOf(thief.ask('/v1/snapshot'))).toBe('401 not_signed_in');
    expect(await thief.told('/v1/screen/code', {})).toMatchObject({ isPaired: false });
  });

  it('is of its own screen: what one was shown says nothing of another', async () => {
    const [one, other] = [await paired({ name: 'One' }), await paired({ name: 'Other' })];
    await revoke(one.screen);
    expect(await statusOf(one.display.ask('/v1/snapshot'))).toBe('401 not_signed_in');
    expect(await other.display.told('/v1/session')).toMatchObject({ kind: 'screen', name: 'Other' });
    const both = holding(`${held(one.display)}.${held(other.display)}`);
    expect(await both.told('/v1/session')).toMatchObject({ name: 'Other' });
  });

  it('outlives a restart, and the restore of a backup from before it was renewed', { timeout: 60_000 }, async () => {
    const { display, screen } = await paired();
    const before = held(display);
    await aged(screen);
    const renewed = async (): Promise<boolean> => {
      await display.told('/v1/screen/renew', {});
      return held(display) !== before;
    };
    await expect.poll(renewed, WAIT).toBe(true);
    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('200');
    await expect.poll(() => laterAsked(screen, before), WAIT).toBe('401 not_signed_in');
    await room.restart();
    await expect.poll(() => statusOf(display.ask('/v1/snapshot')), WAIT).toBe('200');

    // The backup knows what it held then.
    const old = createHash('sha256').update(before).digest('hex');
    await room.stop();
    await inDatabase(async (query) => {
      const ofScreen = query.deleteFrom('screen_credential').where('screen', '=', screen.id);
      await ofScreen.where('replaced_at', 'is not', null).execute();
      await query
        .updateTable('screen_credential')
        // It was a week old when it was renewed.
        .set({ hash: old, made_at: new Date(Date.now() - 8 * DAY_MS).toISOString() })
        .where('screen', '=', screen.id)
        .execute();
    });
    await room.restart();
    await expect.poll(() => statusOf(display.ask('/v1/snapshot')), WAIT).toBe('200');
    const restored = held(display);
    expect(await display.told('/v1/screen/renew', {})).toEqual({ isPaired: true });
    expect(held(display)).not.toBe(restored);
    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('200');
  });
});

describe('an administrator', () => {
  it('revokes: the open wall is told within two seconds, and takes it back: it shows the wall again', async () => {
    const { display, screen } = await paired({ name: 'Lost' });
    const socket = connect(display);
    expect(await join(socket)).toMatchObject({ ok: true });
    await expect
      .poll(async () => (await listed()).screens.find(({ id }) => id === screen.id), WAIT)
      .toMatchObject({
        isConnected: true,
        seen: { from: screen.paired.from },
      });
    const over = closed(socket);
    const began = performance.now();
    const { version } = await revoke(screen);
    await over;
    expect(performance.now() - began).toBeLessThan(TOLD_MS);
    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('401 not_signed_in');
    expect(await display.told('/v1/session')).toMatchObject({ isUnpaired: true });
    const code = await codeOf(display);
    expect((await listed()).screens.map(({ id }) => id)).not.toContain(screen.id);
    expect(await statusOf(administrator.ask(`/v1/screens/${screen.id}/revoke`, { version }))).toBe(
      '404 no_such_screen',
    );

    await administrator.told(`/v1/screens/${screen.id}/undo`, { version });
    expect(await display.told('/v1/screen/code', {})).toEqual({ isPaired: true });
    expect(await statusOf(display.ask('/v1/snapshot'))).toBe('200');
    // Or lets it in anew, by what it shows.
    await revoke({ ...screen, version: version + 1 });
    await approve(code, { name: 'Found' });
    expect(await display.told('/v1/session')).toMatchObject({ kind: 'screen', name: 'Found' });
  });

  it('gives another scope: the open wall begins anew with it within two seconds; a name changes nothing for it', async () => {
    const { display, screen } = await paired();
    const socket = connect(display);
    expect(await join(socket)).toMatchObject({ ok: true });
    const change = (version: number, body: object): Promise<PairedScreen> =>
      administrator.told(`/v1/screens/${screen.id}`, { version, name: 'East hall', scope: 'all', ...body });
    await change(1, {});
    expect(await statusOf(administrator.ask(`/v1/screens/${screen.id}`, { version: 1, name: 'x', scope: 'all' }))).toBe(
      '409 conflict',
    );
    expect([socket.connected, await join(socket)]).toMatchObject([true, { ok: true }]);
    const over = closed(socket);
    const began = performance.now();
    await change(2, { scope: { agencies: ['MOH'], provinces: [] } });
    await over;
    expect(performance.now() - began).toBeLessThan(TOLD_MS);
    const again = connect(display);
    const answer = await join(again);
    if (!answer.ok) throw new Error(answer.reason);
    expect(answer.snapshot.state.agencies['MPS']).not.toHaveProperty('submittedOnline');
    again.disconnect();
    const back = await administrator.told<PairedScreen>(`/v1/screens/${screen.id}/undo`, { version: 3 });
    expect(back).toMatchObject({ version: 4, name: 'East hall', scope: 'all' });
  });

  it('reads in the audit who did what, and no word of what a screen holds', async () => {
    const { display, screen } = await paired({ name: 'Audited' });
    await administrator.told(`/v1/screens/${screen.id}`, { version: 1, name: 'Renamed', scope: 'all', why: 'moved' });
    await revoke({ ...screen, version: 2 });
    const response = await administrator.ask(`/v1/audit?subject=${screen.id}`);
    const text = await response.text();
    const { entries } = JSON.parse(text) as { entries: { action: string; who: string; why: string | null }[] };
    expect(entries.map(({ action, who, why }) => [action, who, why]).reverse()).toEqual([
      ['screen.created', 'person:lan', null],
      ['screen.paired', 'person:lan', null],
      ['screen.changed', 'person:lan', 'moved'],
      ['screen.removed', 'person:lan', null],
    ]);
    expect(text).toContain(screen.paired.from);
    for (const token of held(display).split('.')) {
      expect(text).not.toContain(token);
      expect(room.logs()).not.toContain(token);
    }
  });
});

it('whoever signs in on a browser that showed a code is a person there, and no display', async () => {
  const browser = newDisplay();
  await codeOf(browser);
  await browser.signIn('lan');
  await browser.told('/v1/session');
  expect(held(browser)).toBe('');
  const { display } = await paired();
  await display.signIn('lan');
  expect(await display.told('/v1/session')).toMatchObject({ kind: 'person' });
  expect(held(display)).not.toBe('');
  await display.told('/v1/session/sign-out', {});
  delete (display as { csrfToken?: unknown }).csrfToken;
  expect(await display.told('/v1/session')).toMatchObject({ kind: 'screen' });
});
