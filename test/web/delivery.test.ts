/** What a wall loads, as it comes over the wire; and which build it is of. */
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { post, send, snapshot, submission } from '../harness/client.ts';
import { orSkip } from '../harness/need.ts';
import { type Room, startRoom } from '../harness/room.ts';

let room: Room;
let script: string;
let style: string;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [submission('first')]);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.events).toBe(1), { timeout: 20_000 });
  const page = await (await fetch(room.url)).text();
  [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
  // What pages share is a few lines, which shrink by nothing.
  [, style = ''] = /href="(\/assets\/index-[^"]+\.css)"/.exec(page) ?? [];
});
afterAll(() => room[Symbol.asyncDispose]());

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

/** As it comes: `fetch` would take the encoding away. */
const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(`${room.url}${path}`, { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(parts) }),
      );
    })
      .on('error', reject)
      .end();
  });

const DECODE = { br: brotliDecompressSync, gzip: gunzipSync } as const;

it.each(['br', 'gzip'] as const)('everything that shrinks goes out in %s, and is the same', async (encoding) => {
  for (const path of [script, style, '/v1/catalogue', '/v1/catalogue/map', '/v1/snapshot']) {
    const plain = await get(path);
    const answer = await get(path, { 'accept-encoding': encoding });
    expect([path, answer.status, answer.headers['content-encoding']]).toEqual([path, 200, encoding]);
    expect([path, answer.headers['content-type'], answer.headers.vary]).toEqual([
      path,
      plain.headers['content-type'],
      expect.stringMatching(/accept-encoding/i),
    ]);
    expect(plain.headers['content-encoding']).toBeUndefined();
    // The numbers move.
    if (path !== '/v1/snapshot') expect(DECODE[encoding](answer.bytes).equals(plain.bytes), path).toBe(true);
    expect(answer.bytes.length, path).toBeLessThan(0.7 * plain.bytes.length);
  }
});

it('the smaller encoding is taken where both are understood, and none that is refused', async () => {
  const encodingOf = async (accepted: string) =>
    (await get(script, { 'accept-encoding': accepted })).headers['content-encoding'];
  expect(await encodingOf('gzip, deflate, br, zstd')).toBe('br');
  expect(await encodingOf('gzip, br;q=0')).toBe('gzip');
  expect(await encodingOf('identity')).toBeUndefined();
  const part = await get(script, { 'accept-encoding': 'br', range: 'bytes=0-9' });
  expect([part.status, part.headers['content-encoding'], part.bytes.length]).toEqual([206, undefined, 10]);
});

it('files named by their content are kept for ever, all others are asked for and not sent again', async () => {
  expect((await get(script)).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  for (const path of ['/', '/past', '/mark.svg', '/v1/catalogue', '/v1/catalogue/map'])
    for (const encoding of ['br', 'identity']) {
      const first = await get(path, { 'accept-encoding': encoding });
      const again = await get(path, {
        'accept-encoding': encoding,
        'if-none-match': String(first.headers['etag']),
      });
      expect([path, again.status, again.bytes.length]).toEqual([path, 304, 0]);
    }
});

it('answers to portals are not compressed', async () => {
  const events = Array.from({ length: 100 }, (_, n) => submission(`p-${n}`));
  const answer = await post(room, events);
  expect([answer.status, answer.headers.get('content-encoding')]).toEqual([202, null]);
});

it('asks for the socket before fonts and outlines', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const Real = WebSocket;
    globalThis.WebSocket = class extends Real {
      constructor(...given: ConstructorParameters<typeof Real>) {
        performance.mark('socket');
        super(...given);
      }
    };
  });
  await page.goto(room.url);
  await page.locator('[data-test="connection"][data-state="live"]').waitFor({ timeout: 30_000 });
  const { socket, others } = await page.evaluate(() => ({
    socket: performance.getEntriesByName('socket')[0]?.startTime ?? Number.NaN,
    others: performance
      .getEntriesByType('resource')
      .filter(({ name }) => /woff2|catalogue\/map/.test(name))
      .map(({ startTime }) => startTime),
  }));
  expect(others.length).toBeGreaterThan(1);
  expect(socket).toBeLessThanOrEqual(Math.min(...others));
});

/** A page of a former build: the first `documents` of it that the browser is given say so. */
async function former(browser: Browser, path: string, documents: number): Promise<{ page: Page; loads: () => number }> {
  const page = await browser.newPage();
  let given = 0;
  let loads = 0;
  await page.route(`${room.url}${path}`, async (route) => {
    if (route.request().isNavigationRequest()) loads++;
    const response = await route.fetch();
    const text = await response.text();
    const body =
      given++ < documents ? text.replace(/name="build" content="\w+"/, 'name="build" content="former"') : text;
    await route.fulfill({ response, body });
  });
  await page.goto(`${room.url}${path}`);
  return { page, loads: () => loads };
}

const buildOf = (page: Page) =>
  page.evaluate(() => document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content).catch(() => undefined);

it('a wall takes a new build by itself, once it is what the server answers with', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  // The second, with which another server still answers, is of the former build too.
  const { page, loads } = await former(browser, '/?lang=en', 2);
  await expect.poll(() => buildOf(page), { timeout: 30_000 }).toMatch(/^[0-9a-f]{12}$/);
  await page.locator('[data-test="connection"][data-state="live"]').waitFor({ timeout: 30_000 });
  await page.waitForTimeout(4_000);
  expect(loads()).toBe(2);
});

it.for(['/past?lang=en', '/forecasts?lang=en'])('%s asks before it takes a new build', async (path, context) => {
  await using browser = await orSkip(context, openBrowser());
  const { page, loads } = await former(browser, path, 1);
  const reload = page.getByRole('button', { name: /new version|reload/i });
  await reload.waitFor({ timeout: 30_000 });
  await page.waitForTimeout(2_000);
  expect([loads(), await buildOf(page)]).toEqual([1, 'former']);
  await reload.click();
  await expect.poll(() => buildOf(page), { timeout: 30_000 }).toMatch(/^[0-9a-f]{12}$/);
  await page.locator('[data-test="connection"]:not([data-state="loading"])').waitFor({ timeout: 30_000 });
  expect(await reload.count()).toBe(0);
});
