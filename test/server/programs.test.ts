/** Programs that read on somebody's behalf, on a real room: within what their owner may see, and not for a moment longer. */
import { readFile } from 'node:fs/promises';
import type { AuditPage, QueryAnswer, ReadingToken, ReadingTokens, ScopeGrant, Session } from '@room/contract';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { apiOf } from '../harness/api.ts';
import { send, snapshot, submission } from '../harness/client.ts';
import { childEnv } from '../harness/config.ts';
import { CookieClient, firstAdministrator, PASSWORD, statusOf } from '../harness/cookies.ts';
import { run } from '../harness/process.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { randomOf } from '../portal/random.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };
const MINISTRIES = ['MPS', 'MOH', 'MOF'] as const;
const PROVINCES = ['34-01', '34-04', '34-79'] as const;
const WEEK = 'from=2026-03-01&to=2026-03-07';

interface Counted {
  agency: string;
  province: string;
  count: number;
}
const counted: Counted[] = [];
const { next } = randomOf('programs');
const below = (end: number): number => Math.floor(next() * end);

let room: Room;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  const events = MINISTRIES.flatMap((agency) =>
    PROVINCES.map((province, n) => {
      const count = 1 + below(5_000);
      counted.push({ agency, province, count });
      return submission(`${agency}-${province}`, {
        agency,
        procedure: `OTHER-${agency}`,
        province: province.slice(3),
        count,
        occurredAt: `2026-03-0${n + 1}T03:00:00Z`,
      });
    }),
  );
  const results = await send(room, events);
  expect(results.map(({ result }) => result)).toEqual(events.map(() => 'accepted'));
  await vi.waitFor(
    async () => expect((await snapshot(room, 'past:2026-03-01:2026-03-07'))?.state.events).toBe(events.length),
    PATIENCE,
  );
});
afterAll(() => room[Symbol.asyncDispose]());

async function invited(id: string, person: object): Promise<CookieClient> {
  const { token } = await administrator.told<{ token: string }>('/v1/people', {
    id,
    name: id,
    rights: ['view', 'analyse'],
    scope: 'all',
    ...person,
  });
  const browser = new CookieClient(room);
  await browser.told('/v1/session/accept', { token, password: PASSWORD });
  return browser;
}
const made = (owner: CookieClient, more: object = {}): Promise<{ token: ReadingToken; secret: string }> =>
  owner.told('/v1/account/tokens', {
    name: 'assistant',
    rights: ['view', 'analyse'],
    scope: 'all',
    days: 30,
    ...more,
  });
const by = (secret: string, path: string, more: RequestInit = {}): Promise<Response> =>
  fetch(`${room.url}${path}`, { ...more, headers: { ...more.headers, authorization: `Bearer ${secret}` } });
const asked = async <T>(secret: string, path: string): Promise<T> => {
  const response = await by(secret, path);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

it('ask what its owner may ask, with the same answers, and change nothing', async () => {
  const owner = await invited('reads', { scope: { agencies: ['MPS'], provinces: [] } });
  const { secret } = await made(owner, { scope: { agencies: ['MPS'], provinces: [] } });
  expect(await asked<Session>(secret, '/v1/session')).toMatchObject({
    kind: 'token',
    name: 'assistant',
    rights: ['view', 'analyse'],
    scope: { agencies: ['MPS'], provinces: [] },
  });
  const question = `/v1/query?${WEEK}&measures=submitted&split=province`;
  const [theirs, ours] = [await owner.told<QueryAnswer>(question), await asked<QueryAnswer>(secret, question)];
  expect([ours.total, ours.rows]).toEqual([theirs.total, theirs.rows]);
  for (const path of ['/v1/catalogue', '/v1/snapshot', `/v1/evidence?${WEEK}&measure=submitted`, '/v1/alerts'])
    expect([path, (await by(secret, path)).status]).toEqual([path, 200]);
  expect(await statusOf(by(secret, '/v1/forecasts?dim=agency&code=MOH'))).toBe('403 outside_scope');
  for (const path of ['/v1/account', '/v1/account/tokens', '/v1/people', '/v1/operator/quarantine'])
    expect([path, await statusOf(by(secret, path))]).toEqual([path, '403 no_right']);
  const posting = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', origin: room.url } };
  for (const path of ['/v1/session/sign-out', '/v1/session/look', '/v1/session/invitation'])
    expect([path, await statusOf(by(secret, path, posting))]).toEqual([path, '403 reads_only']);
  expect(await statusOf(by(secret, '/v1/account/tokens', posting))).toBe('403 no_right');
  const socket = io(room.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { authorization: `Bearer ${secret}` },
  });
  const outcome = await new Promise((resolve) => {
    socket.once('connect', () => resolve('connected')).once('connect_error', () => resolve('refused'));
  });
  socket.disconnect();
  expect(outcome).toBe('refused');
});

