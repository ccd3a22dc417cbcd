/** What cannot be counted costs its neighbours nothing, stands in quarantine with its bytes, and can be replayed. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import { partitionKey, TOPICS } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { recount } from '../harness/recount.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { startCounting } from './counting.ts';
import { Load, type Made, recordOf } from './load.ts';
import { inWords, tally } from './oracle.ts';
import { at, LOGS, newPlace } from './places.ts';

const json = (id: string, data: object = {}, envelope: object = {}): string =>
  JSON.stringify(submission(id, data, envelope));
const level = { procedure: 'DV01', agency: 'MPS', at: new Date().toISOString(), open: 3, overdue: 9 };

/** What portals and broken programs produce, past any gateway. */
const POISON: readonly [code: string, value: string | Buffer][] = [
  ['not_json', '{"specversion":'],
  ['not_json', ''],
  ['not_json', Buffer.from([0xff, 0xfe, 0x00, 0x7b])],
  ['not_json', '['.repeat(16_000)],
  ['not_an_event', '42'],
  ['not_an_event', '[{}]'],
  ['not_an_event', 'null'],
  ['unknown_type', json('p-type', {}, { type: 'submission.deleted' })],
  ['unknown_field', json('p-field', { citizen: 'Nguyễn Văn A' })],
  ['invalid_field', json('p-wrong', { count: 'one', occurredAt: 7, province: null })],
  ['invalid_field', json('p-data').replace(/"data":\{.*\}/, '"data":null}')],
  ['invalid_field', json('p-huge', { count: 1e300 })],
  ['invalid_field', json('p-half \ud800')],
  ['invalid_field', JSON.stringify({ ...submission('p-level'), type: 'backlog.reported', data: level })],
  ['too_large', json('p-large', {}, { subject: 'x'.repeat(20_000) })],
  ['unknown_source', json('p-source', {}, { source: 'urn:portal:nowhere' })],
  ['unknown_code', json('p-service', { procedure: 'DV99' })],
  ['unknown_code', json('p-agency', { agency: "X' OR 1=1 --" })],
  ['unknown_code', json('p-channel', { channel: 9 })],
  ['code_not_valid', json('p-old', { province: '02' })],
  ['time_in_future', json('p-2099', { occurredAt: '2099-01-01T00:00:00Z' })],
  ['time_too_early', json('p-1970', { occurredAt: '1970-01-01T00:00:00Z' })],
  ['count_negative', json('p-minus', { count: -1 })],
  ['corrects_itself', json('p-self', { corrects: 'p-self', count: -1 })],
  ['corrects_unknown', json('p-nobody', { corrects: 'nobody', count: -1 })],
];

/** Ids that break what is put together carelessly. */
const NASTY = [
  "'); DROP TABLE submission; --",
  'line\nbreak\ttab',
  'zero\u0000byte',
  '🏛️ 文 ẫ',
  '\\N',
  '{{x}}',
  '__proto__',
];

describe.each(LOGS)('with the %s log', (_name, where) => {
  it('every kind of poison among good events: each has its row, its place and its bytes; the rest counts', {
    timeout: 120_000,
  }, async (context) => {
    await using place = await newPlace(await where(context));
    const good = new Load('poison').make(300).filter(({ kind }) => kind !== 'poison');
    const like = good.find(({ kind }) => kind === 'submission') as Made;
    const nasty = NASTY.map(
      (id): Made => ({ ...like, id, value: like.value.replace(JSON.stringify(like.id), () => JSON.stringify(id)) }),
    );
    const all = [...good, ...nasty];
    const records = all.map(recordOf);
    for (const [index, [code, value]] of POISON.entries())
      records.splice(index * 10, 0, {
        key: partitionKey(NATIONAL, `${code} ${index}`),
        value,
        headers: { portal: NATIONAL },
      });
    {
      await using counting = await startCounting({ ...at(place), maxRecords: 100 });
      expect(await counting.append(records)).toBe(true);
      counting.begin();
      await counting.drained();
    }
    const found = await recount(place.dataDir);
    const places = new Map(records.map(({ value }, offset) => [Buffer.from(value).toString('base64'), offset]));
    expect(
      found.quarantine.map(({ code, bytes, portal, topic, partition, offset }) => [
        code,
        bytes,
        portal,
        topic,
        partition,
        offset,
      ]),
    ).toEqual(
      POISON.map(([code, value]) => {
        const bytes = Buffer.from(value).toString('base64');
        return [code, bytes, NATIONAL, TOPICS.submissions, 0, places.get(bytes)];
      }),
    );
    for (const { reason } of found.quarantine) expect(reason.length).toBeGreaterThan(10);
    expect(inWords(tally(all, { ...found, quarantine: [] }))).toBe('');
  });
});

