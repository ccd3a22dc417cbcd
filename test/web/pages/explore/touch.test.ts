/** The page of questions under a finger, on a screen in the hand; and what stands there while answers are awaited. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { ANSWERED, ago, asked, at, openPage, WAIT } from '../desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  const at = (id: string, days: number, count: number, province: string, channel: number) =>
    submission(id, { occurredAt: `${ago(days)}T10:00:00+07:00`, count, province, channel });
  await send(room, [
    at('t-1', 6, 60, '01', 2),
    at('t-2', 5, 30, '01', 1),
    at('t-3', 4, 10, '79', 2),
    // Before the merger, where the code was another place's.
    submission('t-4', { occurredAt: '2025-06-20T10:00:00+07:00', count: 8, province: '02', agency: 'MPS' }),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

const total = (page: Page) => page.locator(ANSWERED).first().getAttribute('data-value', { timeout: 1_000 });

it('a finger narrows by a leaderboard, drags over the curve, opens and takes from a menu, and picks a place on the map', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const held = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
  });
  const page = await held.newPage();
  await page.goto(`${room.url}/explore?lang=en&from=${ago(9)}&to=${ago(0)}`);
  await expect.poll(() => total(page), WAIT).toBe('100');

  await at(page, 'member-channel-1').tap();
  await expect.poll(() => total(page), WAIT).toBe('30');
  await page.goBack();
  await expect.poll(() => total(page), WAIT).toBe('100');

  await page.getByRole('button', { name: 'Compared with' }).tap();
  await page.getByRole('menuitemradio', { name: 'No comparison' }).tap();
  await expect.poll(() => asked(page)['compare'], WAIT).toBe('none');

  await at(page, 'map').locator('summary').tap();
  const place = page.locator('[data-test="map-drawn"] path[data-unit="34-01"]').first();
  await place.waitFor(WAIT);
  await place.tap();
  await expect.poll(() => at(page, 'map-picked').textContent(), WAIT).toMatch(/Ha Noi\s*90/);
  await at(page, 'map-only').tap();
  await expect.poll(() => total(page), WAIT).toBe('90');
  await page.goBack();
  await expect.poll(() => total(page), WAIT).toBe('100');

  const curve = at(page, 'curve');
  await curve.scrollIntoViewIfNeeded();
  const box = (await curve.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const finger = await held.newCDPSession(page);
  const y = box.y + box.height / 2;
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    finger.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + box.width * share, y }],
    });
  await touch('touchStart', 0.5);
  for (const share of [0.6, 0.7, 0.8, 0.9]) await touch('touchMove', share);
  await touch('touchEnd', 0.9);
  await expect.poll(() => page.locator('[data-test="trail"]').count(), WAIT).toBe(1);
  expect((asked(page)['from'] ?? '') > ago(9)).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

it('while an answer is awaited the old one stays, dimmed, where it was; then the new one takes its place', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, `/explore?lang=en&from=${ago(9)}&to=${ago(0)}`, { ready: ANSWERED });
  await expect.poll(() => total(page), WAIT).toBe('100');
  await at(page, 'member-channel-1').waitFor(WAIT);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/v1/query?*', async (route) => {
    await held;
    await route.continue();
  });
  const board = page.locator('[data-test="board-province"]');
  const before = await board.boundingBox();
  await at(page, 'member-channel-1').press('Enter');
  await page.locator('.whole.old').waitFor(WAIT);
  expect(await total(page)).toBe('100');
  // A filter that is now named takes a line; below the dimmed numbers nothing else moves.
  expect((await board.boundingBox())?.height).toBe(before?.height);
  release();
  await expect.poll(() => total(page), WAIT).toBe('30');
  await expect.poll(() => page.locator('.whole.old').count(), WAIT).toBe(0);
});

it('the map of the units before the merger has their numbers under their own names, and the address says which map', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=en&from=2025-06-01&to=2025-06-30', { ready: ANSWERED });
  await at(page, 'map').locator('summary').press('Enter');
  // As the question stands, what is today's is shown on the map of today.
  await at(page, 'map-2025-06-30').press('Enter');
  await expect.poll(() => asked(page)['boundaries'], WAIT).toBe('2025-06-30');
  await expect.poll(() => page.locator('[data-test="map-drawn"] path[data-unit]').count(), WAIT).toBeGreaterThan(60);
  await expect.poll(() => at(page, 'map-count-63-02').getAttribute('data-value'), WAIT).toBe('8');
  const count = page.locator('[data-test^="map-count-"]');
  expect(await count.count()).toBe(63);
  await at(page, 'map-today').press('Enter');
  await expect.poll(() => asked(page)['boundaries'], WAIT).toBe('today');
  await expect.poll(() => count.count(), WAIT).toBe(34);
  // What Ha Giang had is Tuyen Quang's today.
  await expect.poll(() => at(page, 'map-count-34-08').getAttribute('data-value'), WAIT).toBe('8');
  const taken = page.waitForEvent('download', WAIT);
  await at(page, 'map-drawing').press('Enter');
  const { readFile } = await import('node:fs/promises');
  const drawn = await readFile(await (await taken).path(), 'utf8');
  expect(drawn).toMatch(/CC BY-SA/);
  expect(drawn).toContain('boundaries=today');
});