it('are told the numbers of their scope and no others, whatever scopes owner and token have', async () => {
  const some = <T>(of: readonly T[]): T[] => of.filter(() => below(2) === 0);
  const isOf = (grant: ScopeGrant, { agency, province }: Counted): boolean =>
    grant === 'all' || grant.agencies.includes(agency) || grant.provinces.includes(province);
  const units = (agencies: readonly string[], provinces: readonly string[]): ScopeGrant => ({
    agencies: [...agencies],
    provinces: [...provinces],
  });
  for (let n = 0; n < 8; n++) {
    const own: ScopeGrant = n === 0 ? 'all' : units(some(MINISTRIES), some(PROVINCES));
    const owner = await invited(`scope${n}`, { scope: own });
    for (let m = 0; m < 3; m++) {
      const given: ScopeGrant =
        own === 'all' ? units(some(MINISTRIES), some(PROVINCES)) : units(some(own.agencies), some(own.provinces));
      const { secret } = await made(owner, { scope: given });
      const { rows } = await asked<QueryAnswer>(secret, `/v1/query?${WEEK}&measures=submitted&split=agency,province`);
      const told = rows.map(({ key, now }) => [...key, now?.submitted].join()).toSorted();
      const right = counted.filter((each) => isOf(given, each)).map((each) => Object.values(each).join());
      expect([own, given, told]).toEqual([own, given, right.toSorted()]);
    }
    expect(
      await statusOf(owner.ask('/v1/account/tokens', { name: 'x', rights: ['view'], scope: 'all', days: 1 })),
    ).toBe(own === 'all' ? '200' : '403 outside_scope');
  }
});

it('are told that an answer is the same for as long as it is, and never of one that changed', async () => {
  const owner = await invited('caches', {});
  const secrets = await Promise.all(
    [{}, { name: 'own', scope: { agencies: ['MPS'], provinces: [] } }].map(
      async (more) => (await made(owner, more)).secret,
    ),
  );
  const day = 'from=2026-03-06&to=2026-03-06';
  const paths = [
    `/v1/query?${day}&split=agency`,
    `/v1/evidence?${day}&measure=submitted`,
    `/v1/explain?${day}&measure=submitted&compare=previous`,
  ];
  const tags = new Map<string, { etag: string; text: string }>();
  const outcomes = { same: 0, changed: 0 };
  const without = ({ answeredAt: _answeredAt, ms: _ms, ...rest }: Record<string, unknown>): string =>
    JSON.stringify(rest);
  for (const [n, agency] of ['', 'MPS', 'MOH'].entries()) {
    if (agency !== '') {
      const before = (await snapshot(room, 'past:2026-03-06:2026-03-06'))?.state.events ?? 0;
      const occurredAt = '2026-03-06T03:00:00Z';
      await send(room, [submission(`tag-${n}`, { agency, procedure: `OTHER-${agency}`, count: 1, occurredAt })]);
      await vi.waitFor(
        async () => expect((await snapshot(room, 'past:2026-03-06:2026-03-06'))?.state.events).toBe(before + 1),
        PATIENCE,
      );
    }
    for (const secret of secrets)
      for (const path of paths) {
        const fresh = await by(secret, path);
        const text = without((await fresh.json()) as Record<string, unknown>);
        expect(fresh.headers.get('cache-control')).toBe('private, no-cache');
        // Whatever anybody was told before of that address.
        for (const [key, known] of tags) {
          if (!key.endsWith(path)) continue;
          const answer = await by(secret, path, { headers: { 'if-none-match': known.etag } });
          // What is told anew is held against what was known: it may have changed after `fresh` too.
          const isSame = answer.status === 304;
          if (isSame) expect([path, known.text]).toEqual([path, text]);
          else {
            expect(answer.status).toBe(200);
            expect([path, without((await answer.json()) as Record<string, unknown>)]).not.toEqual([path, known.text]);
          }
          outcomes[isSame ? 'same' : 'changed']++;
        }
        tags.set(`${secret} ${path}`, { etag: fresh.headers.get('etag') ?? '', text });
      }
  }
  expect(Math.min(outcomes.same, outcomes.changed)).toBeGreaterThan(2);
  expect((await fetch(`${room.url}${paths[0]}`)).headers.get('cache-control')).toBe('no-store');
});

