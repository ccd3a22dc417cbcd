/** Operators' calls on the quarantine: a filter that is not one does nothing, and a replay keeps to what portals may write. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checked, checkedQuery } from '../../server/src/api/input.ts';
import { HttpError } from '../../server/src/errors.ts';
import { parseCommand } from '../../server/src/operator/command.ts';
import { filterOf, listedSchema, replayedSchema } from '../../server/src/operator/filter.ts';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { childEnv } from '../harness/config.ts';
import { run } from '../harness/process.ts';
import { ROOT } from '../harness/program.ts';
import { type Room, startRoom, typescript } from '../harness/room.ts';

const PROVINCE = 'urn:portal:province:01';
const PATIENCE = { timeout: 20_000 };
const LONG = { timeout: 60_000 };

let room: Room;
beforeAll(async () => {
  room = await startRoom();
});
afterAll(() => room[Symbol.asyncDispose]());

interface Answer {
  status: number;
  body: {
    error?: { code: string; reason: string };
    cases?: Record<string, unknown>[];
    results?: Record<string, number>;
    replayed?: number;
    waiting?: number;
    matching?: number;
  };
}

async function operator(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${room.url}/v1/operator/quarantine${path}`, {
    headers: { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' },
    ...init,
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
const replay = (body: unknown): Promise<Answer> =>
  operator('/replay', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const waiting = async (): Promise<(string | unknown)[][]> =>
  ((await operator('')).body.cases ?? []).map(({ id, code }) => [id, code]);

async function command(...words: string[]): Promise<{ code: number | null; output: string }> {
  const env = childEnv({ OPERATOR_TOKEN: room.operatorToken, DATA_DIR: room.dataDir });
  const at = words.length === 0 ? [] : ['--url', room.url];
  return run(process.execPath, [...typescript(), 'server/src/quarantine.ts', ...words, ...at], { cwd: ROOT, env });
}

/** What a filter is taken for, or in words what is wrong with it. */
function asked(read: () => Parameters<typeof filterOf>[0]): object {
  try {
    return { filter: filterOf(read()) };
  } catch (error) {
    if (error instanceof HttpError && error.status === 400) return { wrong: error.reason };
    throw error;
  }
}
const replayFilter = (body: unknown): object => asked(() => checked(replayedSchema, body));
const listFilter = (query: Record<string, unknown>): object => asked(() => checkedQuery(listedSchema, query));

describe('a filter', () => {
  it.each<[unknown, string]>([
    [undefined, 'expected object'],
    [null, 'expected object'],
    [{}, 'at least one'],
    [[], 'expected object'],
    [7, 'expected object'],
    [{ all: true }, 'at least one'],
    [{ all: 'true' }, 'at least one'],
    [{ all: 'yes', code: 'x' }, 'all'],
    [{ sources: 'x' }, 'sources'],
    [{ Source: 'x' }, 'Source'],
    [{ code: 'x', since: 1 }, 'since'],
    [{ source: 5 }, 'source'],
    [{ source: null }, 'source'],
    [{ source: ['x'] }, 'source'],
    [{ source: '' }, 'source'],
    [{ code: '' }, 'code'],
    [{ code: 'x', quarantineId: '' }, 'quarantineId'],
    [{ code: 'x'.repeat(201) }, 'code'],
    [Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`name-${n}`, n])), 'name-0'],
  ])('of a replay: %j is refused', (body, names) => {
    const found = replayFilter(body);
    expect(found).toMatchObject({ wrong: expect.stringContaining(names) as string });
    expect('wrong' in found && String(found.wrong).length).toBeLessThanOrEqual(500);
  });
  it('of a replay is taken as it is', () => {
    expect(replayFilter({ code: 'x', source: 'y', all: true })).toEqual({
      filter: { code: 'x', source: 'y', all: true },
    });
    expect(replayFilter({ quarantineId: 'x' })).toEqual({ filter: { quarantineId: 'x' } });
  });
  it.each([
    { sources: 'x' },
    { source: '' },
    { source: ['a', 'b'] },
    { all: 'yes' },
    { all: '' },
    { code: 'x', limit: '9' },
  ])('of a list: %j is refused', (query) => {
    expect(listFilter(query)).toHaveProperty('wrong');
  });
  it('of a list may be empty', () => {
    expect(listFilter({})).toEqual({ filter: {} });
    expect(listFilter({ all: 'true', code: 'x' })).toEqual({ filter: { all: true, code: 'x' } });
    expect(replayFilter({ all: 'true', code: 'x' })).toEqual({ filter: { all: true, code: 'x' } });
  });
});

