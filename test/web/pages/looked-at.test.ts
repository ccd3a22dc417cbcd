/** What would be refused is not offered: to whoever looks as somebody of a demonstration, or lacks a right; in a real browser. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { at, WAIT } from './desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  // As `npm start` leaves it where all numbers are made up.
  await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
});
afterAll(() => room[Symbol.asyncDispose]());

async function open(browser: Browser, look: string, path: string): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.addCookies([{ name: 'room-look', value: look, url: room.url }]);
  const page = await context.newPage();
  await page.goto(`${room.url}${path}`);
  return page;
}

it.each([
  ['/admin/people?lang=en', 'invite'],
  ['/admin/screens?lang=en', 'wall-add'],
  ['/admin/portals?lang=en', 'new-key'],
])('%s says before anything is filled in that a demonstration changes nothing of it', async (path, test) => {
  await using browser = await openBrowser();
  const page = await open(browser, 'administrator', path);
  await at(page, 'looked-at').waitFor(WAIT);
  expect(await at(page, 'looked-at').textContent()).toContain('Sign in');
  await at(page, test).waitFor(WAIT);
  expect(await at(page, test).isDisabled()).toBe(true);
  expect(await page.locator('main button:enabled').count()).toBe(0);
  expect(await violations(page)).toEqual([]);
});

it('a rule may be written and tried there, and neither saved nor removed', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, 'administrator', '/alerts/rules?lang=en');
  await at(page, 'looked-at').waitFor(WAIT);
  await at(page, 'remove').waitFor(WAIT);
  expect(await at(page, 'remove').isDisabled()).toBe(true);
  await at(page, 'new').click();
  await at(page, 'save').waitFor(WAIT);
  expect(await at(page, 'save').isDisabled()).toBe(true);
});

it('a page that ranks units is refused at once to whoever sees a part, and an account leads to the sign-in', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const path of ['/leaders', '/service-index']) {
    const page = await open(browser, 'agency:MOH', `${path}?lang=en`);
    await at(page, 'refused').waitFor(WAIT);
    expect(await page.locator('main select').count()).toBe(0);
    await page.close();
  }
  const page = await open(browser, 'agency:MOH', '/account?lang=en');
  await at(page, 'to-sign-in').click();
  await page.waitForURL('**/sign-in?**');
});