it('are refused once their token is revoked or their owner disabled, and are not told what anybody may see', async () => {
  const owner = await invited('ends', {});
  const [one, other] = [await made(owner), await made(owner, { name: 'other' })];
  const question = `/v1/query?${WEEK}&measures=submitted`;
  for (const { secret } of [one, other]) expect((await by(secret, question)).status).toBe(200);
  const { tokens } = await owner.told<ReadingTokens>('/v1/account/tokens');
  expect(tokens.map(({ name, usedAt }) => [name, typeof usedAt])).toEqual([
    ['other', 'number'],
    ['assistant', 'number'],
  ]);
  await owner.told(`/v1/account/tokens/${one.token.id}/revoke`, {});
  expect(await statusOf(by(one.secret, question))).toBe('401 unknown_token');
  expect((await by(one.secret, question)).headers.get('www-authenticate')).toBe('Bearer');
  expect(await statusOf(by(`${other.secret}x`, question))).toBe('401 unknown_token');
  expect((await by(other.secret, question)).status).toBe(200);
  await administrator.told('/v1/people/ends/sign-out', {});
  expect(await statusOf(by(other.secret, question))).toBe('401 unknown_token');
  // A room that is open to whoever sits there is so to whoever shows nothing.
  expect((await fetch(`${room.url}${question}`)).status).toBe(200);
  const api = await apiOf(room);
  for (const path of ['/v1/session', '/v1/query'])
    expect(await api.wrong({ method: 'get', path }, await by(one.secret, path))).toBeUndefined();
});

it('what they take along is in the audit under their owner, with their name', async () => {
  const owner = await invited('takes', {});
  const { secret } = await made(owner, { name: 'night job' });
  expect((await by(secret, `/v1/query.csv?${WEEK}&measures=submitted&split=province`)).status).toBe(200);
  const { entries } = await administrator.told<AuditPage>('/v1/audit?who=person:takes&action=export.made');
  expect(entries).toMatchObject([{ who: 'person:takes', why: 'by the token night job' }]);
});

it('what the documents print for a program works as printed', async () => {
  const { secret } = await made(await invited('prints', {}));
  const text = await readFile(new URL('../../server/API.md', import.meta.url), 'utf8');
  const commands = [...text.matchAll(/^ {0,2}curl [\s\S]*?(?<!\\)\n/gm)].map(([command]) => command);
  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) {
    const { code, output } = await run('bash', ['-c', command.replaceAll('http://127.0.0.1:3000', room.url)], {
      env: childEnv({ TOKEN: secret }),
    });
    expect([command, code, output]).toEqual([command, 0, expect.not.stringContaining('"error"')]);
    expect(output).toMatch(/^\s*[{[#\ufeff]/);
  }
});