it('a replay without a filter that filters is a 400 that names what is wrong, and replays nothing', LONG, async () => {
  await send(room, [submission('u-1', { procedure: 'nothing' }), submission('u-2', { corrects: 'nobody', count: -1 })]);
  await expect.poll(async () => (await waiting()).length, PATIENCE).toBe(2);
  for (const [body, names] of [
    ['', 'at least one'],
    ['{}', 'at least one'],
    ['[]', 'expected object'],
    [{ sources: NATIONAL }, 'sources'],
    [{ source: 5 }, 'source'],
    [{ all: true }, 'at least one'],
    [{ code: '' }, 'code'],
    [{ code: 'unknown_code', limits: 5 }, 'limits'],
  ] as const) {
    const { status, body: answer } = await replay(body);
    expect([status, answer.error?.code, answer.error?.reason]).toEqual([
      400,
      'bad_filter',
      expect.stringContaining(names),
    ]);
  }
  const asText = await operator('/replay', {
    method: 'POST',
    body: '{"code":"unknown_code"}',
    headers: { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'text/plain' },
  });
  // Read as no fields it would replay everything.
  expect([asText.status, asText.body.error?.code]).toEqual([415, 'media_type']);
  for (const [body, type, expected] of [
    [
      '{"code":',
      'application/json',
      [400, 'bad_request', 'the body is no object or list in JSON; nothing was read of it'],
    ],
    [
      '"code"',
      'application/json',
      [400, 'bad_request', 'the body is no object or list in JSON; nothing was read of it'],
    ],
    ['{}', 'application/json; charset=koi8', [415, 'media_type', 'a body in koi8 is not read here; send it in UTF-8']],
  ] as const) {
    const headers = { authorization: `Bearer ${room.operatorToken}`, 'content-type': type };
    const { status, body: answer } = await operator('/replay', { method: 'POST', body, headers });
    expect([status, answer.error?.code, answer.error?.reason]).toEqual(expected);
  }
  expect((await operator('?sources=x')).status).toBe(400);
  expect((await operator('?source=')).status).toBe(400);
  expect((await operator('?source=a&source=b')).status).toBe(400);
  expect((await operator('?all=true')).body.cases).toHaveLength(2);
  expect((await waiting()).length).toBe(2);
});

describe('the command', () => {
  it.each([
    [],
    ['replays'],
    ['replay'],
    ['replay', ''],
    ['replay', '--all'],
    ['replay', 'an-id', '--all'],
    ['replay', '--sources', NATIONAL],
    ['replay', '--source', ''],
    ['replay', '--source', '--code'],
    ['replay', '--code'],
    ['replay', 'an-id', '--code', 'unknown_code'],
    ['replay', 'an-id', 'another'],
    ['show'],
    ['show', ''],
    ['show', 'an-id', '--code', 'x'],
    ['list', 'an-id'],
    ['list', '--everything'],
    ['close', 'an-id'],
    ['close', 'an-id', '--why', ' '],
    ['close', '--why', 'sent twice'],
    ['close', 'an-id', '--why', 'sent twice', '--all'],
    ['replay', 'an-id', '--why', 'sent twice'],
    ['reopen'],
    ['delete', 'an-id', '--yes'],
    ['delete', '--all', '--why', 'names'],
  ])('refuses what is misspelt or out of place: %j %j %j %j', (...words) => {
    expect(() => parseCommand(words)).toThrow('usage: quarantine');
  });

  it('asks for what it is told, and no more', LONG, async () => {
    expect(parseCommand(['replay', '--code', 'x', '--source', 'y', '--url', 'z'])).toEqual({
      command: 'replay',
      id: undefined,
      url: 'z',
      filter: { code: 'x', source: 'y' },
    });
    const wrong = await command('replay', '--sources', NATIONAL);
    expect([wrong.code, wrong.output]).toEqual([1, expect.stringContaining('usage: quarantine')]);
    const { code, output } = await command('list', '--code', 'unknown_code', '--all');
    expect([code, output]).toEqual([0, expect.stringContaining('u-1')]);
    expect(output).toContain('1 cases, open or not, match unknown_code; 2 are open in all');
    expect((await waiting()).length).toBe(2);
  });
});

it("a portal's event of another source is never counted, however often it is replayed", LONG, async () => {
  await send(room, [submission('mine', {}, { source: PROVINCE }), submission('theirs', { count: 500 })], PROVINCE);
  await expect.poll(waiting, PATIENCE).toContainEqual(['theirs', 'wrong_source']);
  const again = (await replay({ code: 'wrong_source' })).body;
  expect(again.results).toEqual({ counted: 0, duplicate: 0, refused: 1, undecided: 0 });
  expect(again.cases).toMatchObject([{ id: 'theirs', result: 'refused', code: 'wrong_source' }]);
  await expect.poll(async () => (await operator('?code=wrong_source&all=true')).body.cases?.length, PATIENCE).toBe(2);
  await expect.poll(waiting, PATIENCE).toContainEqual(['theirs', 'wrong_source']);
  // Its id is not burnt for the portal whose it is.
  expect(await send(room, [submission('theirs', { count: 3 })])).toMatchObject([{ result: 'accepted' }]);
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, PATIENCE).toBe(4);
});

