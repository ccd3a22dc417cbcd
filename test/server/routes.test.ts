/** The table of routes, walked by its own description: who may, what it takes, and that it answers what it says. */
import { request as httpRequest } from 'node:http';
import type { ScreenState } from '@room/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, apiOf, type Operation } from '../harness/api.ts';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { type CookieClient, firstAdministrator } from '../harness/cookies.ts';
import { type Room, startRoom } from '../harness/room.ts';

const PATIENCE = { timeout: 20_000 };
const CASE = '00000000-0000-0000-0000-000000000000';
const ANNOTATION = { kind: 'outage', text: { en: 'walk' }, of: { dim: 'all' }, from: '2026-03-10', to: '2026-03-10' };
const NOTEBOOK = { name: 'walk', share: { with: 'nobody' }, pages: [] };
const SCREEN_STATE: ScreenState = {
  since: 1,
  connection: 'live',
  width: 1920,
  height: 1080,
  frames: 60,
  longTasks: 0,
  longestTaskMs: 0,
  upMs: 1,
  failed: [],
};
const VIEW = { name: 'walk', question: { from: 'day-1', to: 'day' }, share: { with: 'everybody' } };

let room: Room;
let api: Api;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'view' } });
  administrator = await firstAdministrator(room);
  await send(room, [
    submission('counted'),
    submission('early', { occurredAt: '2026-03-10T03:00:00Z', count: 4 }),
    submission('strange', { procedure: 'nothing' }),
  ]);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.pipeline.quarantined).toBe(1), PATIENCE);
  api = await apiOf(room);
});
afterAll(() => room[Symbol.asyncDispose]());

