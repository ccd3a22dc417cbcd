/** A page that the server gives no socket says why and what helps, in a real browser on a real room, until it gets one. */
import type { BrowserContext, Page } from 'playwright-core';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { MOST_OF_A_PERSON } from '../../server/src/live/places.ts';
import { openBrowser } from '../harness/browser.ts';
import { send, submission } from '../harness/client.ts';
import { type CookieClient, firstAdministrator } from '../harness/cookies.ts';
import { orSkip } from '../harness/need.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { violations } from './axe.ts';

const WAIT = { timeout: 40_000, interval: 100 };

let room: Room;
let administrator: CookieClient;
const opened: Socket[] = [];
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  await send(room, [submission('a', { count: 7 })]);
  for (let n = 0; n < MOST_OF_A_PERSON; n++) {
    const socket = io(room.url, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { cookie: administrator.cookie },
    });
    await new Promise((connected) => socket.once('connect', () => connected(1)));
    opened.push(socket);
  }
});
afterAll(async () => {
  for (const socket of opened) socket.disconnect();
  await room[Symbol.asyncDispose]();
});

async function open(context: BrowserContext, path: string): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const value = administrator.cookies.get('room-session') ?? '';
  await context.addCookies([{ name: 'room-session', value, url: room.url }]);
  const page = await context.newPage();
  await page.goto(`${room.url}${path}`);
  return page;
}
const why = (page: Page) => page.locator('[data-test="refused-socket"]');
const isLive = (page: Page) => page.locator('[data-test="connection"]').first().getAttribute('data-state');

it('on the wall and on pages, in both languages and in the hand, and goes on by itself once there is a place', {
  timeout: 120_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const wall = await open(await browser.newContext({ viewport: { width: 1920, height: 1080 } }), '/');
  const hand = await open(
    await browser.newContext({ viewport: { width: 390, height: 844 } }),
    '/forecasts?lang=en&theme=light',
  );
  await expect.poll(() => why(wall).textContent(), WAIT).toMatch(/quá nhiều nơi.*Hãy đóng bớt trang/);
  await expect.poll(() => why(hand).textContent(), WAIT).toMatch(/too many places.*Close some pages/);
  expect(await why(hand).getAttribute('data-code')).toBe('sockets_of_person');
  expect(await hand.getByRole('alert').count()).toBe(1);
  expect(await hand.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  for (const page of [wall, hand]) expect(await violations(page)).toEqual([]);
  for (const socket of opened.splice(0, 2)) socket.disconnect();
  for (const page of [wall, hand]) {
    await expect.poll(() => isLive(page), WAIT).toBe('live');
    expect((await why(page).textContent())?.trim()).toBe('');
  }
});