it(
  'an event that names a field twice is refused again: which is meant is known as little as before',
  LONG,
  async () => {
    const before = (await snapshot(room))?.state.total.submitted;
    const event = JSON.stringify(submission('doubled')).replace('"count":1', '"count":1,"count":777');
    const response = await fetch(`${room.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await room.key(NATIONAL)}`, 'content-type': 'application/cloudevents+json' },
      body: event,
    });
    expect(event).toContain('777');
    expect(await response.text()).toContain('field_twice');
    await expect.poll(waiting, PATIENCE).toContainEqual(['doubled', 'field_twice']);
    const again = (await replay({ code: 'field_twice' })).body;
    expect(again.cases).toMatchObject([{ id: 'doubled', result: 'refused', code: 'field_twice' }]);
    expect((await snapshot(room))?.state.total.submitted).toBe(before);
  },
);

it('what was replayed is known at once: the same event from its portal is a repeat', LONG, async () => {
  await send(room, [submission('nobody', { count: 2 })]);
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, PATIENCE).toBe(6);
  const { body } = await replay({ code: 'corrects_unknown' });
  expect([body.replayed, body.cases]).toEqual([1, [expect.objectContaining({ id: 'u-2', result: 'counted' })]]);
  const [before] = (await operator('?code=corrects_unknown&all=true')).body.cases ?? [];
  expect(before).toMatchObject({ id: 'u-2', state: 'replayed', resolvedBy: 'operator' });
  // The same bytes once more: its id was counted.
  expect((await replay({ quarantineId: before?.['quarantineId'], all: true })).body.cases).toMatchObject([
    { id: 'u-2', result: 'duplicate' },
  ]);
  expect(await send(room, [submission('u-2', { corrects: 'nobody', count: -1 })])).toMatchObject([
    { result: 'duplicate' },
  ]);
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, PATIENCE).toBe(5);
});

it('what is not to be counted is closed with a reason, leaves what waits, and can be opened again', LONG, async () => {
  const open = async () => (await operator('?code=unknown_code')).body;
  const { waiting: before = 0, cases = [] } = await open();
  const { quarantineId } = cases[0] ?? {};
  const step = (name: string, body: object) =>
    operator(`/${name}`, { method: 'POST', body: JSON.stringify({ quarantineId, ...body }) });
  expect((await step('close', {})).status).toBe(400);
  expect((await step('close', { why: ' ' })).status).toBe(400);
  expect((await step('close', { why: 'a test of the portal' })).body.cases).toBe(1);
  expect(await open()).toMatchObject({ waiting: before - 1, matching: 0, cases: [] });
  expect((await operator('?code=unknown_code&all=true')).body.cases).toMatchObject([
    { id: 'u-1', state: 'closed', resolvedBy: 'operator', resolvedWhy: 'a test of the portal' },
  ]);
  await expect.poll(async () => (await snapshot(room))?.state.pipeline.quarantined, PATIENCE).toBe(before - 1);
  // Nobody replays it by its code.
  expect((await replay({ code: 'unknown_code' })).body.replayed).toBe(0);
  expect((await step('reopen', {})).body.cases).toBe(1);
  expect(await open()).toMatchObject({ waiting: before, matching: 1 });
});

it('its content is deleted after a question, and what is left says who did it and why', LONG, async () => {
  const [found] = (await operator('?code=unknown_code')).body.cases ?? [];
  const id = String(found?.['quarantineId']);
  const asked = await command('delete', id, '--why', 'a name in it');
  expect([asked.code, asked.output]).toEqual([1, expect.stringContaining('say --yes')]);
  const deleted = await command('delete', id, '--why', 'a name in it', '--yes');
  expect([deleted.code, deleted.output]).toEqual([0, expect.stringContaining('content deleted: 1')]);
  expect((await operator(`/${id}`)).body).toMatchObject({
    id: 'u-1',
    state: 'deleted',
    code: 'unknown_code',
    reason: 'procedure "…" is not in the catalogue',
    resolvedWhy: 'a name in it',
    event: '',
    bytesBase64: '',
    headers: {},
  });
  expect((await replay({ quarantineId: id, all: true })).body.replayed).toBe(0);
  const said = await command('replay', id);
  expect([said.code, said.output]).toEqual([0, expect.stringMatching(/the case is deleted since .*, by operator/)]);
});

it('a code, a source or an id that does not exist is refused with those that do', LONG, async () => {
  for (const [path, status, names] of [
    ['?code=unknwon_code', 400, 'unknown_code'],
    ['?source=urn:portal:nobody', 400, NATIONAL],
    ['?quarantineId=none', 404, 'newest'],
    ['/none', 404, 'newest'],
  ] as const) {
    const { status: told, body } = await operator(path);
    expect([path, told, body.error?.reason]).toEqual([path, status, expect.stringContaining(names)]);
  }
  expect((await replay({ code: 'unknwon_code' })).status).toBe(400);
  expect((await replay({ quarantineId: 'none' })).status).toBe(404);
  // What nothing has been refused for is known too.
  expect((await operator('?code=time_in_future')).body).toMatchObject({ matching: 0, cases: [] });
});
