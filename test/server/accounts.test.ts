/** Accounts on a real room, with either database: from the first administrator's link to a right that shrinks while a socket is open. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientToServer, JoinAnswer, RoomName, ServerToClient, Session } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NATIONAL, snapshot } from '../harness/client.ts';
import { childEnv, config } from '../harness/config.ts';
import { CookieClient as Browser, PASSWORD, setUpToken, statusOf as status } from '../harness/cookies.ts';
import { Unavailable } from '../harness/need.ts';
import { run } from '../harness/process.ts';
import { ROOT } from '../harness/program.ts';
import { type Room, startRoom, typescript } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { type FreshDatabase, KINDS, newDatabase } from '../postgres/fresh.ts';

const WAIT = { timeout: 20_000, interval: 50 };

describe.each(KINDS)('with %s', (kind) => {
  /** A room that is nobody's yet, and shows strangers nothing. */
  let room: Room;
  let administrator: Browser;

  let missing: string | undefined;
  let database: FreshDatabase | undefined;

  beforeAll(async () => {
    database = await newDatabase(kind).catch((error: Error) => {
      if (!(error instanceof Unavailable) || config.ci) throw error;
      missing = error.message;
      return undefined;
    });
    if (database === undefined) return;
    room = await startRoom({ env: { VISITORS: 'nothing', DATABASE_URL: database.url } });
    administrator = new Browser(room);
  });
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  afterAll(async () => {
    await room?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  async function invited(id: string, person: object): Promise<Browser> {
    const { token } = await administrator.told<{ token: string }>('/v1/people', {
      id,
      name: id,
      rights: ['view'],
      scope: 'all',
      ...person,
    });
    const browser = new Browser(room);
    await browser.told('/v1/session/accept', { token, password: PASSWORD });
    return browser;
  }
  const peopleOf = async (): Promise<{ id: string; version: number }[]> =>
    (await administrator.told<{ people: { id: string; version: number }[] }>('/v1/people')).people;
  async function change(id: string, person: object): Promise<void> {
    const found = (await peopleOf()).find((each) => each.id === id);
    const { hasPassword: _, invitedUntil: __, id: ___, ...before } = found as unknown as Record<string, unknown>;
    await administrator.told(`/v1/people/${id}`, { ...before, ...person });
  }

  it('before there is anybody it shows nothing but the page that says so, and prints the link at its start', async () => {
    const stranger = new Browser(room);
    for (const path of ['/v1/snapshot', '/v1/catalogue', '/v1/catalogue/map', '/v1/calibration', '/v1/forecasts'])
      expect([path, await status(stranger.ask(path))]).toEqual([path, '401 not_signed_in']);
    // Whoever sends numbers needs their codes, and sees no others.
    const portal = { authorization: `Bearer ${await room.key(NATIONAL)}` };
    const given = await stranger.ask('/v1/catalogue', undefined, portal);
    expect([given.status, await given.json()]).toMatchObject([200, { sources: expect.any(Array) }]);
    for (const path of ['/v1/snapshot', '/v1/catalogue/map', '/v1/calibration', '/v1/forecasts'])
      expect([path, await status(stranger.ask(path, undefined, portal))]).toEqual([path, '401 not_signed_in']);
    const wrong = await stranger.ask('/v1/catalogue', undefined, { authorization: 'Bearer wrong' });
    expect([wrong.status, await wrong.text()]).toEqual([401, expect.stringContaining('give a portal key')]);
    expect(await stranger.told('/v1/session')).toMatchObject({ kind: 'visitor', rights: [], needsSetUp: true });
    expect(await status(stranger.ask('/v1/people'))).toBe('401 not_signed_in');
    const socket = io(room.url, { transports: ['websocket'], forceNew: true, reconnection: false });
    await expect(
      new Promise((resolve, reject) => socket.once('connect', () => resolve(1)).once('connect_error', reject)),
    ).rejects.toThrow();
    expect(room.logs()).toMatch(
      /Make the first administrator[^\n]*\n\s*http:\/\/127\.0\.0\.1:\d+\/sign-in#invitation=[\w-]{43}/,
    );
  });

  it('the import checks a file against its catalogue with a portal key, and without one says what it wants', async () => {
    await using folder = await tempDir('import');
    const [file, key] = [join(folder.path, 'days.csv'), join(folder.path, 'key')];
    await writeFile(file, 'id,day\na,2026-11-19\n');
    await writeFile(key, await room.key(NATIONAL), { mode: 0o600 });
    const begin = (...words: string[]) =>
      run(
        process.execPath,
        [...typescript(), join(ROOT, 'pipelines/src/import/main.ts'), 'init', file, '--url', room.url, ...words],
        { cwd: folder.path, env: childEnv() },
      );
    const without = await begin();
    expect([without.code, without.output]).toEqual([2, expect.stringMatching(/add --key-file KEY.*--catalogue DIR/)]);
    const given = await begin('--key-file', key);
    expect([given.code, given.output]).toEqual([0, expect.stringContaining(`the catalogue of ${room.url}`)]);
  });

  it('the first administrator is made by the link, once', async () => {
    const token = await setUpToken(room);
    const guess = new Browser(room);
    expect(
      await status(guess.ask('/v1/session/accept', { token: 'x'.repeat(43), password: PASSWORD, id: 'eve' })),
    ).toBe('404 no_such_invitation');
    expect(await status(guess.ask('/v1/session/accept', { token, password: 'short', id: 'eve' }))).toBe(
      '400 bad_request',
    );
    const session = await administrator.told<Session>('/v1/session/accept', {
      token,
      password: PASSWORD,
      id: 'lan',
      name: 'Lan',
    });
    expect(session).toMatchObject({ kind: 'person', id: 'lan', name: 'Lan', scope: 'all' });
    expect(session.rights).toContain('administer');
    expect(await status(guess.ask('/v1/session/accept', { token, password: PASSWORD, id: 'eve' }))).toBe(
      '404 no_such_invitation',
    );
    expect((await administrator.ask('/v1/snapshot')).status).not.toBe(401);
    expect((await administrator.told<Session>('/v1/session')).needsSetUp).toBeUndefined();
  });

  it('of several who take one link at once one is an administrator, and of the others nothing is left', async () => {
    const token = await setUpToken(room);
    const ids = ['an', 'binh', 'chi', 'dung'];
    const before = await peopleOf();
    const answers = await Promise.all(
      ids.map((id) => status(new Browser(room).ask('/v1/session/accept', { token, password: PASSWORD, id }))),
    );
    expect(answers.toSorted()).toEqual(['200', ...Array<string>(3).fill('404 no_such_invitation')]);
    expect((await peopleOf()).map(({ id }) => id)).toEqual(
      [...before.map(({ id }) => id), ids[answers.indexOf('200')]].toSorted(),
    );
    await administrator.told(`/v1/people/${ids[answers.indexOf('200')]}/undo`, { version: 1 });
  });

  describe('a session', () => {
    it('is new at each sign-in, httpOnly and of this site alone, and ends at sign-out, everywhere where that is asked', async () => {
      const [here, there] = [new Browser(room), new Browser(room)];
      const response = await here.ask('/v1/session/sign-in', { id: ' LAN ', password: PASSWORD });
      const cookie = response.headers.getSetCookie().find((line) => line.startsWith('room-session='));
      expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
      here.csrfToken = ((await response.json()) as Session).csrfToken;
      const first = here.cookies.get('room-session');
      await here.signIn('lan');
      expect(here.cookies.get('room-session')).not.toBe(first);
      await there.signIn('lan');
      const stolen = here.cookie;
      await here.told('/v1/session/sign-out', {});
      expect(await status(fetch(`${room.url}/v1/people`, { headers: { cookie: stolen } }))).toBe('401 not_signed_in');
      expect(await status(there.ask('/v1/people'))).toBe('200');
      delete (here as { csrfToken?: unknown }).csrfToken;
      await here.signIn('lan');
      await here.told('/v1/session/sign-out', { everywhere: true });
      for (const each of [there, administrator]) expect(await status(each.ask('/v1/people'))).toBe('401 not_signed_in');
      administrator.cookies.delete('room-session');
      delete (administrator as { csrfToken?: unknown }).csrfToken;
      await administrator.signIn('lan');
    });

    it('changes nothing for a page of another site, nor without its token', async () => {
      const body = { id: 'mallory', name: 'm', rights: [], scope: 'all' };
      const ask = (headers: Record<string, string>) => administrator.ask('/v1/people', body, headers);
      expect(await status(ask({ origin: 'https://evil.example' }))).toBe('403 other_origin');
      expect(await status(ask({ 'x-csrf-token': 'wrong' }))).toBe('403 no_csrf_token');
      expect(await status(ask({ 'x-csrf-token': '' }))).toBe('403 no_csrf_token');
      expect((await peopleOf()).map(({ id }) => id)).toEqual(['lan']);
    });

    it('that was tampered with is none', async () => {
      const token = administrator.cookies.get('room-session') ?? '';
      for (const wrong of [
        `${token}x`,
        token.slice(1),
        token.toUpperCase(),
        '',
        '__proto__',
        `${token}; room-session=${token}x`,
      ]) {
        const answer = fetch(`${room.url}/v1/people`, { headers: { cookie: `room-session=${wrong}` } });
        expect([wrong, await status(answer)]).toEqual([wrong, expect.stringMatching(/^(401 not_signed_in|200)$/)]);
        if (!wrong.includes(';'))
          expect((await fetch(`${room.url}/v1/people`, { headers: { cookie: `room-session=${wrong}` } })).status).toBe(
            401,
          );
      }
    });
  });

  describe('guessing', () => {
    it('gets one answer whether the name or the password is wrong, after the same time', async () => {
      const times: Record<string, number[]> = { lan: [], nobody: [] };
      for (let n = 0; n < 4; n++)
        for (const id of ['lan', 'nobody']) {
          const began = performance.now();
          const response = await new Browser(room).ask('/v1/session/sign-in', {
            id: id === 'lan' ? id : `nobody${n}`,
            password: `wrong ${n}`,
          });
          times[id]?.push(performance.now() - began);
          expect([response.status, await response.json()]).toEqual([
            401,
            { error: { code: 'wrong_credentials', reason: 'there is nobody of this name and password' } },
          ]);
        }
      // The shortest says what it takes; the rest is what else this machine did.
      const least = (of: readonly number[] = []): number => Math.min(...of);
      expect(Math.abs(Math.log(least(times['lan']) / least(times['nobody'])))).toBeLessThan(Math.log(2));
    });

    it('is slowed down, and does not lock out whoever signed in on their browser before', {
      timeout: 90_000,
    }, async () => {
      const guess = (password: string): Promise<Response> =>
        new Browser(room).ask('/v1/session/sign-in', { id: 'lan', password });
      // Long enough to look at, however slow this machine is.
      await expect
        .poll(async () => Number((await guess('wrong')).headers.get('retry-after') ?? 0), {
          timeout: 60_000,
          interval: 100,
        })
        .toBeGreaterThan(7);
      expect(await status(guess(PASSWORD))).toBe('429 too_many_attempts');
      const own = new Browser(room);
      own.cookies.set('room-device', administrator.cookies.get('room-device') ?? '');
      expect(await own.signIn('lan')).toMatchObject({ kind: 'person', id: 'lan' });
      const forged = new Browser(room);
      forged.cookies.set('room-device', `${administrator.cookies.get('room-device')?.slice(0, -2)}xx`);
      expect(await status(forged.ask('/v1/session/sign-in', { id: 'lan', password: PASSWORD }))).toBe(
        '429 too_many_attempts',
      );
      // Nor is what was given once a way around for whoever adds to it.
      const device = administrator.cookies.get('room-device') ?? '';
      for (const more of ['.1', '.', 'x', '.x.y'])
        expect([more, await status(withDevice(`${device}${more}`, 'wrong'))]).toEqual([more, '429 too_many_attempts']);
      const guesses = await Promise.all(Array.from({ length: 12 }, () => withDevice(device, 'wrong')));
      expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThan(5);
    });

    const withDevice = (device: string, password: string): Promise<Response> => {
      const browser = new Browser(room);
      browser.cookies.set('room-device', device);
      return browser.ask('/v1/session/sign-in', { id: 'lan', password });
    };

    it('through a proxy that the settings do not count locks out nobody else, and is told once', async () => {
      await invited('far', { rights: ['view'] });
      const passedOn = (from: string, id: string, password: string): Promise<Response> =>
        new Browser(room, { 'x-forwarded-for': from }).ask('/v1/session/sign-in', { id, password });
      const guesses = Array.from({ length: 51 }, (_, n) => passedOn('203.0.113.9', `made-up-${n}`, 'wrong'));
      expect(new Set((await Promise.all(guesses)).map(({ status: code }) => code))).toEqual(new Set([401]));
      expect(await status(passedOn('198.51.100.7', 'far', PASSWORD))).toBe('200');
      expect(room.logs().match(/somebody came with X-Forwarded-For and TRUST_PROXY is 0/g)).toHaveLength(1);
    });

    it('by whoever has a session of somebody costs that session alone', async () => {
      const owner = await invited('owner', { rights: ['view'] });
      const thief = new Browser(room);
      await thief.signIn('owner');
      const change = (browser: Browser, before: string): Promise<string> =>
        status(browser.ask('/v1/account/password', { before, password: `${PASSWORD} 2` }));
      await expect.poll(() => change(thief, 'wrong'), { ...WAIT, interval: 0 }).toBe('429 too_many_attempts');
      expect(await change(owner, PASSWORD)).toBe('200');
      expect(await status(thief.ask('/v1/account'))).toBe('401 not_signed_in');
    });
  });

  describe('people', () => {
    it('have rights and scope, and nobody else’s; what they do not have is refused', async () => {
      const health = await invited('health', { rights: ['view'], scope: { agencies: ['MOH'], provinces: [] } });
      expect(await status(health.ask('/v1/forecasts?dim=agency&code=MPS'))).toBe('403 outside_scope');
      expect(await status(health.ask('/v1/forecasts?dim=agency&code=MOH'))).toBe('404 no_forecast');
      expect(await status(health.ask('/v1/people'))).toBe('403 no_right');
      expect(await status(health.ask('/v1/operator/quarantine'))).toBe('403 no_right');
      const operator = await invited('operator', { rights: ['operate'], scope: { agencies: ['MOH'], provinces: [] } });
      expect(await status(operator.ask('/v1/snapshot'))).toBe('403 no_right');
      expect(await status(operator.ask('/v1/operator/quarantine'))).toBe('200');
      expect(await status(operator.ask('/v1/operator/backup'))).toBe('403 outside_scope');
      expect(await status(operator.ask('/v1/operator/set-up', {}))).toBe('403 outside_scope');
      expect(await status(administrator.ask('/v1/operator/set-up', {}))).toBe('403 no_right');
      const part = await invited('part', { rights: ['administer'], scope: { agencies: ['MOH'], provinces: [] } });
      expect(await status(part.ask('/v1/people'))).toBe('403 outside_scope');
    });

    it('lose what they lose at once, also on an open socket', async () => {
      const browser = await invited('shrinks', { rights: ['view'] });
      await expect.poll(async () => (await browser.ask('/v1/snapshot')).status, WAIT).toBe(200);
      const socket: Socket<ServerToClient, ClientToServer> = io(room.url, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        extraHeaders: { cookie: browser.cookie },
      });
      const join = (name: RoomName): Promise<JoinAnswer> =>
        new Promise((resolve) => void socket.emit('join', name, resolve));
      expect(await join('now')).toMatchObject({ ok: true });
      const closed = new Promise((resolve) => void socket.once('disconnect', resolve));
      const began = performance.now();
      await change('shrinks', { scope: { agencies: ['MOH'], provinces: [] } });
      await closed;
      expect(performance.now() - began).toBeLessThan(2_000);
      expect(await browser.told('/v1/session')).toMatchObject({ scope: { agencies: ['MOH'] } });
      await change('shrinks', { isDisabled: true });
      expect(await status(browser.ask('/v1/snapshot'))).toBe('401 not_signed_in');
      expect(await status(new Browser(room).ask('/v1/session/sign-in', { id: 'shrinks', password: PASSWORD }))).toBe(
        '401 wrong_credentials',
      );
    });

    it('who are let in again, by whatever way they were out, sign in anew; no link of theirs is good meanwhile', async () => {
      const browser = await invited('again', { rights: ['view'] });
      await change('again', { isDisabled: true });
      await change('again', { isDisabled: false });
      await browser.signIn('again');
      const [{ version = 0 } = {}] = (await peopleOf()).filter(({ id }) => id === 'again');
      // The last change was to enable them: taken back, they are disabled.
      await administrator.told('/v1/people/again/undo', { version });
      expect(await status(browser.ask('/v1/snapshot'))).toBe('401 not_signed_in');
      const { token } = await administrator.told<{ token: string }>('/v1/people/again/invite', {});
      const link = { token, password: `${PASSWORD} 2` };
      expect(await status(new Browser(room).ask('/v1/session/invitation', { token }))).toBe('404 no_such_invitation');
      expect(await status(new Browser(room).ask('/v1/session/accept', link))).toBe('404 no_such_invitation');
      await change('again', { isDisabled: false });
      expect(await status(browser.ask('/v1/snapshot'))).toBe('401 not_signed_in');
      expect(await new Browser(room).told('/v1/session/accept', link)).toMatchObject({ id: 'again' });
    });

    it('are changed by one at a time, can be undone, and the last administrator stays', async () => {
      await invited('undone', { name: 'Before' });
      const before = (await peopleOf()).find(({ id }) => id === 'undone');
      await change('undone', { name: 'After' });
      const stale = { version: before?.version, name: 'Late', rights: [], scope: 'all' };
      expect(await status(administrator.ask('/v1/people/undone', stale))).toBe('409 conflict');
      await administrator.told('/v1/people/undone/undo', { version: 2 });
      expect((await peopleOf()).find(({ id }) => id === 'undone')).toMatchObject({ name: 'Before', version: 3 });
      await expect(change('lan', { rights: ['view'] })).rejects.toThrow('409 give somebody else');
      await expect(change('lan', { isDisabled: true })).rejects.toThrow('409 give somebody else');
      expect(await status(administrator.ask('/v1/people/nobody/undo', { version: 1 }))).toBe('404 no_such_person');
      expect(
        await status(
          administrator.ask('/v1/people', {
            id: 'x',
            name: 'x',
            rights: [],
            scope: { agencies: ['NOPE'], provinces: [] },
          }),
        ),
      ).toBe('400 bad_request');
    });
  });

  it('keeps accounts and sessions over a restart, and says no secret in its log', async () => {
    const logs = room.logs();
    for (const secret of [PASSWORD, administrator.cookies.get('room-session'), room.operatorToken])
      expect(logs).not.toContain(secret);
    await room.restart();
    expect(await snapshot(room)).toBeUndefined();
    expect(await status(administrator.ask('/v1/people'))).toBe('200');
    expect(room.logs().match(/first administrator/g)).toHaveLength(1);
  });
});
