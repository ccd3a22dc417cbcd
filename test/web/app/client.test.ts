/** What a page is told of a question to the server, by real answers over HTTP. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ask, RequestFailed } from '../../../web/src/app/client.ts';

let server: Server;
let answer: (response: ServerResponse, url: string) => void;

beforeEach(async () => {
  server = createServer((request, response) => answer(response, request.url ?? ''));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const real = fetch;
  // A page's addresses have no host of their own.
  vi.stubGlobal('fetch', (path: string, options: RequestInit) => real(`http://127.0.0.1:${port}${path}`, options));
});
afterEach(() => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
});

const failed = async (asked: Promise<unknown>): Promise<RequestFailed> => {
  const error = await asked.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof RequestFailed) return error;
  throw new Error(`no RequestFailed but ${error}`);
};

it('asks with its question and takes the answer as it comes', async () => {
  answer = (response, url) => response.end(JSON.stringify({ url }));
  expect(await ask('/v1/snapshot', { query: { room: 'past:2026-11-01:2026-11-19' } })).toEqual({
    url: '/v1/snapshot?room=past%3A2026-11-01%3A2026-11-19',
  });
});

it.for([
  [404, 'no_such_room', false],
  [503, 'busy', true],
  [429, 'busy', true],
] as const)('a refusal %i keeps its code and its reason', async ([status, code, canRetry]) => {
  answer = (response) => {
    response.statusCode = status;
    response.end(JSON.stringify({ error: { code, reason: 'the period has 900 days' } }));
  };
  const error = await failed(ask('/v1/calibration', {}));
  expect([error.status, error.code, error.message, error.canRetry]).toEqual([
    status,
    code,
    'the period has 900 days',
    canRetry,
  ]);
});

it('a refusal keeps what it says in numbers', async () => {
  const numbers = { days: 900, most: 800 };
  answer = (response) => {
    response.statusCode = 404;
    response.end(JSON.stringify({ error: { code: 'no_such_room', reason: 'the period has 900 days', numbers } }));
  };
  expect((await failed(ask('/v1/calibration', {}))).numbers).toEqual(numbers);
});

it('a proxy that answers in its own words is a refusal by its status', async () => {
  answer = (response) => {
    response.statusCode = 502;
    response.end('<html>Bad Gateway</html>');
  };
  const { code, canRetry } = await failed(ask('/v1/calibration', {}));
  expect([code, canRetry]).toEqual(['http_502', true]);
});

it('no answer may be asked for again; one that is not wanted any more is no failure', async () => {
  answer = (response) => response.destroy();
  const { code, status, canRetry } = await failed(ask('/v1/calibration', {}));
  expect([code, status, canRetry]).toEqual(['unreachable', undefined, true]);
  answer = () => {};
  const gone = new AbortController();
  const asked = ask('/v1/calibration', { signal: gone.signal });
  gone.abort();
  await expect(asked).rejects.toThrow(DOMException);
});
