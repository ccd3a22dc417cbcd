/** What a slide says of itself, and what is asked before a notebook's changes are lost, in a real browser on a real room. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { ANSWERED, ago, at, openPage, WAIT } from '../desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [submission('n-1', { occurredAt: `${ago(3)}T10:00:00+07:00`, count: 7 })]);
});
afterAll(() => room[Symbol.asyncDispose]());

async function add(page: Page, path: string, item: RegExp): Promise<void> {
  await page.goto(`${room.url}${path}`);
  await page.locator(ANSWERED).first().waitFor(WAIT);
  await page.locator('[data-test="add-to-notebook"] button').press('Enter');
  await page.getByRole('menuitem', { name: item }).first().click();
  await at(page, 'added').waitFor(WAIT);
}

it('a slide says whom it is of and how its change is told, and tells the rows of two dimensions apart', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/notebooks?lang=en');
  const days = `from=${ago(5)}&to=${ago(1)}`;
  await add(page, `/explore?lang=en&${days}&split=agency,province&channel=2&per=1000-people`, /^New notebook$/);
  await page.locator('[data-test="added"] a').click();
  await at(page, 'page-0').waitFor(WAIT);
  const told = await at(page, 'page-about').textContent();
  await at(page, 'show-notebook').click();
  await expect.poll(() => at(page, 'slide-about').textContent(), WAIT).toBeTruthy();
  const about = await at(page, 'slide-about').textContent();
  for (const text of [told, about])
    for (const part of ['Channels: ', 'Split by Ministries × Provinces', '1,000 people']) expect(text).toContain(part);
  expect(await page.locator('[data-test="slide-rows"] thead th').count()).toBe(4);
  expect(await page.locator('[data-test="slide-rows"] tbody tr:first-child th').count()).toBe(2);
});

it('a page that is moved keeps the focus, and whoever leaves unsaved changes is asked', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/notebooks?lang=en');
  const days = `/explore?lang=en&from=${ago(5)}&to=${ago(1)}`;
  await add(page, days, /^New notebook$/);
  await page.locator('[data-test="added"] a').click();
  await at(page, 'page-0').waitFor(WAIT);
  await add(page, `${days}&split=agency`, /^New notebook \d/);
  await page.locator('[data-test="added"] a').click();
  await at(page, 'page-1').waitFor(WAIT);
  await page.locator('[data-test="page-0"] [data-test="page-down"]').press('Enter');
  // It is the last one now: only up goes on.
  const focused = () =>
    page.evaluate(() => [
      document.activeElement?.closest('li')?.getAttribute('data-test'),
      document.activeElement?.getAttribute('data-test'),
    ]);
  await expect.poll(focused, WAIT).toEqual(['page-1', 'page-up']);
  const here = page.url();
  await page.locator('a[href*="/explore"]').first().click();
  await at(page, 'unsaved').waitFor(WAIT);
  await at(page, 'unsaved-stay').click();
  await expect.poll(() => at(page, 'unsaved').count(), WAIT).toBe(0);
  expect(page.url()).toBe(here);
  await page.locator('a[href*="/explore"]').first().click();
  await at(page, 'unsaved-leave').click();
  await expect.poll(() => new URL(page.url()).pathname, WAIT).toBe('/explore');
});