interface Case {
  quarantineId: string;
  id: string;
  code: string;
  resolvedAt: string | null;
}

async function operator(room: Room, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${room.url}/v1/operator/quarantine${path}`, {
    headers: { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

const waiting = async (room: Room): Promise<Case[]> => (await operator(room, ''))['cases'] as Case[];
const replay = (room: Room, filter: object): Promise<Record<string, unknown>> => operator(room, '/replay', filter);

it('after its cause is mended a case is replayed alone or with others, and counts once however often', {
  timeout: 120_000,
}, async () => {
  await using folder = await tempDir('catalogue');
  const file = join(folder.path, 'catalogue.json');
  await cp(DEFAULT_CATALOGUE, folder.path, { recursive: true });
  // It names services that are lacking.
  await rm(join(folder.path, 'essential.json'));
  const whole = await readFile(file, 'utf8');
  const { services, ...rest } = JSON.parse(whole) as { services: { code: string }[] };
  const lacking = services.filter(({ code }) => code !== 'DV02' && code !== 'DV03');
  await writeFile(file, JSON.stringify({ ...rest, services: lacking }));

  await using room = await startRoom({ catalogue: folder.path });
  const of = (id: string, procedure: string): object => submission(id, { procedure });
  const early = ['b-1', 'b-2', 'b-3'].map((id) => of(id, 'DV02'));
  const batch = [of('a-1', 'DV01'), ...early, of('c-1', 'DV03'), of('x-1', 'DV99'), of('a-2', 'DV01')];
  expect((await send(room, batch)).map(({ result }) => result)).toEqual([
    'accepted',
    ...Array.from({ length: 5 }, () => 'quarantined'),
    'accepted',
  ]);
  const submitted = async (): Promise<number | undefined> => (await snapshot(room))?.state.total.submitted;
  const WAIT = { timeout: 30_000 };
  await expect.poll(async () => (await waiting(room)).length, WAIT).toBe(5);
  await expect.poll(submitted, WAIT).toBe(2);

  await room.stop();
  await writeFile(file, whole);
  await room.restart();
  const [one] = (await waiting(room)).filter(({ id }) => id === 'b-1');
  const { quarantineId = '' } = one ?? {};
  expect(await replay(room, { quarantineId })).toMatchObject({ replayed: 1 });
  await expect.poll(submitted, WAIT).toBe(3);
  expect(await replay(room, { quarantineId })).toMatchObject({ replayed: 0 });
  // A resolved case can be replayed on purpose; its event was counted.
  expect(await replay(room, { quarantineId, all: 'true' })).toMatchObject({ replayed: 1 });
  // A portal that heard of the mended catalogue may send again by itself, before anyone replays.
  expect(await send(room, [of('b-2', 'DV02')])).toMatchObject([{ result: 'accepted' }]);
  expect(await replay(room, { code: 'unknown_code' })).toMatchObject({ replayed: 4 });
  await expect.poll(submitted, WAIT).toBe(6);
  await expect.poll(async () => (await waiting(room)).map(({ id }) => id), WAIT).toEqual(['x-1']);

  await room.stop();
  const { ids, seen, base, rollups } = await recount(room.dataDir);
  expect(ids).toEqual(['a-1', 'a-2', 'b-1', 'b-2', 'b-3', 'c-1']);
  expect([seen, ...new Set([base, ...Object.values(rollups)])]).toEqual([6, 6]);
});
