/** An office's assistant, by the client of the official SDK, on a real room: what it asks, what it is told beside each number, and of whom. */

import { readFile } from 'node:fs/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Evidence, Explanation, QueryAnswer, ScopeGrant } from '@room/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { send, snapshot, submission } from '../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD, statusOf } from '../harness/cookies.ts';
import { type Room, startRoom } from '../harness/room.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };
const COUNTS = { MPS: 700, MOH: 450, MOF: 90 };
const BEFORE = { MPS: 100, MOH: 450, MOF: 80 };
const WEEK = { from: '2026-03-02', to: '2026-03-08' };

let room: Room;
let administrator: CookieClient;
const clients: Client[] = [];
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  const events = (
    [
      [COUNTS, '2026-03-04'],
      [BEFORE, '2026-02-25'],
    ] as const
  ).flatMap(([counts, day]) =>
    Object.entries(counts).map(([agency, count]) =>
      submission(`${agency}-${day}`, {
        agency,
        procedure: `OTHER-${agency}`,
        count,
        occurredAt: `${day}T03:00:00Z`,
      }),
    ),
  );
  await send(room, events);
  await vi.waitFor(
    async () => expect((await snapshot(room, 'past:2026-02-20:2026-03-08'))?.state.events).toBe(events.length),
    PATIENCE,
  );
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await room[Symbol.asyncDispose]();
});

let people = 0;
async function tokenOf(scope: ScopeGrant, rights: readonly string[] = ['view', 'analyse']): Promise<string> {
  const id = `reader${people++}`;
  const { token } = await administrator.told<{ token: string }>('/v1/people', {
    id,
    name: id,
    rights: ['view', 'analyse'],
    scope,
  });
  const browser = new CookieClient(room);
  await browser.told('/v1/session/accept', { token, password: PASSWORD });
  const { secret } = await browser.told<{ secret: string }>('/v1/account/tokens', {
    name: 'assistant',
    rights,
    scope,
    days: 1,
  });
  return secret;
}

async function clientWith(secret: string | undefined): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  const transport = new StreamableHTTPClientTransport(new URL(`${room.url}/mcp`), { requestInit: { headers } });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  clients.push(client);
  return client;
}

interface Told<Answer> {
  answer: Answer;
  about: { asOf?: string; behindSeconds?: number; coverage?: number; watermark?: string; simulated: boolean };
  definitions: Record<string, { definition: { vi: string; en: string }; unit: string }>;
  names: Record<string, Record<string, { vi: string; en: string }>>;
  understood: { text: string; state: string; as?: object; alternatives?: object[] }[];
  assumed: Record<string, string>;
  goOn?: string;
}
async function told<Answer>(client: Client, name: string, given: Record<string, unknown>): Promise<Told<Answer>> {
  const { isError, structuredContent, content } = await client.callTool({ name, arguments: given });
  if (isError === true) throw new Error(JSON.stringify(content));
  return structuredContent as unknown as Told<Answer>;
}
async function refused(client: Client, name: string, given: Record<string, unknown>): Promise<string> {
  const { isError, structuredContent } = await client.callTool({ name, arguments: given });
  const { error } = structuredContent as { error: { code: string; reason: string } };
  return `${isError} ${error.code}: ${error.reason}`;
}

