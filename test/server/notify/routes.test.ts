/** Who is told, as administrators write it: what is not sound never takes the place of what is; each step is kept, and can be taken back. */
import type { KeptReceiver, KeptRouting, KeptSilence } from '@room/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { send, submission } from '../../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD, statusOf } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { type Hit, hooked } from './scene.ts';

const MINISTRY_PORTAL = 'urn:portal:agency:MPS';
let room: Room;
let administrator: CookieClient;
/** May administer, within one ministry. */
let health: CookieClient;
let hook: Awaited<ReturnType<typeof hooked>>;
let answers: (hit: Hit, respond: (status: number | undefined) => void) => void = (_, respond) => respond(200);
beforeAll(async () => {
  hook = await hooked((hit, respond) => answers(hit, respond));
  room = await startRoom({ env: { WEBHOOK_ALLOW: '127.0.0.1' } });
  administrator = await firstAdministrator(room);
  const scope = { agencies: ['MOH'], provinces: [] };
  const invited = { id: 'health', name: 'Health', rights: ['view', 'administer'], scope };
  const { token } = await administrator.told<{ token: string }>('/v1/people', invited);
  health = new CookieClient(room);
  await health.told('/v1/session/accept', { token, password: PASSWORD });
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
});

const webhook = (more: object = {}): object => ({
  name: 'Hook',
  language: 'en',
  to: { channel: 'webhook', url: hook.url, scope: { agencies: ['MPS'], provinces: [] }, ...more },
});
const refusal = async (path: string, body?: unknown): Promise<string> => {
  const response = await administrator.ask(path, body);
  const { error } = (await response.json()) as { error?: { code: string; reason: string } };
  return `${response.status} ${error?.code} ${error?.reason}`;
};
const receivers = async () => (await administrator.told<{ receivers: KeptReceiver[] }>('/v1/receivers')).receivers;
const routing = () => administrator.told<KeptRouting>('/v1/routing');
const silences = async () => (await administrator.told<{ silences: KeptSilence[] }>('/v1/silences')).silences;
const audit = async (action: string) =>
  (await (await administrator.ask(`/v1/audit?action=${action}`)).text()) as string;

it('receivers: made, changed over what was seen, removed, taken back, with who', async () => {
  const made = await administrator.told<KeptReceiver>('/v1/receivers', { ...webhook(), id: 'hook' });
  expect(made).toMatchObject({ id: 'hook', version: 1 });
  expect(await statusOf(administrator.ask('/v1/receivers', { ...webhook(), id: 'hook' }))).toBe('409 conflict');
  const changed = { ...webhook(), name: 'Other', version: 1 };
  expect(await administrator.told('/v1/receivers/hook', changed)).toMatchObject({ name: 'Other', version: 2 });
  expect(await statusOf(administrator.ask('/v1/receivers/hook', changed))).toBe('409 conflict');
  expect(await statusOf(administrator.ask('/v1/receivers/hook/remove', { version: 1 }))).toBe('409 conflict');
  await administrator.told('/v1/receivers/hook/remove', { version: 2 });
  expect(await receivers()).toEqual([]);
  expect(await statusOf(administrator.ask('/v1/receivers/hook/undo', { version: 2 }))).toBe('409 conflict');
  const { receiver } = await administrator.told<{ receiver?: KeptReceiver }>('/v1/receivers/hook/undo', { version: 3 });
  expect(receiver).toMatchObject({ name: 'Other' });
  const { versions } = await administrator.told<{ versions: { who: string }[] }>('/v1/receivers/hook/versions');
  expect(versions).toHaveLength(4);
  expect(new Set(versions.map(({ who }) => who))).toEqual(new Set(['person:lan']));
});

