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
    replayed?: number;
    waiting?: number;
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
  expect(asText.status).toBe(400);
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
    expect((await waiting()).length).toBe(2);
  });
});

it("a portal's event of another source is never counted, however often it is replayed", LONG, async () => {
  await send(room, [submission('mine', {}, { source: PROVINCE }), submission('theirs', { count: 500 })], PROVINCE);
  await expect.poll(waiting, PATIENCE).toContainEqual(['theirs', 'wrong_source']);
  expect((await replay({ code: 'wrong_source' })).body.replayed).toBe(1);
  await expect.poll(async () => (await operator('?code=wrong_source&all=true')).body.cases?.length, PATIENCE).toBe(2);
  await expect.poll(waiting, PATIENCE).toContainEqual(['theirs', 'wrong_source']);
  // Its id is not burnt for the portal whose it is.
  expect(await send(room, [submission('theirs', { count: 3 })])).toMatchObject([{ result: 'accepted' }]);
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, PATIENCE).toBe(4);
});

it('what was replayed is known at once: the same event from its portal is a repeat', LONG, async () => {
  await send(room, [submission('nobody', { count: 2 })]);
  expect((await replay({ code: 'corrects_unknown' })).body.replayed).toBe(1);
  expect(await send(room, [submission('u-2', { corrects: 'nobody', count: -1 })])).toMatchObject([
    { result: 'duplicate' },
  ]);
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, PATIENCE).toBe(5);
});