describe('an assistant asks', () => {
  it('in words of both languages, and is told how they were understood, with what the numbers mean', async () => {
    const client = await clientWith(await tokenOf('all'));
    for (const question of [
      'hồ sơ các bộ từ 2/3/2026 đến 8/3/2026',
      'submitted by ministry 2026-03-02 to 2026-03-08',
    ]) {
      const { answer, about, definitions, names, understood, assumed } = await told<QueryAnswer>(client, 'ask', {
        question,
      });
      expect(answer.rows.map(({ key: [agency = ''], now, before }) => [agency, now, before])).toEqual(
        Object.entries(COUNTS).map(([agency, submitted]) => [
          agency,
          { submitted },
          { submitted: BEFORE[agency as keyof typeof BEFORE] },
        ]),
      );
      expect(about).toMatchObject({ asOf: '2026-03-04T03:00:00.000Z', simulated: false });
      expect(about.watermark).toBe(String(answer.watermark));
      expect(about.coverage).toBe(answer.periods.now.coverage);
      expect(about.behindSeconds).toBe(Math.round((answer.answeredAt - Date.parse('2026-03-04T03:00:00Z')) / 1_000));
      expect(definitions['submitted']).toMatchObject({
        unit: 'dossiers',
        definition: { en: expect.stringContaining('entry status') as string },
      });
      expect(names['agency']?.['MOH']?.en).toBe('Ministry of Health');
      expect(understood.map(({ as }) => as)).toContainEqual({ kind: 'split', dimension: 'agency' });
      expect(assumed).toEqual({ compare: 'previous', boundaries: 'today' });
    }
  });

  it('why, and for the events whose sum a number is', async () => {
    const client = await clientWith(await tokenOf('all'));
    const why = await told<Explanation>(client, 'ask', {
      question: 'why submitted 2026-03-02 to 2026-03-08 vs 2026-02-23 to 2026-03-01',
    });
    expect(why.answer.change).toBe(610);
    const byAgency = why.answer.by.find(({ dimension }) => dimension === 'agency')?.members ?? [];
    expect(byAgency.map(({ code, change }) => [code, change])).toEqual([
      ['MPS', 600],
      ['MOF', 10],
      ['MOH', 0],
    ]);
    const asked = await told<QueryAnswer>(client, 'query', { ...WEEK, measures: ['submitted'], split: 'agency' });
    const proof = await told<Evidence>(client, 'evidence', {
      ...WEEK,
      measure: 'submitted',
      split: ['agency'],
      key: 'MOH',
      asOf: asked.about.watermark,
      shown: asked.answer.rows[1]?.now?.submitted,
    });
    expect([proof.answer.matches, proof.answer.sum.value, proof.answer.events.length]).toEqual([true, 450, 1]);
    expect(proof.definitions['submitted']?.definition.vi).toContain('hồ sơ');
  });

  it('for what there is, and page by page', async () => {
    const client = await clientWith(await tokenOf('all'));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['ask', 'query', 'explain', 'evidence', 'forecasts', 'catalogue']);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
    const { members } = (
      await client.callTool({
        name: 'catalogue',
        arguments: { dimension: 'agency', search: 'y tế' },
      })
    ).structuredContent as { members?: { code: string }[] };
    expect(members?.map(({ code }) => code)).toContain('MOH');
    const two = await told<QueryAnswer>(client, 'query', { ...WEEK, measures: 'submitted', split: 'agency', top: 2 });
    expect(two.answer.rows).toHaveLength(2);
    expect(two.goOn).toContain('1 more rows');
  });
});

it('more than is told at once is refused, and says how to ask for less', async () => {
  const client = await clientWith(await tokenOf('all'));
  const hours = { from: '2025-12-29', to: '2026-03-31', grain: 'hour', split: 'channel', compare: 'previous' };
  expect(await refused(client, 'query', { ...hours, measures: 'submitted' })).toMatch(
    /^true too_much: the answer has \d{3,} kB, of which 200 are told at once; ask for fewer rows/,
  );
  const { answer } = await told<QueryAnswer>(client, 'query', { ...hours, grain: 'month', measures: 'submitted' });
  expect(answer.total.now).toEqual({ submitted: 1_870 });
});

it('what is not understood is told and not guessed, and goes on only where that is asked for', async () => {
  const client = await clientWith(await tokenOf('all'));
  const question = 'submitted zzyzx ministries 2026-03-02 to 2026-03-08';
  expect(await refused(client, 'ask', { question })).toMatch(/^true not_understood: question: "zzyzx"/);
  expect(await refused(client, 'ask', { question: 'zzyzx' })).toMatch(/^true not_understood: question: nothing/);
  expect((await told<QueryAnswer>(client, 'ask', { question, leaveOut: true })).answer.total.now?.submitted).toBe(
    1_240,
  );
  const { understood, answer } = await told<QueryAnswer>(client, 'ask', {
    question: 'online 2026-03-02 to 2026-03-08',
  });
  expect(understood[0]?.alternatives).toEqual([
    { choose: 1, kind: 'measure', measure: 'submittedOnline' },
    { choose: 2, kind: 'member', dimension: 'channel', code: '2', name: { vi: 'Trực tuyến', en: 'Online' } },
  ]);
  expect(answer.total.now).toEqual({ shareOnline: 1 });
  const other = await told<QueryAnswer>(client, 'ask', {
    question: 'online 2026-03-02 to 2026-03-08',
    choose: { online: 1 },
  });
  expect(other.answer.total.now).toEqual({ submittedOnline: 1_240 });
});