it('receivers that are not sound are refused by their field, and those that are kept stay', async () => {
  const before = await receivers();
  const version = before[0]?.version;
  const long = `https://example.org/${'x'.repeat(2_000)}`;
  const mail = (more: object) => ({ to: { channel: 'mail', person: 'lan', ...more } });
  for (const [more, field] of [
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ language: 'fr' }, 'language'],
    [{ working: { from: '24:00', to: '17:00' } }, 'working.from'],
    [webhook({ url: long }), 'to.url'],
    [webhook({ url: 'ftp://example.org' }), 'to.url'],
    [webhook({ url: 'https://user:s3cret@example.org/' }), 'to.url'],
    [webhook({ scope: { agencies: ['NOPE'], provinces: [] } }), 'to.scope'],
    [mail({ address: 'a@example.org\r\nBcc: b@example.org' }), 'to.address'],
    [mail({ address: 'a@example.org, b@example.org' }), 'to.address'],
    [mail({ person: 'A B' }), 'to.person'],
  ] as const) {
    const body = { ...webhook(), ...more };
    for (const [path, rest] of [
      ['/v1/receivers/hook', { version }],
      ['/v1/receivers', { id: 'new' }],
    ] as const) {
      const said = await refusal(path, { ...body, ...rest });
      expect(said).toMatch(/^400 bad_receiver /);
      expect(said, JSON.stringify(more)).toContain(field);
      expect(said).not.toContain('s3cret');
    }
  }
  for (const id of ['', 'x'.repeat(41), 'A', '../x', '-x'])
    expect(await refusal('/v1/receivers', { ...webhook(), id }), id).toMatch(/^400 bad_receiver id/);
  expect(await receivers()).toEqual(before);
  expect(await audit('receiver.created')).not.toContain('s3cret');
  for (const path of ['', '/remove', '/undo', '/secret', '/test', '/versions'])
    expect(
      await refusal(
        `/v1/receivers/nobody${path}`,
        path === '/versions'
          ? undefined
          : path === ''
            ? { ...webhook(), version: 1 }
            : path === '/secret' || path === '/test'
              ? {}
              : { version: 1 },
      ),
      path,
    ).toMatch(/^404 no_such_receiver/);
});

it('a secret is shown once, and stands in no list, history or audit', async () => {
  const { secret } = await administrator.told<{ secret: string }>('/v1/receivers/hook/secret', {});
  expect(secret.length).toBeGreaterThan(40);
  for (const path of [
    '/v1/receivers',
    '/v1/receivers/hook/versions',
    '/v1/audit',
    '/v1/deliveries',
    '/v1/openapi.json',
  ])
    expect(await (await administrator.ask(path)).text(), path).not.toContain(secret);
  expect(room.logs()).not.toContain(secret);
  expect(await audit('receiver.secret_made')).toContain('person:lan');
});

it('a test says what the receiver answered, kept as plain text', async () => {
  expect(await administrator.told('/v1/receivers/hook/test', {})).toEqual({ said: '200 noted' });
  answers = (_, respond) => respond(418);
  expect(await refusal('/v1/receivers/hook/test', {})).toMatch(/^502 not_delivered .*418 noted/);
  answers = (_, respond) => respond(200);
  expect(await audit('receiver.tested')).toContain('418 noted');
});

it('routes: written over what was seen, each fault named, the running ones stay, and the last change is taken back', async () => {
  expect(await routing()).toMatchObject({ routes: [], version: 0 });
  expect(await refusal('/v1/routing/undo', { version: 1 })).toMatch(/^404 no_routes/);
  const one = (more: object = {}) => ({ match: { agency: ['MPS'] }, receivers: ['hook'], ...more });
  const write = (version: number, ...routes: object[]) => ({ version, routes });
  const first = await administrator.told<KeptRouting>('/v1/routing', write(0, one()));
  expect(await statusOf(administrator.ask('/v1/routing', write(0, one())))).toBe('409 conflict');
  for (const [more, field] of [
    [{ receivers: [] }, 'routes.0.receivers'],
    [{ receivers: ['nobody'] }, 'routes.0'],
    [{ receivers: Array.from({ length: 51 }, () => 'hook') }, 'routes.0.receivers'],
    [{ waitSeconds: 3_601 }, 'routes.0.waitSeconds'],
    [{ waitSeconds: -1 }, 'routes.0.waitSeconds'],
    [{ escalation: [{ afterMinutes: 0, receivers: ['hook'] }] }, 'routes.0.escalation.0.afterMinutes'],
    [{ escalation: [{ afterMinutes: 1, receivers: ['nobody'] }] }, 'routes.0'],
    [{ groupBy: Array.from({ length: 11 }, () => 'agency') }, 'routes.0.groupBy'],
    [{ match: { agency: [] } }, 'routes.0.match'],
    [{ match: { 'A B': ['x'] } }, 'routes.0.match'],
    [{ unheardOf: 1 }, 'routes.0'],
  ] as const) {
    const said = await refusal('/v1/routing', write(first.version, one(more)));
    expect(said).toMatch(/^400 bad_routing/);
    expect(said, JSON.stringify(more)).toContain(field);
  }
  expect(await refusal('/v1/routing', write(first.version, ...Array.from({ length: 501 }, () => one())))).toMatch(
    /^400 bad_routing routes/,
  );
  expect(await routing()).toEqual(first);
  const most = Array.from({ length: 500 }, () => one({ waitSeconds: 3_600 }));
  const second = await administrator.told<KeptRouting>('/v1/routing', write(first.version, ...most));
  expect(await statusOf(administrator.ask('/v1/routing/undo', { version: first.version }))).toBe('409 conflict');
  const back = await administrator.told<KeptRouting>('/v1/routing/undo', { version: second.version });
  expect(back.routes).toEqual(first.routes);
  const { versions } = await administrator.told<{ versions: object[] }>('/v1/routing/versions');
  expect(versions).toHaveLength(3);
});

