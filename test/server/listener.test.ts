import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { listen } from '@room/operations';
import { expect, it } from 'vitest';
import { VISITOR } from '../../server/src/access/principal.ts';
import { HttpListener, letTakeTime } from '../../server/src/listener.ts';
import { Sockets } from '../../server/src/live/sockets.ts';

interface Answer {
  status: number | undefined;
  connection: string | undefined;
  body: string;
}

const nobody = (): never => {
  throw new Error('nobody joins');
};

/** A listener whose answers wait until they are let go, and how to ask it over a connection that is kept. */
async function listening() {
  const listener = new HttpListener({ answers: () => false });
  const url = await listen(listener.http, { host: '127.0.0.1', port: 0, setting: 'PORT' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request(url, { agent }, async (response) => {
        let body = '';
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode, connection: response.headers.connection, body });
      });
      asked.on('error', reject).end();
    });
  return { listener, url, ask, [Symbol.dispose]: () => agent.destroy() };
}

/** A WebSocket that was opened, and whose owner says nothing any more. */
async function freeze(port: number, host: string) {
  const socket = connect({ port, host });
  socket.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString()).toMatch(/^HTTP\/1.1 101 /);
  let isClosed = false;
  socket
    .on('error', () => undefined)
    .once('close', () => {
      isClosed = true;
    });
  return {
    get isClosed() {
      return isClosed;
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

it('answers that the room is starting, until it serves', async () => {
  using it = await listening();
  await using listener = it.listener;
  expect(await it.ask()).toMatchObject({ status: 503, body: expect.stringContaining('starting') });
  listener.open((_request, response) => response.end('served'));
  expect(await it.ask()).toMatchObject({ status: 200, body: 'served', connection: 'keep-alive' });
});

it('keeps a connection for longer than proxies do, and says for how long', async () => {
  using room = await listening();
  await using listener = room.listener;
  listener.open((_request, response) => response.end('served'));
  const response = await fetch(room.url);
  await response.text();
  expect(response.headers.get('keep-alive')).toBe(`timeout=${listener.http.keepAliveTimeout / 1_000}`);
  expect(listener.http.keepAliveTimeout).toBeGreaterThan(60_000);
});

it('answers who asks for a socket before there are any', async () => {
  using it = await listening();
  await using _listener = it.listener;
  const { port, hostname } = new URL(it.url);
  const wall = connect(Number(port), hostname);
  wall.end(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  );
  let answer = '';
  for await (const chunk of wall) answer += chunk;
  expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*retry-after: 1[\s\S]*"starting"/);
});

it.each([
  ['a request without a Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a request with two Hosts', 'GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n', 400],
  ['an expectation that is not known', 'POST / HTTP/1.1\r\nhost: x\r\nexpect: gold\r\ncontent-length: 0\r\n\r\n', 417],
])('says why it refuses %s', async (_, request, status) => {
  using it = await listening();
  await using _listener = it.listener;
  const { port, hostname } = new URL(it.url);
  const sender = connect(Number(port), hostname);
  sender.write(request);
  const [answer] = (await once(sender, 'data')) as [Buffer];
  sender.destroy();
  expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*"code":"bad_request","reason":"`));
});

it('answers a request that offers to speak something else as any other, and the next one of its connection', async () => {
  using it = await listening();
  const { http } = it.listener;
  await using listener = it.listener;
  await using _sockets = new Sockets({ http, build: '', find: nobody, open: nobody, admit: async () => VISITOR });
  listener.open(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const { connection, upgrade, 'x-said': said } = incoming.headers;
    response.end(JSON.stringify({ method: incoming.method, url: incoming.url, connection, upgrade, said, body }));
  });
  const { port, hostname } = new URL(it.url);
  const sender = connect(Number(port), hostname);
  const answers = sender.setEncoding('utf8')[Symbol.asyncIterator]();
  const next = async (end: string) => {
    let answer = '';
    while (!answer.endsWith(end)) answer += (await answers.next()).value;
    return answer;
  };
  const head = 'POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Said: \xe9\r\nConnection: Upgrade, HTTP2-Settings\r\n';
  for (const offer of ['h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA', 'websocket', 'TLS/1.0']) {
    sender.write(`${head}Upgrade: ${offer}\r\nContent-Length: 6\r\n\r\nbo`, 'latin1');
    setTimeout(() => sender.write('dyes'), 20);
    const answer = await next('"bodyes"}');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toEqual({
      method: 'POST',
      url: '/v1/events',
      connection: '',
      said: '\xe9',
      body: 'bodyes',
    });
  }
  sender.write(
    'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  );
  expect(await next('}')).toMatch(/^HTTP\/1.1 200 [\s\S]*"sid":/);
  sender.destroy();
});

it('ends although a viewer froze', { timeout: 10_000 }, async () => {
  using it = await listening();
  const { http } = it.listener;
  const sockets = new Sockets({ http, build: '', find: nobody, open: nobody, admit: async () => VISITOR });
  const { port, hostname } = new URL(it.url);
  using frozen = await freeze(Number(port), hostname);
  await sockets[Symbol.asyncDispose]();
  await it.listener[Symbol.asyncDispose]();
  await expect.poll(() => frozen.isClosed).toBe(true);
});

it('answers what is under way when it is drained, and then takes nothing more', async () => {
  using it = await listening();
  await using listener = it.listener;
  const arrived = new Promise<() => void>((resolve) => {
    listener.open((_request, response) => resolve(() => response.end('late')));
  });
  const answer = it.ask();
  const finish = await arrived;
  let isDrained = false;
  const drained = listener.drain().then(() => {
    isDrained = true;
  });
  await expect(fetch(it.url)).rejects.toThrow();
  expect(isDrained).toBe(false);
  finish();
  expect(await answer).toEqual({ status: 200, connection: 'close', body: 'late' });
  await drained;
  await expect(it.ask()).rejects.toThrow('ECONNREFUSED');
});

it('answers the requests of a connection one after the other', async () => {
  using it = await listening();
  await using listener = it.listener;
  const finish: (() => void)[] = [];
  const asked: (string | undefined)[] = [];
  listener.open(({ url }, response) => {
    asked.push(url);
    finish.push(() => response.end(url));
  });
  const { port, hostname } = new URL(it.url);
  const eager = connect(Number(port), hostname).setEncoding('latin1');
  let answers = '';
  eager.on('data', (more: string) => {
    answers += more;
  });
  eager.write(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(''));
  for (const path of ['/1', '/2', '/3']) {
    await expect.poll(() => asked.at(-1)).toBe(path);
    finish.at(-1)?.();
    await expect.poll(() => answers).toContain(`\r\n\r\n${path}`);
  }
  expect(asked).toEqual(['/1', '/2', '/3']);
  eager.destroy();
});

it('does not wait for ever for a sender that does not finish', async () => {
  using it = await listening();
  const { listener } = it;
  listener.open((incoming, response) => void incoming.resume().on('end', () => response.end()));
  const { port, hostname } = new URL(it.url);
  const slow = connect(Number(port), hostname);
  slow.on('error', () => undefined);
  slow.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf');
  await once(listener.http, 'request');
  const cut = once(slow, 'close');
  await listener.drain();
  await listener[Symbol.asyncDispose]();
  await cut;
});

it('ends a body that is not there in time, but one that its route lets take longer', { timeout: 20_000 }, async () => {
  await using listener = new HttpListener({ answers: () => false, bounds: { requestMs: 200, longestMs: 15_000 } });
  const url = await listen(listener.http, { host: '127.0.0.1', port: 0, setting: 'PORT' });
  listener.open((request, response) => {
    if (request.url === '/long') letTakeTime(request, 12_000);
    request.resume().once('end', () => response.end('whole'));
  });
  const send = (path: string) => {
    const asked = request(`${url}${path}`, { method: 'POST', headers: { 'content-length': 2 } });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      asked.on('error', reject).on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
    });
    asked.write('a');
    return { asked, answered };
  };
  const [long, short] = [send('/long'), send('/short')];
  expect(await short.answered).toBe(408);
  // Later than the bound of all.
  long.asked.end('b');
  expect(await long.answered).toBe(200);
});