interface Request {
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

const credentials = async (): Promise<Record<string, string>> => ({
  portalKey: `Bearer ${await room.key(NATIONAL)}`,
  operatorToken: `Bearer ${room.operatorToken}`,
});
const schemeOf = ({ security }: Operation): string | undefined => Object.keys(security[0] ?? {})[0];
/** Those of people, whom test/server/accounts.test.ts signs in. */
const isOfPeople = ({ method, path }: Operation): boolean =>
  /^\/v1\/(people|account|screens)/.test(path) ||
  (method === 'post' &&
    /^\/v1\/(alerts|briefings|briefing-schedule|deliveries|directives|evidence-files|good-models|indicators|receivers|rosters|routing|rows|rules(?!\/backtest)|scenes|services-board|silences|tasks|walls)/.test(
      path,
    ));
const nameOf = ({ method, path }: Operation): string => `${method.toUpperCase()} ${path}`;
const readsBody = ({ requestBody }: Operation): boolean => requestBody?.content['application/json'] !== undefined;

/** Asks with the right that the route wants, or as told. */
async function ask(operation: Operation, { params = {}, query = '', body, headers = {} }: Request): Promise<Response> {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? CASE));
  const authorization = (await credentials())[schemeOf(operation) ?? ''];
  const { cookie, csrfToken = '' } = administrator;
  return fetch(`${room.url}${path}${query}`, {
    method: operation.method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(schemeOf(operation) === 'session' ? { cookie, 'x-csrf-token': csrfToken } : {}),
      ...(operation.method === 'post' ? { 'content-type': 'application/json', origin: room.url } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** With headers as they are told, and no others. */
const statusOf = (path: string, headers: Record<string, string>, method = 'get'): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = httpRequest(`${room.url}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });

async function refusalOf(response: Response): Promise<{ status: number; code: string; reason: string }> {
  const { error } = (await response.json()) as { error: { code: string; reason: string } };
  return { status: response.status, ...error };
}

it('is described by a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(api.document))).toEqual({ valid: true });
  expect([validator.version, api.document['openapi']]).toEqual(['3.1', '3.1.0']);
});

it('another method than those of an address is told which it takes, and nothing else', async () => {
  const asked = [
    ['GET', '/v1/events', 'POST'],
    ['PUT', '/v1/events', 'POST'],
    ['DELETE', '/v1/people', 'GET, HEAD, POST'],
    ['GET', '/v1/people/somebody/invite', 'POST'],
  ];
  for (const [method = '', path = '', allow] of asked) {
    const response = await fetch(`${room.url}${path}`, { method });
    const { error } = (await response.json()) as { error: { code: string } };
    expect([method, path, response.status, response.headers.get('allow'), error.code]).toEqual([
      method,
      path,
      405,
      allow,
      'method_not_allowed',
    ]);
  }
});

it('tells nobody the codes of the catalogue', () => {
  const text = JSON.stringify(api.document);
  expect(text).toContain('submission.counted');
  for (const code of [NATIONAL, '"MPS"', '"DV01"', 'urn:portal:province']) expect(text).not.toContain(code);
});

it('has every route, with its right', () => {
  expect(Object.fromEntries(api.operations.map((it) => [nameOf(it), it['x-right']]))).toEqual({
    'GET /metrics': 'operate',
    'POST /mcp': 'analyse',
    'GET /v1/account': 'self',
    'GET /v1/account/tokens': 'self',
    'GET /v1/alerts': 'view',
    'GET /v1/alerts/{id}': 'view',
    'GET /v1/alerts/{id}/curve': 'view',
    'GET /v1/alerts/{id}/drivers': 'view',
    'GET /v1/alerts/{id}/earlier': 'view',
    'GET /v1/directives': 'view',
    'GET /v1/directives/{id}': 'view',
    'GET /v1/tasks': 'view',
    'GET /v1/tasks/imports': 'view',
    'GET /v1/tasks/history': 'view',
    'GET /v1/tasks/history.csv': 'view',
    'GET /v1/briefing-schedule': 'view',
    'GET /v1/services-board': 'view',
    'GET /v1/leaders': 'view',
    'GET /v1/services-board.csv': 'view',
    'GET /v1/response-times': 'view',
    'GET /v1/response-times.csv': 'view',
    'GET /v1/links': 'view',
    'GET /v1/indicators.csv': 'view',
    'GET /v1/links.csv': 'view',
    'GET /v1/links/{id}': 'view',
    'GET /v1/ledger': 'view',
    'GET /v1/ringing': 'view',
    'GET /v1/annotations': 'view',
    'GET /v1/annotations/{id}/versions': 'view',
    'GET /v1/indicators': 'view',
    'GET /v1/indicators/{id}': 'view',
    'POST /v1/indicators/reports': 'answer',
    'POST /v1/rows/read': 'view',
    'POST /v1/evidence-files': 'answer',
    'GET /v1/evidence-files/{id}': 'view',
    'POST /v1/evidence-files/{id}/remove': 'view',
    'GET /v1/briefings': 'view',
    'GET /v1/briefings/{id}': 'view',
    'GET /v1/briefings/{id}/paper.pdf': 'view',
    'POST /v1/briefings': 'analyse',
    'POST /v1/briefings/verify': 'view',
    'GET /v1/audit': 'administer',
    'GET /v1/audit/chain': 'administer',
    'GET /v1/calibration': 'view',
    'GET /v1/catalogue': 'codes',
    'GET /v1/catalogue/insets': 'view',
    'GET /v1/catalogue/map': 'view',
    'GET /v1/evidence': 'analyse',
    'GET /v1/evidence/expected': 'analyse',
    'GET /v1/evidence/rate': 'analyse',
    'GET /v1/evidence.csv': 'analyse',
    'GET /v1/evidence.xlsx': 'analyse',
    'GET /v1/events/schema': 'codes',
    'GET /v1/explain': 'analyse',
    'GET /v1/forecasts': 'view',
    'GET /v1/index': 'analyse',
    'GET /v1/frozen/{id}': 'analyse',
    'GET /v1/notebooks': 'analyse',
    'GET /v1/notebooks/{id}/paper.pdf': 'analyse',
    'GET /v1/notebooks/{id}/versions': 'analyse',
    'GET /v1/openapi.json': 'public',
    'GET /v1/operator/backup': 'operate',
    'GET /v1/operator/backup/{name}': 'operate',
    'GET /v1/operator/quarantine': 'operate',
    'GET /v1/operator/quarantine/{id}': 'operate',
    'GET /v1/people': 'administer',
    'GET /v1/portals': 'administer',
    'GET /v1/query': 'analyse',
    'GET /v1/scenes': 'view',
    'GET /v1/scenes/{id}/versions': 'administer',
    'GET /v1/screen/program': 'view',
    'GET /v1/screens': 'administer',
    'GET /v1/wall/on-time': 'view',
    'GET /v1/wall/waiting': 'view',
    'GET /v1/wall/tasks': 'view',
    'GET /v1/wall/index': 'view',
    'GET /v1/wall/essential': 'view',
    'GET /v1/wall/leaders': 'view',
    'GET /v1/walls': 'administer',
    'GET /v1/walls/{id}/versions': 'administer',
    'POST /v1/scenes': 'administer',
    'POST /v1/scenes/{id}': 'administer',
    'POST /v1/scenes/{id}/remove': 'administer',
    'POST /v1/scenes/{id}/undo': 'administer',
    'POST /v1/screen/state': 'view',
    'POST /v1/walls': 'administer',
    'POST /v1/walls/{id}': 'administer',
    'POST /v1/walls/{id}/order': 'administer',
    'POST /v1/walls/{id}/remove': 'administer',
    'POST /v1/walls/{id}/undo': 'administer',
    'GET /v1/rules': 'view',
    'GET /v1/rules.json': 'view',
    'GET /v1/rules/{id}/history': 'administer',
    'GET /v1/query.csv': 'analyse',
    'GET /v1/query.pdf': 'analyse',
    'GET /v1/query.xlsx': 'analyse',
    'GET /v1/session': 'public',
    'GET /v1/session/provider/callback': 'public',
    'GET /v1/shown': 'view',
    'GET /v1/shown/since': 'view',
    'GET /v1/snapshot': 'view',
    'GET /v1/views': 'analyse',
    'GET /v1/views/{id}/versions': 'analyse',
    'POST /v1/account/password': 'self',
    'POST /v1/account/sessions/{id}/end': 'self',
    'POST /v1/account/tokens': 'self',
    'POST /v1/account/tokens/{id}/revoke': 'self',
    'POST /v1/audit/verify': 'administer',
    'POST /v1/annotations': 'analyse',
    'POST /v1/annotations/{id}': 'analyse',
    'POST /v1/annotations/{id}/remove': 'analyse',
    'POST /v1/annotations/{id}/undo': 'analyse',
    'POST /v1/alerts/{id}/acknowledge': 'answer',
    'POST /v1/alerts/{id}/answer': 'answer',
    'POST /v1/directives': 'direct',
    'POST /v1/tasks': 'direct',
    'POST /v1/tasks/imports/{id}/undo': 'direct',
    'POST /v1/briefing-schedule': 'analyse',
    'POST /v1/services-board/{id}': 'answer',
    'POST /v1/good-models': 'direct',
    'POST /v1/good-models/{id}/remove': 'direct',
    'POST /v1/good-models/{id}/undo': 'direct',
    'POST /v1/services-board/{id}/undo': 'answer',
    'POST /v1/directives/{id}': 'direct',
    'POST /v1/directives/{id}/answer': 'answer',
    'POST /v1/directives/{id}/confirm': 'direct',
    'POST /v1/directives/{id}/send-back': 'direct',
    'POST /v1/directives/{id}/undo': 'direct',
    'POST /v1/directives/{id}/withdraw': 'direct',
    'POST /v1/events': 'submit',
    'POST /v1/frozen': 'analyse',
    'POST /v1/notebooks': 'analyse',
    'POST /v1/notebooks/{id}': 'analyse',
    'POST /v1/notebooks/{id}/remove': 'analyse',
    'POST /v1/notebooks/{id}/undo': 'analyse',
    'POST /v1/operator/backup': 'operate',
    'POST /v1/operator/quarantine/close': 'operate',
    'POST /v1/operator/quarantine/delete': 'operate',
    'POST /v1/operator/quarantine/reopen': 'operate',
    'POST /v1/operator/quarantine/replay': 'operate',
    'POST /v1/operator/set-up': 'operate',
    'POST /v1/people': 'administer',
    'POST /v1/people/{id}': 'administer',
    'POST /v1/people/{id}/invite': 'administer',
    'POST /v1/people/{id}/sign-out': 'administer',
    'POST /v1/people/{id}/undo': 'administer',
    'POST /v1/screen/code': 'public',
    'POST /v1/screen/renew': 'public',
    'POST /v1/screens': 'administer',
    'POST /v1/screens/{id}': 'administer',
    'POST /v1/screens/{id}/revoke': 'administer',
    'POST /v1/screens/{id}/undo': 'administer',
    'POST /v1/portals/keys': 'administer',
    'POST /v1/portals/keys/{id}': 'administer',
    'POST /v1/portals/keys/{id}/restore': 'administer',
    'POST /v1/portals/keys/{id}/revoke': 'administer',
    'GET /v1/deliveries': 'administer',
    'GET /v1/receivers': 'administer',
    'GET /v1/receivers/{id}/versions': 'administer',
    'GET /v1/routing': 'administer',
    'GET /v1/routing/versions': 'administer',
    'GET /v1/rosters': 'administer',
    'GET /v1/silences': 'administer',
    'POST /v1/deliveries/{id}/again': 'administer',
    'POST /v1/receivers': 'administer',
    'POST /v1/receivers/{id}': 'administer',
    'POST /v1/receivers/{id}/remove': 'administer',
    'POST /v1/receivers/{id}/secret': 'administer',
    'POST /v1/receivers/{id}/test': 'administer',
    'POST /v1/receivers/{id}/undo': 'administer',
    'POST /v1/rosters': 'administer',
    'POST /v1/rosters/{id}': 'administer',
    'POST /v1/rosters/{id}/remove': 'administer',
    'POST /v1/rosters/{id}/undo': 'administer',
    'POST /v1/routing': 'administer',
    'POST /v1/routing/undo': 'administer',
    'POST /v1/silences': 'administer',
    'POST /v1/silences/preview': 'administer',
    'POST /v1/silences/{id}/end': 'administer',
    'POST /v1/rules': 'administer',
    'POST /v1/rules/backtest': 'view',
    'POST /v1/rules/import': 'administer',
    'POST /v1/rules/{id}': 'administer',
    'POST /v1/rules/{id}/remove': 'administer',
    'POST /v1/rules/{id}/undo': 'administer',
    'POST /v1/session/accept': 'public',
    'POST /v1/session/invitation': 'public',
    'POST /v1/session/look': 'public',
    'POST /v1/session/provider': 'public',
    'POST /v1/session/sign-in': 'public',
    'POST /v1/session/sign-out': 'public',
    'POST /v1/views': 'analyse',
    'POST /v1/views/{id}': 'analyse',
    'POST /v1/views/{id}/remove': 'analyse',
    'POST /v1/views/{id}/undo': 'analyse',
  });
});

describe('every route', () => {
  it('that wants a key or a token refuses whoever has none, a wrong one, or one of the other kind', async () => {
    const closed = api.operations.filter((it) => it['x-right'] === 'operate' || it['x-right'] === 'submit');
    expect(closed.length).toBeGreaterThan(7);
    const all = await credentials();
    for (const operation of closed)
      for (const authorization of [
        '',
        'Bearer wrong',
        'Basic b3BlcmF0b3I6',
        ...Object.entries(all).flatMap(([name, value]) => (name === schemeOf(operation) ? [] : [value])),
      ]) {
        const response = await ask(operation, { headers: { authorization }, query: '?nonsense=1', body: undefined });
        expect([nameOf(operation), response.status]).toEqual([nameOf(operation), 401]);
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
        expect(await api.wrong(operation, response)).toBeUndefined();
      }
  });

  it('that is open refuses a Host that is not the room', async () => {
    const open = api.operations.filter((it) => schemeOf(it) === undefined);
    expect(open.length).toBeGreaterThan(6);
    for (const { method, path } of open)
      expect([path, await statusOf(path, { host: 'evil.example' }, method)]).toEqual([path, 421]);
  });

  it('answers input that it does not take with a 400 that names it', { timeout: 180_000 }, async () => {
    let tried = 0;
    const refused = async (operation: Operation, request: Request, name: string): Promise<void> => {
      const response = await ask(operation, request);
      expect(await api.wrong(operation, response.clone())).toBeUndefined();
      const { status, reason } = await refusalOf(response);
      expect([nameOf(operation), request, status, reason]).toEqual([
        nameOf(operation),
        request,
        400,
        expect.stringContaining(name),
      ]);
      tried++;
    };
    for (const operation of api.operations) {
      // Of people, as its right: test/server/evidence-files.
      const queried =
        operation['x-right'] === 'answer' ? [] : (operation.parameters ?? []).filter((it) => it.in === 'query');
      for (const name of queried.length === 0 ? [] : ['nonsense', '__proto__', 'constructor'])
        await refused(operation, { query: `?${name}=1` }, name);
      for (const { name, schema } of queried) {
        await refused(operation, { query: `?${name}=a&${name}=b` }, name);
        if (schema.enum !== undefined || schema.format !== undefined)
          for (const value of ['', 'nonsense', '__proto__'])
            await refused(operation, { query: `?${name}=${value}` }, name);
        if (schema.maxLength !== undefined)
          await refused(operation, { query: `?${name}=${'x'.repeat(schema.maxLength + 1)}` }, name);
      }
      if (!readsBody(operation) || operation['x-right'] === 'submit' || isOfPeople(operation)) continue;
      const { properties = {} } = operation.requestBody?.content['application/json']?.schema ?? {};
      await refused(operation, { body: { nonsense: 1 } }, 'nonsense');
      await refused(operation, { body: [] }, 'expected object');
      for (const name of Object.keys(properties)) await refused(operation, { body: { [name]: { deep: 7 } } }, name);
    }
    expect(tried).toBeGreaterThan(40);
  });

  it('answers what its row says', async () => {
    const { cases } = (await (await ask(operationOf('GET /v1/operator/quarantine'), {})).json()) as {
      cases: { quarantineId: string }[];
    };
    const good: Record<string, Request> = {
      'GET /metrics': {},
      'POST /mcp': {
        body: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
        headers: { accept: 'application/json, text/event-stream' },
      },
      'GET /v1/alerts': { query: '?which=ended' },
      'GET /v1/alerts/{id}': { params: { id: CASE } },
      'GET /v1/alerts/{id}/curve': { params: { id: CASE } },
      'GET /v1/alerts/{id}/drivers': { params: { id: CASE } },
      'GET /v1/alerts/{id}/earlier': { params: { id: CASE } },
      'GET /v1/directives': { query: '?which=settled' },
      'GET /v1/services-board': { query: '?from=2026-03-01&to=2026-03-10' },
      'GET /v1/services-board.csv': { query: '?lang=en' },
      'GET /v1/leaders': { query: '?period=2026-03&units=agency' },
      'GET /v1/briefing-schedule': {},
      'GET /v1/tasks': { query: '?since=2026-03-01' },
      'GET /v1/tasks/imports': {},
      'GET /v1/tasks/history': { query: '?from=2026-03-01&to=2026-03-02' },
      'GET /v1/tasks/history.csv': { query: '?from=2026-03-01&to=2026-03-02' },
      'GET /v1/directives/{id}': { params: { id: CASE } },
      'GET /v1/response-times': { query: '?by=province' },
      'GET /v1/response-times.csv': { query: '?lang=en' },
      'GET /v1/links': { query: '?from=2026-03-01&to=2026-03-10' },
      'GET /v1/indicators.csv': { query: '?lang=en' },
      'GET /v1/links.csv': { query: '?lang=en' },
      'GET /v1/links/{id}': { params: { id: 'population.MOJ' } },
      'GET /v1/ringing': {},
      'GET /v1/audit': { query: '?action=portal_key.created&from=2020-01-01T00:00:00%2B07:00&before=1000' },
      'GET /v1/audit/chain': {},
      'POST /v1/audit/verify': { body: {} },
      'GET /v1/portals': {},
      'POST /v1/portals/keys': { body: { source: NATIONAL, name: 'walk', rate: 5, expiresAt: Date.now() + 60_000 } },
      'POST /v1/portals/keys/{id}': { body: { name: 'walk' } },
      'POST /v1/portals/keys/{id}/restore': { body: {} },
      'POST /v1/portals/keys/{id}/revoke': { body: { why: 'it walked' } },
      'GET /v1/calibration': {},
      'GET /v1/catalogue': {},
      'GET /v1/catalogue/insets': {},
      'GET /v1/catalogue/map': {},
      'GET /v1/events/schema': {},
      'GET /v1/explain': {
        query: '?from=2026-03-01&to=2026-03-10&measure=shareOnline&compare=previous&top=3&by=province,channel',
      },
      'GET /v1/evidence': {
        query: '?from=2026-03-01&to=2026-03-10&measure=submitted&split=province&key=34-01&limit=5',
      },
      'GET /v1/evidence/rate': { query: '?at=1772000000000' },
      'GET /v1/evidence.csv': { query: '?from=2026-03-01&to=2026-03-10&measure=submitted&split=province&key=34-01' },
      'GET /v1/evidence.xlsx': { query: '?from=2026-03-01&to=2026-03-10&measure=shareOnline&lang=en' },
      // What was foreseen is asked for where something was: test/server/forecasting.test.ts.
      'GET /v1/forecasts': { query: '?dim=province&code=01&metric=late&grain=day' },
      'GET /v1/evidence/expected': { query: '?dim=province&code=01&metric=late&grain=day' },
      'GET /v1/index': { query: '?period=2026-03&units=agency' },
      'GET /v1/openapi.json': {},
      'GET /v1/operator/quarantine': { query: '?code=unknown_code&all=true' },
      'GET /v1/operator/quarantine/{id}': { params: { id: cases[0]?.quarantineId ?? '' } },
      'GET /v1/query': {
        query: '?from=2026-03-01&to=2026-03-10&grain=day&split=province,channel&agency=MPS&compare=previous',
      },
      'GET /v1/deliveries': {},
      'GET /v1/ledger': { query: '?which=told&before=7' },
      'GET /v1/receivers': {},
      'GET /v1/receivers/{id}/versions': { params: { id: 'nobody' } },
      'GET /v1/routing': {},
      'GET /v1/routing/versions': {},
      'GET /v1/rosters': {},
      'GET /v1/silences': {},
      'GET /v1/rules': {},
      'GET /v1/rules.json': {},
      'POST /v1/rules/backtest': { body: { rule: { over: { dim: 'source' }, when: { kind: 'silent' } }, days: 7 } },
      'GET /v1/rules/{id}/history': { params: { id: 'SRC-01' } },
      'GET /v1/query.csv': {
        query: '?from=2026-03-01&to=2026-03-10&grain=day&split=province&compare=previous&lang=en',
      },
      'GET /v1/query.pdf': {
        query: '?from=2026-03-01&to=2026-03-10&grain=day&split=province&compare=previous&lang=en',
      },
      'GET /v1/query.xlsx': { query: '?from=2026-03-01&to=2026-03-10&split=province' },
      'GET /v1/session': {},
      'GET /v1/session/provider/callback': {},
      // Nothing is kept so soon: test/web/pages/shown.test.ts.
      'GET /v1/shown': { query: '?at=0' },
      'GET /v1/shown/since': { query: `?at=${Date.now()}&scene=waiting` },
      'GET /v1/snapshot': {},
      'POST /v1/events': { body: [submission('good'), submission('bad', { count: 'many' })] },
      'POST /v1/operator/backup': { body: { name: 'walk' } },
      'GET /v1/operator/backup': {},
      'GET /v1/operator/backup/{name}': { params: { name: 'walk' } },
      'POST /v1/operator/quarantine/replay': { body: { code: 'unknown_code', all: true } },
      'POST /v1/operator/quarantine/close': { body: { code: 'unknown_code', why: 'walk' } },
      'POST /v1/operator/quarantine/reopen': { body: { code: 'unknown_code' } },
      'POST /v1/operator/quarantine/delete': { body: { code: 'unknown_code', all: true, why: 'walk' } },
      'POST /v1/operator/set-up': { body: {} },
      'GET /v1/scenes': {},
      'GET /v1/scenes/{id}/versions': { params: { id: 'ministries' } },
      'GET /v1/screen/program': { query: '?wall=main' },
      'GET /v1/wall/on-time': { query: '?by=agency&days=30' },
      'GET /v1/wall/waiting': { query: '?by=province' },
      'GET /v1/wall/tasks': {},
      'GET /v1/wall/index': { query: '?by=agency&span=month' },
      'GET /v1/wall/essential': {},
      'GET /v1/wall/leaders': { query: '?by=province&measure=shareOnline' },
      'GET /v1/walls': {},
      'GET /v1/walls/{id}/versions': { params: { id: 'main' } },
      'POST /v1/screen/state': { body: { state: SCREEN_STATE } },
      'POST /v1/screen/code': { body: {} },
      'POST /v1/screen/renew': { body: {} },
      'POST /v1/session/accept': { body: { token: 'none', password: 'long enough it is' } },
      'POST /v1/session/invitation': { body: { token: 'none' } },
      'POST /v1/session/look': { body: {} },
      'POST /v1/session/provider': { body: { query: 'lang=en' } },
      'POST /v1/session/sign-in': { body: { id: 'nobody', password: 'none' } },
      'POST /v1/session/sign-out': { body: {} },
      'GET /v1/frozen/{id}': {},
      'POST /v1/frozen': { body: { question: VIEW.question } },
      'GET /v1/notebooks': {},
      'GET /v1/notebooks/{id}/paper.pdf': {},
      'GET /v1/notebooks/{id}/versions': {},
      'POST /v1/notebooks': { body: { body: NOTEBOOK } },
      'POST /v1/notebooks/{id}': { body: { version: 1, body: NOTEBOOK } },
      'POST /v1/notebooks/{id}/remove': { body: { version: 1 } },
      'POST /v1/notebooks/{id}/undo': { body: { version: 1 } },
      'GET /v1/annotations': {},
      'GET /v1/annotations/{id}/versions': {},
      'POST /v1/annotations': { body: { body: ANNOTATION } },
      'POST /v1/annotations/{id}': { body: { version: 1, body: ANNOTATION } },
      'POST /v1/annotations/{id}/remove': { body: { version: 1 } },
      'POST /v1/annotations/{id}/undo': { body: { version: 1 } },
      'GET /v1/indicators': { query: '?at=2026-03-10T03:00:00Z' },
      'GET /v1/indicators/{id}': { params: { id: 'EID-ACCOUNTS' } },
      'GET /v1/evidence-files/{id}': {},
      'GET /v1/briefings': {},
      'GET /v1/briefings/{id}': {},
      'GET /v1/briefings/{id}/paper.pdf': { query: '?lang=en' },
      'GET /v1/views': {},
      'GET /v1/views/{id}/versions': {},
      'POST /v1/views': { body: { body: VIEW } },
      'POST /v1/views/{id}': { body: { version: 1, body: VIEW } },
      'POST /v1/views/{id}/remove': { body: { version: 1 } },
      'POST /v1/views/{id}/undo': { body: { version: 1 } },
    };
    // Of what there is not yet.
    const refused: Record<string, string> = {
      'GET /v1/alerts/{id}': '404',
      'GET /v1/alerts/{id}/curve': '404',
      'GET /v1/alerts/{id}/drivers': '404',
      'GET /v1/alerts/{id}/earlier': '404',
      'GET /v1/briefings/{id}': '404',
      'GET /v1/briefings/{id}/paper.pdf': '404',
      'GET /v1/directives/{id}': '404',
      'GET /v1/evidence-files/{id}': '404',
      'GET /v1/receivers/{id}/versions': '404',
      'GET /v1/forecasts': '404',
      'GET /v1/evidence/expected': '404',
      'GET /v1/shown': '404',
      // A room with one: test/web/pages/provider.test.ts.
      'GET /v1/session/provider/callback': '404',
      'POST /v1/session/provider': '404',
      'POST /v1/portals/keys/{id}': '404',
      'POST /v1/portals/keys/{id}/restore': '409',
      'POST /v1/portals/keys/{id}/revoke': '404',
      'POST /v1/session/accept': '404',
      'POST /v1/session/invitation': '404',
      'POST /v1/session/sign-in': '401',
      'GET /v1/frozen/{id}': '404',
      'GET /v1/notebooks/{id}/paper.pdf': '404',
      'GET /v1/notebooks/{id}/versions': '404',
      'GET /v1/annotations/{id}/versions': '404',
      'GET /v1/views/{id}/versions': '404',
      // Of people: test/server/kept/kept.test.ts.
      'POST /v1/frozen': '401',
      'POST /v1/notebooks': '401',
      'POST /v1/notebooks/{id}': '401',
      'POST /v1/notebooks/{id}/remove': '401',
      'POST /v1/notebooks/{id}/undo': '401',
      'POST /v1/annotations': '401',
      'POST /v1/annotations/{id}': '401',
      'POST /v1/annotations/{id}/remove': '401',
      'POST /v1/annotations/{id}/undo': '401',
      'POST /v1/views': '401',
      'POST /v1/views/{id}': '401',
      'POST /v1/views/{id}/remove': '401',
      'POST /v1/views/{id}/undo': '401',
    };
    expect(Object.keys(good).sort()).toEqual(
      api.operations
        .filter((it) => !isOfPeople(it))
        .map(nameOf)
        .sort(),
    );
    for (const [name, request] of Object.entries(good)) {
      const operation = operationOf(name);
      const response = await ask(operation, request);
      const expected = refused[name] ?? Object.keys(operation.responses)[0];
      expect([name, String(response.status)]).toEqual([name, expected]);
      expect(await api.wrong(operation, response)).toBeUndefined();
    }
    const past = await ask(operationOf('GET /v1/snapshot'), { query: '?day=2026-03-10' });
    expect(await api.wrong(operationOf('GET /v1/snapshot'), past)).toBeUndefined();
  });

  it('answers whatever it is asked as the document says', { timeout: 120_000 }, async () => {
    const text = fc.oneof(
      fc.constantFrom(
        '',
        'now',
        'all',
        'province',
        '01',
        '34-01',
        'late',
        'day',
        'true',
        '2026-03-10',
        '__proto__',
        '%',
      ),
      fc.string({ maxLength: 30 }),
    );
    const asked = api.operations.flatMap((operation) => {
      const queried = (operation.parameters ?? []).filter((it) => it.in === 'query').map(({ name }) => name);
      return queried.length === 0 ? [] : [{ operation, queried }];
    });
    expect(asked.length).toBeGreaterThan(2);
    for (const { operation, queried } of asked)
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.constantFrom(...queried, 'other'), text), { maxLength: 4 }),
          async (query) => {
            const response = await ask(operation, { query: `?${new URLSearchParams(query)}` });
            expect(response.status).not.toBe(500);
            expect(await api.wrong(operation, response)).toBeUndefined();
          },
        ),
        { numRuns: 20 },
      );
  });
});

const operationOf = (name: string): Operation => {
  const found = api.operations.find((it) => nameOf(it) === name);
  if (found === undefined) throw new Error(`there is no route ${name}`);
  return found;
};

describe('a snapshot', () => {
  const asked = async (query: string): Promise<Response> => fetch(`${room.url}/v1/snapshot?${query}`);
  const roomFor = async (query: string): Promise<unknown> =>
    ((await (await asked(query)).json()) as { room: string }).room;

  it.each([
    ['', 'now'],
    ['room=now', 'now'],
    ['day=2026-03-10', 'past:2026-03-10:2026-03-10'],
    ['from=2026-03-10', 'past:2026-03-10:2026-03-10'],
    ['from=2026-03-01&to=2026-03-31', 'past:2026-03-01:2026-03-31'],
    ['room=past:2026-03-01:2026-03-31', 'past:2026-03-01:2026-03-31'],
  ])('of ?%s is that of %s', async (query, name) => {
    expect(await roomFor(query)).toBe(name);
  });

  it.each([
    ['to=2026-03-10', 'to'],
    ['from=2026-03-10&to=2026-03-09', 'to'],
    ['day=2026-02-30', 'day'],
    ['day=yesterday', 'day'],
    ['from=1.3.2026', 'from'],
    ['room=now&day=2026-03-10', 'give room, or day'],
    ['day=2026-03-10&from=2026-03-10', 'give room, or day'],
    ['room=now&room=now', 'room is given once'],
    ['dya=2026-03-10', 'dya'],
  ])('of ?%s is refused, and the reason names %s', async (query, name) => {
    const told = await refusalOf(await asked(query));
    expect(told).toEqual({ status: 400, code: 'bad_request', reason: expect.stringContaining(name) });
  });

  it('of a period that is too long is none', async () => {
    expect(await refusalOf(await asked('from=2020-01-01&to=2026-01-01'))).toMatchObject({
      status: 404,
      code: 'no_such_room',
      reason: expect.stringContaining('at most 800') as string,
      numbers: { days: 2_193, most: 800 },
    });
  });
});

it('what changes with a release only is not sent again to whoever has it', async () => {
  for (const path of ['/v1/catalogue', '/v1/catalogue/map', '/v1/events/schema', '/v1/openapi.json']) {
    const first = await fetch(`${room.url}${path}`);
    const etag = first.headers.get('etag') ?? '';
    expect([path, etag]).toEqual([path, expect.stringMatching(/^W\/"[\w-]{22}"$/)]);
    expect([path, await statusOf(path, { 'if-none-match': etag })]).toEqual([path, 304]);
  }
  expect((await fetch(`${room.url}/v1/snapshot`)).headers.get('cache-control')).toBe('no-store');
});

it.each([
  ['/v1/snapshots', 404, 'not_found'],
  ['/v1/operator/nothing', 404, 'not_found'],
])('what is not in the table is not there: %s', async (path, status, code) => {
  expect(await refusalOf(await fetch(`${room.url}${path}`))).toMatchObject({ status, code });
});
