/** The wall behind a proxy that refuses WebSockets, and on a screen whose clock is set while it shows. */
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { send, submission } from '../harness/client.ts';
import { orSkip } from '../harness/need.ts';
import { startRoom } from '../harness/room.ts';

const WAIT = { timeout: 30_000, interval: 100 };
const HOUR = 3_600_000;

const shown = (page: Page) => page.locator('[data-test="connection"]').first().getAttribute('data-state');
const total = (page: Page) => page.locator('[data-test="submitted-today"]').getAttribute('data-value');
/** What all charts of the page have painted. */
const drawn = (page: Page) =>
  page.evaluate(() => Array.from(document.querySelectorAll('canvas'), (canvas) => canvas.toDataURL()));
/** The same, once nothing moves any more. */
async function atRest(page: Page): Promise<string[]> {
  let last = await drawn(page);
  await expect
    .poll(
      async () => {
        const [before, now] = [last, await drawn(page)];
        last = now;
        return JSON.stringify(before) === JSON.stringify(now);
      },
      { timeout: 30_000, interval: 700 },
    )
    .toBe(true);
  return last;
}
const clock = (page: Page) => page.locator('[data-test="clock"]').getAttribute('datetime');

/** Passes on every request and refuses every upgrade. */
async function withoutWebSocket(room: string): Promise<Server> {
  const { hostname, port } = new URL(room);
  const proxy = createServer((asked, answer) => {
    const { url: path = '/', method, headers } = asked;
    const passed = request({ hostname, port, path, method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  proxy.on('upgrade', (_asked, socket) =>
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'),
  );
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

it('comes up and stays live where WebSockets are refused', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using room = await startRoom();
  const proxy = await withoutWebSocket(room.url);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`);
    await expect.poll(() => shown(page), WAIT).toBe('empty');
    await send(room, [submission('polled-1', { count: 7 })]);
    await expect.poll(() => total(page), WAIT).toBe('7');
    await send(room, [submission('polled-2', { count: 2 })]);
    await expect.poll(() => total(page), WAIT).toBe('9');
    expect(await shown(page)).toBe('live');
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

it("keeps the room's time when the screen's own clock is set", async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using room = await startRoom();
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const Real = Date;
    const skewed = globalThis as typeof globalThis & { skew: number };
    skewed.skew = 0;
    globalThis.Date = class extends Real {
      constructor(...given: []) {
        if (given.length === 0) super(Real.now() + skewed.skew);
        else super(...given);
      }
      static override now(): number {
        return Real.now() + skewed.skew;
      }
    } as DateConstructor;
  });
  await page.goto(room.url);
  await send(room, [submission('clock-1')]);
  await expect.poll(() => total(page), WAIT).toBe('1');
  for (const [nth, skew] of [HOUR, -HOUR, 7 * HOUR].entries()) {
    await page.evaluate((by) => {
      (globalThis as typeof globalThis & { skew: number }).skew = by;
    }, skew);
    const [before, told] = [await atRest(page), await total(page)];
    // One in the minute that runs, for the number; one in a minute that is closed, for the curve of the last hour:
    // that of the day tells nothing of an hour that has just begun.
    const closed = new Date(Date.now() - (nth + 1) * 10 * 60_000).toISOString();
    await send(room, [submission(`clock-set-${nth}`), submission(`clock-closed-${nth}`, { occurredAt: closed })]);
    await expect.poll(() => total(page), WAIT).not.toBe(told);
    await expect.poll(() => drawn(page), WAIT).not.toEqual(before);
    await expect.poll(() => shown(page), WAIT).toBe('live');
    expect(Math.abs(Date.parse((await clock(page)) ?? '') - Date.now())).toBeLessThan(10_000);
  }
  await page.evaluate((by) => {
    (globalThis as typeof globalThis & { skew: number }).skew = by;
  }, -HOUR);
  await room.kill();
  await expect.poll(() => shown(page), WAIT).toBe('disconnected');
});