it('silences: begun with an end and a reason, ended once; those that are not sound are refused by their field', async () => {
  const silence = (more: object = {}) => ({
    match: { rule: ['R'] },
    until: Date.now() + 60_000,
    reason: 'works',
    ...more,
  });
  for (const [more, field] of [
    [{ match: {} }, 'match'],
    [{ match: { rule: Array.from({ length: 201 }, () => 'x') } }, 'match.rule'],
    [{ until: Date.now() - 1 }, 'until'],
    [{ until: 'tomorrow' }, 'until'],
    [{ reason: ' ' }, 'reason'],
    [{ reason: 'x'.repeat(501) }, 'reason'],
  ] as const)
    expect(await refusal('/v1/silences', silence(more))).toMatch(new RegExp(`^400 bad_silence ${field}`));
  expect(await silences()).toEqual([]);
  expect(await refusal('/v1/silences/preview', { match: {} })).toMatch(/^400 bad_silence match/);
  expect(await administrator.told('/v1/silences/preview', { match: { rule: ['R'] } })).toMatchObject({ open: 0 });
  const made = await administrator.told<KeptSilence>('/v1/silences', silence());
  expect(await silences()).toEqual([made]);
  const end = `/v1/silences/${made.id}/end`;
  expect(await statusOf(administrator.ask(end, { version: 2 }))).toBe('409 conflict');
  await administrator.told(end, { version: 1 });
  expect(await statusOf(administrator.ask(end, { version: 1 }))).toBe('404 no_such_silence');
  expect(await silences()).toEqual([]);
});

it('is nothing for who administers one ministry alone', async () => {
  const version = { version: 1 };
  const denied = '403 outside_scope';
  const asked: [string, unknown?][] = [
    ['/v1/receivers'],
    ['/v1/receivers', { ...webhook(), id: 'other' }],
    ['/v1/receivers/hook', { ...webhook(), ...version }],
    ['/v1/receivers/hook/remove', version],
    ['/v1/receivers/hook/undo', version],
    ['/v1/receivers/hook/versions'],
    ['/v1/receivers/hook/secret', {}],
    ['/v1/receivers/hook/test', {}],
    ['/v1/routing'],
    ['/v1/routing', { version: 0, routes: [] }],
    ['/v1/routing/undo', version],
    ['/v1/routing/versions'],
    ['/v1/silences'],
    ['/v1/silences', { match: { rule: ['R'] }, until: Date.now() + 60_000, reason: 'works' }],
    ['/v1/silences/preview', { match: { rule: ['R'] } }],
    ['/v1/deliveries'],
  ];
  for (const [path, body] of asked) expect(await statusOf(health.ask(path, body)), path).toBe(denied);
});

it('a room that is killed after the receiver had it tells it again by the same key, and loses nothing', {
  timeout: 120_000,
}, async () => {
  await administrator.told('/v1/rules', {
    id: 'T-01',
    label: { vi: 'Quá nhiều hồ sơ', en: 'Too many dossiers' },
    over: { dim: 'agency', codes: ['MPS'] },
    when: {
      kind: 'threshold',
      measure: 'submitted',
      window: { kind: 'today' },
      side: 'above',
      against: { kind: 'value', limit: 100 },
    },
    severity: 'critical',
    owner: 'somebody',
    reason: { vi: 'để thử', en: 'a test' },
  });
  const before = hook.hits.length;
  let killed: Promise<void> | undefined;
  answers = (_, respond) => {
    // It has it; what it answers is heard by nobody.
    if (killed === undefined) killed = room.kill();
    else respond(200);
  };
  await send(room, [submission('k-0', { count: 150 }, { source: MINISTRY_PORTAL })], MINISTRY_PORTAL);
  await vi.waitFor(() => expect(killed).toBeDefined(), { timeout: 40_000, interval: 50 });
  await killed;
  await room.restart();
  await vi.waitFor(() => expect(hook.hits.length - before).toBeGreaterThanOrEqual(2), {
    timeout: 60_000,
    interval: 50,
  });
  const [first, again] = hook.hits.slice(before) as [Hit, Hit];
  expect(again.headers['idempotency-key']).toBe(first.headers['idempotency-key']);
  expect(Number(again.headers['x-room-timestamp'])).toBeGreaterThan(Number(first.headers['x-room-timestamp']));
  await vi.waitFor(
    async () =>
      expect(await administrator.told<{ deliveries: object[] }>('/v1/deliveries')).toEqual({ deliveries: [] }),
    { timeout: 20_000, interval: 100 },
  );
});
