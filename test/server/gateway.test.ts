import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NATIONAL, post, send, snapshot, submission } from '../harness/client.ts';
import { orSkip } from '../harness/need.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { startBroker } from '../kafka/broker.ts';

const OTHER = 'urn:portal:province:01';
const BATCH = 'application/cloudevents-batch+json';

let room: Room;
beforeAll(async () => {
  room = await startRoom({ env: { MAX_PENDING: '100000' } });
});
afterAll(() => room[Symbol.asyncDispose]());

async function raw(
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: number; code: string; reason: string; retryAfter: string | null }> {
  const response = await fetch(`${room.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await room.key(NATIONAL)}`, 'content-type': BATCH, ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  const { error } = (await response.json()) as { error?: { code: string; reason: string } };
  return {
    status: response.status,
    code: error?.code ?? '',
    reason: error?.reason ?? '',
    retryAfter: response.headers.get('retry-after'),
  };
}

const operator = async (
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${room.url}/v1/operator/quarantine${path}`, {
    ...init,
    headers: { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const waiting = async (): Promise<Record<string, unknown>[]> =>
  (await operator('')).body['cases'] as Record<string, unknown>[];

describe('a request that cannot be read is refused whole, with the remedy', () => {
  it.each([
    [400, 'not_json', '{"specversion":', {}],
    [400, 'not_json', Buffer.from([0x5b, 0xff, 0x5d]), {}],
    [400, 'empty', '[]', {}],
    [400, 'not_a_batch', '{}', {}],
    [400, 'not_an_event', '[]', { 'content-type': 'application/cloudevents+json' }],
    [401, 'unknown_key', '[]', { authorization: 'Bearer room_wrong' }],
    [401, 'unknown_key', '[]', { authorization: '' }],
    [413, 'too_many', JSON.stringify(Array.from({ length: 1_001 }, () => 1)), {}],
    [413, 'too_large', JSON.stringify(['x'.repeat(1024 * 1024)]), {}],
    [413, 'too_large', gzipSync(JSON.stringify(['x'.repeat(2 * 1024 * 1024)])), { 'content-encoding': 'gzip' }],
    [415, 'media_type', '[]', { 'content-type': 'text/csv' }],
    [415, 'encoding', '[]', { 'content-encoding': 'compress' }],
  ])('%i %s', async (status, code, body, headers) => {
    const answer = await raw(body, headers);
    expect(answer).toMatchObject({ status, code });
    expect(answer.reason.length).toBeGreaterThan(10);
  });

  it('403 when every event is of another source', async () => {
    const response = await post(room, [submission('o-1', {}, { source: OTHER })]);
    expect(response.status).toBe(403);
  });
});

it('takes gzip, and a single event', async () => {
  const authorization = `Bearer ${await room.key(NATIONAL)}`;
  const headers = { authorization, 'content-type': 'application/cloudevents+json', 'content-encoding': 'gzip' };
  const body = gzipSync(JSON.stringify(submission('gz-1', { count: 0 })));
  const response = await fetch(`${room.url}/v1/events`, { method: 'POST', headers, body: new Uint8Array(body) });
  expect([response.status, await response.json()]).toEqual([202, { results: [{ id: 'gz-1', result: 'accepted' }] }]);
});

it('a batch with every kind of bad event costs the good ones nothing, and each bad one is in quarantine', async () => {
  const level = { procedure: 'DV01', agency: 'MPS', at: new Date().toISOString(), open: 3, overdue: 9 };
  const at = new Date().toISOString();
  const link = {
    database: 'NDB01',
    agency: 'MOJ',
    interval: { start: at, end: new Date(Date.parse(at) + 1).toISOString() },
    requests: 0,
  };
  const batch: [string, unknown][] = [
    ['accepted', submission('ok-1')],
    ['not_an_event', 42],
    ['unknown_type', submission('b-1', {}, { type: 'submission.deleted' })],
    ['unknown_field', submission('b-2', { citizen: 'Nguyễn Văn A' })],
    ['invalid_field', submission('b-3', { count: 'one' })],
    ['invalid_field', { ...submission('b-4'), type: 'backlog.reported', data: level }],
    ['wrong_link', { ...submission('b-link'), type: 'link.reported', data: link }],
    ['wrong_source', submission('b-5', {}, { source: OTHER })],
    ['unknown_source', submission('b-6', {}, { source: 'urn:portal:nowhere' })],
    ['unknown_code', submission('b-7', { procedure: 'DV99' })],
    ['code_not_valid', submission('b-8', { province: '02' })],
    ['time_in_future', submission('b-9', { occurredAt: '2099-01-01T00:00:00Z' })],
    ['time_too_early', submission('b-10', { occurredAt: '1970-01-01T00:00:00Z' })],
    ['count_negative', submission('b-11', { count: -1 })],
    ['on_time_not_finished', submission('b-12', { onTime: true })],
    ['corrects_itself', submission('b-13', { corrects: 'b-13', count: -1 })],
    ['corrects_unknown', submission('b-14', { corrects: 'nobody', count: -1 })],
    ['duplicate', submission('ok-1', { count: 9 })],
    ['accepted', submission('ok-2', { corrects: 'ok-1', count: 1 })],
    ['corrects_correction', submission('b-15', { corrects: 'ok-2', count: -1 })],
    ['accepted', submission('ok-3')],
  ];
  const results = await send(
    room,
    batch.map(([, event]) => event),
  );
  expect(results.map(({ result, code }) => code ?? result)).toEqual(batch.map(([expected]) => expected));

  const bad = batch.map(([code]) => code).filter((code) => code !== 'accepted' && code !== 'duplicate');
  await expect
    .poll(async () => (await waiting()).map(({ code }) => code).sort(), { timeout: 20_000 })
    .toEqual([...bad].sort());
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 20_000 }).toBe(3);

  const [future] = (await waiting()).filter(({ code }) => code === 'time_in_future');
  expect(future).toMatchObject({ portal: NATIONAL, topic: 'submissions', partition: 0, id: 'b-9' });
  const { body } = await operator(`/${String(future?.['quarantineId'])}`);
  expect(JSON.parse(String(body['event']))).toEqual(batch.find(([code]) => code === 'time_in_future')?.[1]);
});

it('refuses an event that names a field twice, keeps it as it came, and takes the others of its batch', async () => {
  const [one, twice, other] = ['twice-1', 'twice-2', 'twice-3'].map((id) => JSON.stringify(submission(id))) as [
    string,
    string,
    string,
  ];
  const sent = twice.replace(/"count":\d+/, '"count":1,"count":2');
  expect(sent).not.toBe(twice);
  const response = await fetch(`${room.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await room.key(NATIONAL)}`, 'content-type': BATCH },
    body: `[${one},${sent},${other}]`,
  });
  const { results } = (await response.json()) as { results: { id: string; result: string; code?: string }[] };
  expect([response.status, results]).toMatchObject([
    202,
    [
      { id: 'twice-1', result: 'accepted' },
      { id: 'twice-2', result: 'quarantined', code: 'field_twice', reason: expect.stringContaining('count') },
      { id: 'twice-3', result: 'accepted' },
    ],
  ]);
  const kept = async () => (await waiting()).find(({ code }) => code === 'field_twice');
  await expect.poll(kept, { timeout: 20_000 }).toMatchObject({ id: 'twice-2', portal: NATIONAL });
  const { body } = await operator(`/${String((await kept())?.['quarantineId'])}`);
  expect(body['event']).toBe(sent);
});

it('lets corrections take no more than there is, however fast they come', async () => {
  const taken = (id: string, count: number) => send(room, [submission(id, { corrects: 'bound', count })]);
  const codes = (results: readonly { result: string; code?: string }[]) =>
    results.map(({ result, code }) => code ?? result);
  expect(codes(await send(room, [submission('bound', { count: 10 })]))).toEqual(['accepted']);
  expect(codes(await taken('bound-1', -6))).toEqual(['accepted']);
  expect(codes(await taken('bound-2', -6))).toEqual(['corrects_too_much']);
  const atOnce = (await Promise.all([3, 4, 5, 6].map((n) => taken(`bound-${n}`, -2)))).flatMap(codes);
  expect(atOnce.sort()).toEqual(['accepted', 'accepted', 'corrects_too_much', 'corrects_too_much']);
  const within = [
    submission('bound-7', { corrects: 'bound', count: 1 }),
    submission('bound-8', { corrects: 'bound', count: -2 }),
  ];
  expect(codes(await send(room, within))).toEqual(['accepted', 'corrects_too_much']);
  // Nothing that was accepted is refused by ingest.
  const refused = () => waiting().then((cases) => cases.filter(({ code }) => code === 'corrects_too_much'));
  await expect.poll(async () => (await refused()).map(({ id }) => id).length, { timeout: 20_000 }).toBe(4);
});

it('of requests at once that have an event in common, the later ones know what the first brought', async () => {
  for (let round = 0; round < 5; round++) {
    const same = submission(`same-${round}`, { count: 1 });
    const told = (await Promise.all(Array.from({ length: 8 }, () => send(room, [same])))).flat();
    expect(told.map(({ result }) => result).sort()).toEqual(['accepted', ...Array(7).fill('duplicate')]);
    const original = `common-${round}`;
    const [[first], [second, taken]] = await Promise.all([
      send(room, [submission(original, { count: 1 })]),
      send(room, [
        submission(original, { count: 100 }),
        submission(`${original}-taken`, { corrects: original, count: -50 }),
      ]),
    ]);
    const answers = [first?.result, second?.result, taken?.code ?? taken?.result];
    const whichever = [
      ['accepted', 'duplicate', 'corrects_too_much'],
      ['duplicate', 'accepted', 'accepted'],
    ];
    expect(whichever).toContainEqual(answers);
  }
  await expect.poll(async () => (await snapshot(room))?.state.pipeline.pending, { timeout: 20_000 }).toBe(0);
});

describe('quarantine', () => {
  it('is for operators only', async () => {
    const response = await fetch(`${room.url}/v1/operator/quarantine`, { headers: { authorization: 'Bearer no' } });
    expect(response.status).toBe(401);
  });

  it('replays a correction once its original is there, and counts it then', async () => {
    const before = (await snapshot(room))?.state.total.submitted ?? 0;
    await send(room, [submission('nobody', { count: 5 })]);
    const replay = await operator('/replay', { method: 'POST', body: JSON.stringify({ code: 'corrects_unknown' }) });
    expect(replay).toMatchObject({ status: 200, body: { replayed: 1 } });
    await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 20_000 }).toBe(before + 4);
    expect((await waiting()).some(({ code }) => code === 'corrects_unknown')).toBe(false);
  });

  it('keeps what fails again', async () => {
    await operator('/replay', { method: 'POST', body: JSON.stringify({ code: 'unknown_code' }) });
    await expect
      .poll(async () => (await waiting()).filter(({ code }) => code === 'unknown_code').length, { timeout: 20_000 })
      .toBe(1);
    expect((await operator('/replay', { method: 'POST', body: '{}' })).status).toBe(400);
  });
});

it('publishes the contract as JSON Schema', async () => {
  const schema = (await (await fetch(`${room.url}/v1/events/schema`)).json()) as { $schema: string };
  expect(schema.$schema).toContain('2020-12');
});

it('asks portals to wait while counting is behind, and takes them again once it has caught up', async () => {
  await using slow = await startRoom({ env: { MAX_PENDING: '1' } });
  const statuses: number[] = [];
  let retryAfter: string | null = null;
  for (let n = 0; n < 200 && !statuses.includes(429); n++) {
    const response = await post(
      slow,
      Array.from({ length: 1_000 }, (_, at) => submission(`w-${n}-${at}`)),
    );
    statuses.push(response.status);
    retryAfter = response.headers.get('retry-after');
  }
  expect(statuses).toContain(429);
  expect(Number(retryAfter)).toBeGreaterThan(0);
  await expect
    .poll(async () => (await post(slow, [submission('w-last')])).status, { timeout: 20_000, interval: 300 })
    .toBe(202);
});

it('answers 503 while the broker is away, and counts what was sent again once it is back', {
  timeout: 120_000,
}, async (context) => {
  await using broker = await orSkip(context, startBroker());
  await using remote = await startRoom({ kafka: broker.brokers, env: { KAFKA_SESSION_TIMEOUT_MS: '6000' } });
  await send(remote, [submission('k-1')]);
  await broker.kill('SIGKILL');
  const refused = await post(remote, [submission('k-2')]);
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect(await refused.json()).toMatchObject({ error: { code: 'log_unavailable' } });
  await broker.restart();
  await expect
    .poll(async () => (await post(remote, [submission('k-2')])).status, { timeout: 60_000, interval: 500 })
    .toBe(202);
  await expect.poll(async () => (await snapshot(remote))?.state.total.submitted, { timeout: 60_000 }).toBe(2);
});