it.each([
  ['query', { ...WEEK, measures: 'happiness' }, 'bad_query: measures: happiness is none of'],
  ['query', { ...WEEK, agency: 'NOPE' }, 'bad_query: agency'],
  ['query', { from: '2026-03-02' }, 'bad_query: to'],
  ['query', { ...WEEK, scope: 'all' }, 'bad_query: scope is not known'],
  ['query', { from: '0001-01-01', to: '9999-12-31' }, ''],
  ['query', { ...WEEK, measures: { deep: 1 } }, 'bad_query: measures'],
  ['explain', { ...WEEK, measure: 'submitted' }, 'compare'],
  ['evidence', { ...WEEK, measure: 'submitted', limit: 1_000 }, 'bad_query: limit'],
  ['forecasts', { dim: 'agency', code: 'NOPE' }, 'bad_request: code'],
  ['ask', { question: 'x'.repeat(301) }, 'bad_request: question'],
  ['ask', { question: 7 }, 'bad_request: question'],
  ['ask', {}, 'bad_request: question'],
  ['catalogue', { dimension: '__proto__' }, 'bad_request: dimension'],
])('a bad question to %s is refused with the field: %j', async (name, given, reason) => {
  const client = clients[0] ?? (await clientWith(await tokenOf('all')));
  expect(await refused(client, name, given)).toMatch(/^true /);
  expect(await refused(client, name, given)).toContain(reason);
});

it('with the configuration that the documents print, an assistant is let in', async () => {
  const text = await readFile(new URL('../../server/API.md', import.meta.url), 'utf8');
  const [, printed = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
  const filled = printed.replace('http://127.0.0.1:3000', room.url).replace(/\$\{TOKEN\}/, await tokenOf('all'));
  const { mcpServers } = JSON.parse(filled) as {
    mcpServers: Record<string, { type: string; url: string; headers: Record<string, string> }>;
  };
  const { type, url = '', headers = {} } = mcpServers['operations-room'] ?? {};
  expect(type).toBe('http');
  const client = new Client({ name: 'printed', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  clients.push(client);
  const { tools } = await client.listTools();
  for (const { name } of tools) expect(text).toContain(`\`${name}\``);
});

it('that shows nothing, asks a room that is open to whoever sits there', async () => {
  expect((await (await clientWith(undefined)).listTools()).tools).toHaveLength(6);
});

describe('whoever asks', () => {
  it('with the token of a ministry sees its own alone', async () => {
    const client = await clientWith(await tokenOf({ agencies: ['MOH'], provinces: [] }));
    const { answer } = await told<QueryAnswer>(client, 'ask', {
      question: 'submitted by ministry 2026-03-02 to 2026-03-08',
    });
    expect([answer.total.now, answer.rows.map(({ key }) => key)]).toEqual([{ submitted: 450 }, [['MOH']]]);
    const proof = await told<Evidence>(client, 'evidence', { ...WEEK, measure: 'submitted' });
    expect(proof.answer.events.map(({ agency }) => agency)).toEqual(['MOH']);
    expect(await refused(client, 'forecasts', { dim: 'agency', code: 'MPS' })).toContain('outside_scope');
  });

  it('with a token that is none, or without the right, is refused', async () => {
    await expect(clientWith(`reading_${'x'.repeat(43)}`)).rejects.toThrow(/unknown_token/);
    await expect(clientWith(await tokenOf('all', ['view']))).rejects.toThrow(/no_right/);
    const analyses = await clientWith(await tokenOf('all', ['analyse']));
    expect((await analyses.listTools()).tools.map(({ name }) => name)).not.toContain('forecasts');
    expect(await refused(analyses, 'forecasts', {})).toContain('no_right');
  });

  it('with a message that is too large or none, or as a page of another site, is told so', async () => {
    const secret = await tokenOf('all');
    const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${room.url}/mcp`, {
        method: 'POST',
        body,
        headers: {
          authorization: `Bearer ${secret}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
      });
    const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    expect(await (await post(ping)).json()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect((await post(ping)).headers.get('cache-control')).toBe('no-store');
    expect(await statusOf(post(`"${'x'.repeat(64_000)}"`))).toBe('413 too_large');
    expect(await statusOf(post(`[${ping},${ping}]`))).toBe('400 bad_request');
    expect(await statusOf(post(ping, { accept: 'text/html' }))).toBe('406 not_acceptable');
    expect(await statusOf(post(ping, { origin: 'https://evil.example' }))).toBe('403 other_origin');
    expect(await statusOf(post(ping, { authorization: 'Bearer reading_x' }))).toBe('401 unknown_token');
  });
});
