/** Portals' keys by HTTP on a real room: made, used, limited, changed, revoked and taken back; nowhere is a key told but once. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditPage, Portal, PortalKey, Portals } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NATIONAL, submission } from '../harness/client.ts';
import { type CookieClient, firstAdministrator, statusOf } from '../harness/cookies.ts';
import { scrape } from '../harness/metrics.ts';
import { type Room, startRoom } from '../harness/room.ts';

const WAIT = { timeout: 10_000, interval: 20 };
const PROVINCE = 'urn:portal:province:01';

let room: Room;
let administrator: CookieClient;
const secrets: string[] = [];
beforeAll(async () => {
  room = await startRoom({ env: { PORTAL_RATE: '50' } });
  administrator = await firstAdministrator(room);
});
afterAll(() => room[Symbol.asyncDispose]());

async function make(body: object): Promise<{ key: PortalKey; secret: string }> {
  const made = await administrator.told<{ key: PortalKey; secret: string }>('/v1/portals/keys', body);
  secrets.push(made.secret);
  return made;
}
const portal = async (source = NATIONAL): Promise<Portal> => {
  const { portals } = await administrator.told<Portals>('/v1/portals');
  const found = portals.find((each) => each.source === source);
  if (found === undefined) throw new Error(`there is no ${source}`);
  return found;
};
const post = (secret: string, events: readonly unknown[]): Promise<Response> =>
  fetch(`${room.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
let events = 0;
const some = (count: number, source = NATIONAL) =>
  Array.from({ length: count }, () => submission(`e-${events++}`, { count: 0 }, { source }));
const overRate = async (source: string): Promise<number> =>
  (await scrape(room.url, room.operatorToken)).get(`room_gateway_over_rate_total{source="${source}"}`) ?? 0;

it('several keys of a source stand beside each other; each says by whom, until when, and how it was used', async () => {
  const first = await make({ source: PROVINCE, name: 'gate 1' });
  const second = await make({
    source: PROVINCE,
    name: 'gate 2',
    expiresAt: Date.now() + 86_400_000,
    rate: 7,
    why: 'new',
  });
  expect(first.secret).toMatch(/^room_[\w-]{43}$/);
  for (const { secret } of [first, second]) expect(await statusOf(post(secret, some(1, PROVINCE)))).toBe('202');
  expect(await statusOf(post(first.secret, some(1)))).toBe('403 wrong_source');
  const { keys, last, refused } = await portal(PROVINCE);
  expect(keys).toMatchObject([
    { name: 'gate 2', createdBy: 'person:lan', rate: 7 },
    { name: 'gate 1', createdBy: 'person:lan' },
  ]);
  expect(last).toMatchObject({ status: 403, code: 'wrong_source' });
  expect(refused).toMatchObject([{ code: 'wrong_source', count: 1 }]);
  expect(await statusOf(administrator.ask('/v1/portals/keys', { source: 'urn:nobody', name: 'x' }))).toBe(
    '400 bad_request',
  );
  for (const wrong of [{ name: '' }, { name: 'x', rate: 0 }, { name: 'x', rate: 1.5 }, { name: 'x', expiresAt: 1 }])
    expect(await statusOf(administrator.ask('/v1/portals/keys', { source: PROVINCE, ...wrong }))).toBe(
      '400 bad_request',
    );
});

it('a key that brings too much is told how long to wait, beside one that goes on; a higher limit counts at once', async () => {
  const { key, secret } = await make({ source: NATIONAL, name: 'loud', rate: 1 });
  const other = await make({ source: NATIONAL, name: 'quiet' });
  expect(await statusOf(post(secret, some(400)))).toBe('202');
  const before = await overRate(NATIONAL);
  const refused = await post(secret, some(1));
  const { error } = (await refused.json()) as { error: { code: string; reason: string } };
  expect([refused.status, error.code, error.reason]).toEqual([429, 'over_rate', expect.stringContaining('1 events')]);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(370);
  expect(wait).toBeLessThanOrEqual(381);
  expect(await statusOf(post(other.secret, some(400)))).toBe('202');
  expect(await overRate(NATIONAL)).toBe(before + 1);
  expect((await portal()).refused).toMatchObject([{ code: 'over_rate', count: 1 }]);
  await administrator.told(`/v1/portals/keys/${key.id}`, { name: 'loud', rate: 1_000_000 });
  await expect.poll(() => statusOf(post(secret, some(1))), WAIT).toBe('202');
});

it('a key is named, limited and given an end; revoked it ends at once, and can be taken back', async () => {
  const { key, secret } = await make({ source: NATIONAL, name: 'mine' });
  const change = (body: object) => administrator.told<PortalKey>(`/v1/portals/keys/${key.id}`, body);
  expect(await change({ name: 'ours', rate: 9, expiresAt: Date.now() + 3_600_000 })).toMatchObject({
    name: 'ours',
    rate: 9,
  });
  const plain = await change({ name: 'ours', why: 'for ever' });
  expect([plain.rate, plain.expiresAt]).toEqual([undefined, undefined]);
  expect(await statusOf(post(secret, some(1)))).toBe('202');
  await administrator.told(`/v1/portals/keys/${key.id}/revoke`, { why: 'lost' });
  const began = performance.now();
  await expect.poll(() => statusOf(post(secret, some(1))), WAIT).toBe('401 unknown_key');
  expect(performance.now() - began).toBeLessThan(1_000);
  const ofKey = (step = '') =>
    statusOf(administrator.ask(`/v1/portals/keys/${key.id}${step}`, step === '' ? { name: 'x' } : {}));
  expect(await ofKey('/revoke')).toBe('404 no_such_key');
  expect(await ofKey()).toBe('404 no_such_key');
  expect(await ofKey('/restore')).toBe('200');
  expect(await ofKey('/restore')).toBe('409 too_late');
  await expect.poll(() => statusOf(post(secret, some(1))), WAIT).toBe('202');
  const { entries } = await administrator.told<AuditPage>(`/v1/audit?subject=${key.id}`);
  expect(entries.map(({ action, why }) => [action, why])).toEqual([
    ['portal_key.restored', null],
    ['portal_key.revoked', 'lost'],
    ['portal_key.changed', 'for ever'],
    ['portal_key.changed', null],
    ['portal_key.created', null],
  ]);
  expect(entries[2]).toMatchObject({ before: { name: 'ours', rate: 9 }, after: { name: 'ours', expiresAt: null } });
});

it('is told to nobody else, and no key stands in an answer, the audit, the log or a file', async () => {
  const stranger = { headers: { authorization: `Bearer ${room.operatorToken}` } };
  expect(await statusOf(fetch(`${room.url}/v1/portals`, stranger))).toBe('403 no_right');
  expect(await statusOf(fetch(`${room.url}/v1/portals`))).toBe('401 not_signed_in');
  const answers = await Promise.all(
    ['/v1/portals', '/v1/audit', '/v1/session'].map(async (path) => (await administrator.ask(path)).text()),
  );
  const folder = join(room.dataDir, 'database');
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
  expect(secrets.length).toBeGreaterThan(4);
  for (const secret of secrets)
    for (const text of [...answers, ...files, room.logs()]) expect(text.includes(secret)).toBe(false);
});
