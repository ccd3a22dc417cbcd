/** Who one is here, in a real browser on a real room: the looks of a demonstration, and what is seen as each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Snapshot } from '@room/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { send, submission } from '../../harness/client.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const WAIT = { timeout: 40_000, interval: 100 };

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [submission('a', { count: 7 }), submission('b', { agency: 'MOH', procedure: 'DV02', count: 5 })]);
  // As `npm start` leaves it where all numbers are made up.
  await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
});
afterAll(() => room[Symbol.asyncDispose]());

async function open(browser: Browser, path: string, width = 1440, height = 900): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(`${room.url}${path}`);
  return page;
}
const submitted = (page: Page) =>
  page.locator('[data-test="submitted-today"]').first().getAttribute('data-value', { timeout: 1_000 });
const agencies = async (page: Page): Promise<Record<string, unknown>> =>
  page.evaluate(async () => {
    const { state } = (await (await fetch('/v1/snapshot')).json()) as Snapshot;
    return state.agencies;
  });
const who = (page: Page) => page.locator('[data-test="who"]').first();

it('a demonstration’s wall needs no click, and one click shows it as a ministry sees it', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/?lang=en', 1920, 1080);
  await expect.poll(() => submitted(page).catch(() => ''), WAIT).toBe('12');
  expect(await agencies(page)).toMatchObject({ MPS: { submittedOnline: 7 }, MOH: { submittedOnline: 5 } });
  await page.mouse.move(100, 100);
  expect(await who(page).textContent()).toBe('Look as …');
  await who(page).click();
  await page.locator('[data-test="look-agency:MOH"]').click();

  await expect.poll(() => submitted(page).catch(() => ''), WAIT).toBe('12');
  await page.mouse.move(120, 120);
  await expect.poll(() => who(page).textContent(), WAIT).toMatch(/^Looking as: .*Health \(demonstration\)$/);
  expect(new URL(page.url()).search).toBe('?lang=en');
  const seen = await agencies(page);
  expect(seen).toMatchObject({ MPS: { submitted: 7, onTime: 0, late: 0 }, MOH: { submittedOnline: 5 } });
  expect(seen['MPS']).not.toHaveProperty('submittedOnline');
  // What comes next reaches it too.
  await send(room, [submission('c', { count: 3 })]);
  await expect.poll(() => submitted(page), WAIT).toBe('15');

  await page.goto(`${room.url}/sign-in?lang=en`);
  expect(await page.locator('[data-test="look-agency:MOH"]').getAttribute('aria-pressed')).toBe('true');
  await page.locator('[data-test="look-nobody"]').click();
  await expect.poll(() => submitted(page).catch(() => ''), WAIT).toBe('15');
  expect(await agencies(page)).toMatchObject({ MPS: { submittedOnline: 10 } });
});

it('is worked by the keyboard, in both languages, on a phone too', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const [language, width, height, leadership] of [
    ['vi', 390, 844, 'Lãnh đạo'],
    ['en', 1440, 900, 'Leadership'],
  ] as const) {
    const page = await open(browser, `/sign-in?lang=${language}`, width, height);
    const choice = page.locator('[data-test="look-leadership"]');
    await choice.waitFor();
    expect(await choice.textContent()).toContain(leadership);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await page.title()).toMatch(language === 'vi' ? /^Đăng nhập/ : /^Sign in/);
    for (let presses = 0; presses < 6; presses++) {
      await page.keyboard.press('Tab');
      if (await choice.evaluate((it) => it === document.activeElement)) break;
    }
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).pathname, WAIT).toBe('/');
    await page.close();
  }
});

it('says what went wrong and asks again, and what is not needed', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage();
  await page.route('**/v1/session', (route) => route.abort());
  await page.goto(`${room.url}/sign-in?lang=en`);
  await page.locator('[data-test="failure"]').waitFor();
  await page.unroute('**/v1/session');
  await page.locator('[data-test="retry"]').click();
  await page.locator('[data-test="look-analyst"]').waitFor();
  await page.route('**/v1/session/look', (route) =>
    route.fulfill({ status: 404, json: { error: { code: 'no_such_look', reason: 'this room is no demonstration' } } }),
  );
  await page.locator('[data-test="look-analyst"]').click();
  await expect.poll(() => page.locator('[data-test="failure"]').textContent(), WAIT).toContain('no_such_look');

  await using real = await startRoom();
  await page.goto(`${real.url}/sign-in?lang=en`);
  await page.locator('[data-test="nobody"]').waitFor();
  await page.goto(`${real.url}/past?lang=en`);
  await page.locator('[data-test="connection"]:not([data-state="loading"])').waitFor();
  expect(await who(page).count()).toBe(0);
});
