/** The room with a certificate of its own: pages, sockets and cookies by TLS, and a certificate that changes under it. */
import { X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { Session } from '@room/contract';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { type CertificateAndKey, certificateFor } from '../harness/certificate.ts';
import { childEnv } from '../harness/config.ts';
import { orSkip } from '../harness/need.ts';
import { freePort, run } from '../harness/process.ts';
import { ROOT } from '../harness/program.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';

const WAIT = { timeout: 20_000, interval: 100 };
const PASSWORD = 'correct horse battery';

let folder: Awaited<ReturnType<typeof tempDir>>;
let first: CertificateAndKey;
let room: Room;
const file = (name: string): string => join(folder.path, name);
/** As whoever renews certificates does it. */
async function put(name: string, text: string): Promise<void> {
  await writeFile(file(`${name}.new`), text);
  await rename(file(`${name}.new`), file(name));
}
beforeAll(async () => {
  folder = await tempDir('tls');
  first = await certificateFor('127.0.0.1');
  await put('certificate.pem', first.certificate);
  await put('key.pem', first.key);
  room = await startRoom({ env: { TLS_CERT: file('certificate.pem'), TLS_KEY: file('key.pem'), VISITORS: 'nothing' } });
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

interface Got {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
  serial: string;
}
const fetched = (path: string, ca: string, base = room.url): Promise<Got> =>
  new Promise((resolve, reject) => {
    get(`${base}${path}`, { ca, agent: false }, (response) => {
      const { serialNumber: serial } = (response.socket as TLSSocket).getPeerCertificate();
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.once('end', () => resolve({ status: response.statusCode, headers: response.headers, body, serial }));
    }).once('error', reject);
  });

it('serves whoever trusts its certificate, and nobody in the clear', async () => {
  expect(room.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(room.logs()).toMatch(/\s+https:\/\/127\.0\.0\.1:\d+\/sign-in#invitation=/);
  const { status, headers } = await fetched('/v1/session', first.certificate);
  expect([status, headers['strict-transport-security']]).toEqual([200, undefined]);
  await expect(fetched('/v1/session', (await certificateFor('127.0.0.1')).certificate)).rejects.toThrow(/certificate/);
  const answered = await new Promise<string>((resolve) => {
    let text = '';
    const socket = createConnection(Number(new URL(room.url).port), '127.0.0.1', () =>
      socket.write('GET /v1/session HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'),
    );
    socket.setEncoding('latin1').on('data', (data: string) => {
      text += data;
    });
    socket.once('error', () => undefined).once('close', () => resolve(text));
  });
  expect(answered).not.toContain('HTTP/1.1');
});

it('the question of the image whether it is alive speaks what the room speaks', async () => {
  const check =
    /HEALTHCHECK[\s\S]*?CMD (\[.*\])/.exec(await readFile(join(ROOT, 'server', 'Dockerfile'), 'utf8'))?.[1] ?? '[]';
  const [program = '', ...args] = (JSON.parse(check) as string[]).map((word) => word.replace(/^\/room\//, `${ROOT}/`));
  const alive = (env: Record<string, string>): Promise<number | null> =>
    run(program, args, { env: childEnv(env) }).then(({ code }) => code);
  const PORT = new URL(room.url).port;
  expect(await alive({ PORT, TLS_CERT: file('certificate.pem') })).toBe(0);
  // In the clear there is no answer.
  expect(await alive({ PORT })).toBe(1);
  expect(await alive({ PORT: String(await freePort()), TLS_CERT: file('certificate.pem') })).toBe(1);
  await using plain = await startRoom();
  expect(await alive({ PORT: new URL(plain.url).port })).toBe(0);
});

it('measures how long its certificate is good', async () => {
  const { body } = await new Promise<Got>((resolve, reject) => {
    const options = { ca: first.certificate, agent: false, headers: { authorization: `Bearer ${room.operatorToken}` } };
    get(`${room.url}/metrics`, options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.once('end', () => resolve({ status: response.statusCode, headers: {}, body, serial: '' }));
    }).once('error', reject);
  });
  const left = Number(/^room_tls_certificate_expires_seconds (\S+)$/m.exec(body)?.[1]);
  const wanted = (Date.parse(new X509Certificate(first.certificate).validTo) - Date.now()) / 1_000;
  expect(Math.abs(left - wanted)).toBeLessThan(60);
});

it('signs in, and opens its sockets, in a browser, with cookies that go by TLS alone', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using theirs = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await theirs.newPage();
  const link = /https\S+#invitation=[\w-]+/.exec(room.logs())?.[0] ?? '';
  await page.goto(link.replace('#', '?lang=en#'));
  await page.locator('input[name="name"]').fill('Lan');
  await page.locator('input[name="username"]').fill('lan');
  for (const name of ['password', 'again']) await page.locator(`input[name="${name}"]`).fill(PASSWORD);
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).pathname, WAIT).toBe('/');
  await expect.poll(() => sockets.join(), WAIT).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/socket\.io\//);
  await expect
    .poll(() => page.evaluate(async () => (await (await fetch('/v1/session')).json()) as Session), WAIT)
    .toMatchObject({ kind: 'person', id: 'lan' });
  const cookies = Object.fromEntries((await theirs.cookies()).map(({ name, ...cookie }) => [name, cookie]));
  for (const name of ['__Host-room-session', '__Host-room-device'])
    expect([name, cookies[name]]).toEqual([
      name,
      expect.objectContaining({ secure: true, httpOnly: true, sameSite: 'Strict' }),
    ]);
  const stranger = io(room.url, {
    transports: ['websocket'],
    ca: first.certificate,
    forceNew: true,
    reconnection: false,
  });
  await expect(new Promise((_, fail) => stranger.once('connect_error', fail))).rejects.toThrow();
  stranger.disconnect();
});

it('on another address has browsers come by TLS alone, and warns of nothing that passes in the clear', async () => {
  await put('open.pem', first.certificate);
  await put('open-key.pem', first.key);
  const env = { HOST: '0.0.0.0', TLS_CERT: file('open.pem'), TLS_KEY: file('open-key.pem') };
  await using open = await startRoom({ env });
  const { headers } = await fetched('/v1/session', first.certificate, open.url.replace('0.0.0.0', '127.0.0.1'));
  expect(headers['strict-transport-security']).toBe('max-age=31536000');
  expect(open.logs()).not.toContain('unencrypted');
});

it('serves a new certificate as soon as its files are there, and keeps the one before where they are no pair', async () => {
  const second = await certificateFor('127.0.0.1');
  await put('certificate.pem', second.certificate);
  await expect
    .poll(() => room.logs(), WAIT)
    .toMatch(/the certificate stays as it was: TLS_KEY is .*key\.pem, which is not the key/);
  expect((await fetched('/healthz', first.certificate)).status).toBe(200);
  await put('key.pem', second.key);
  await expect
    .poll(
      () =>
        fetched('/healthz', second.certificate).then(
          ({ status }) => status,
          () => undefined,
        ),
      WAIT,
    )
    .toBe(200);
  await put('certificate.pem', 'nothing');
  await expect
    .poll(() => room.logs(), WAIT)
    .toMatch(/stays as it was: TLS_CERT is .*certificate\.pem, which is not a certificate/);
  expect((await fetched('/healthz', second.certificate)).status).toBe(200);
});

it('does not start where they cannot be used, and says why and what to do', async () => {
  const [one, other] = [await certificateFor('127.0.0.1'), await certificateFor('127.0.0.1')];
  await put('good.pem', one.certificate);
  await put('good-key.pem', one.key);
  await put('other-key.pem', other.key);
  await put('rubbish.pem', 'rubbish');
  const refused = async (certificate: string | undefined, key: string | undefined, reason: RegExp): Promise<void> => {
    const env = {
      ...(certificate === undefined ? {} : { TLS_CERT: file(certificate) }),
      ...(key === undefined ? {} : { TLS_KEY: file(key) }),
    };
    const began = performance.now();
    await expect(startRoom({ env })).rejects.toThrow(reason);
    // Before anything of it is opened: what stores take would be said here.
    expect(performance.now() - began).toBeLessThan(20_000);
  };
  await refused('good.pem', undefined, /TLS_CERT and TLS_KEY/);
  await refused('none.pem', 'good-key.pem', /TLS_CERT is .*none\.pem, which cannot be read/);
  await refused('rubbish.pem', 'good-key.pem', /TLS_CERT is .*rubbish\.pem, which is not a certificate in PEM/);
  await refused('good.pem', 'rubbish.pem', /TLS_KEY is .*rubbish\.pem, which is not its key in PEM/);
  await refused(
    'good.pem',
    'other-key.pem',
    /TLS_KEY is .*other-key\.pem, which is not the key of the certificate .*good\.pem/,
  );
});
