/** A notebook from the first question to the meeting, in a real browser on a real room. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';
import { ANSWERED, ago, at, openPage, WAIT } from '../desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [submission('n-1', { occurredAt: `${ago(3)}T10:00:00+07:00`, count: 7 })]);
});
afterAll(() => room[Symbol.asyncDispose]());

const number = (page: Page) => at(page, 'slide-number').getAttribute('data-value', { timeout: 1_000 });

async function add(page: Page, path: string, item: RegExp): Promise<void> {
  await page.goto(`${room.url}${path}`);
  await page.locator(ANSWERED).first().waitFor(WAIT);
  await page.locator('[data-test="add-to-notebook"] button').press('Enter');
  await page.getByRole('menuitem', { name: item }).click();
  await at(page, 'added').waitFor(WAIT);
}

it('questions are put in, given words, frozen or left live, and shown by keys over the whole screen', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/notebooks?lang=en');
  await at(page, 'no-notebooks').waitFor(WAIT);
  const question = `/explore?lang=en&from=${ago(5)}&to=${ago(1)}`;
  await add(page, question, /^New notebook$/);
  await add(page, `${question}&split=province`, /^New notebook \d/);
  await page.locator('[data-test="added"] a').click();
  await at(page, 'page-1').waitFor(WAIT);
  await page.locator('input[name="name"]').fill('Monday');
  await page.locator('input[name="title-0"]').fill('As it was');
  await page.locator('textarea[name="text-0"]').fill('Seven came.\nNo more.');
  await page.locator('[data-test="page-0"] [data-test="freeze"]').click();
  await expect
    .poll(() => page.locator('[data-test="page-0"] [data-test="page-state"]').textContent(), WAIT)
    .toMatch(/Frozen at/);
  await at(page, 'save-notebook').click();
  await at(page, 'notebook-done').waitFor(WAIT);

  await send(room, [submission('n-2', { occurredAt: `${ago(2)}T10:00:00+07:00`, count: 100 })]);
  // Slides are asked when they are shown: what was accepted is counted by then.
  const counted = `/v1/query?measures=submitted&from=${ago(5)}&to=${ago(1)}`;
  await expect
    .poll(
      () => page.evaluate(async (path) => (await (await fetch(path)).json()).total?.now?.submitted as unknown, counted),
      { ...WAIT, interval: 500 },
    )
    .toBe(107);
  await at(page, 'show-notebook').click();
  await at(page, 'show').waitFor(WAIT);
  expect(await page.locator('#slide-title').textContent()).toBe('As it was');
  await expect.poll(() => number(page), WAIT).toBe('7');
  expect(await at(page, 'slide-state').textContent()).toContain('Frozen at');
  expect(await violations(page, '[data-test="show"]')).toEqual([]);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => number(page), WAIT).toBe('107');
  expect(await at(page, 'slide-state').textContent()).toContain('Live');
  expect(await at(page, 'slide-of').textContent()).toBe('Page 2 of 2');
  expect(new URL(page.url()).searchParams.get('page')).toBe('2');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => number(page), WAIT).toBe('7');
  await page.keyboard.press('Escape');
  await expect.poll(() => at(page, 'show').count(), WAIT).toBe(0);
});

it.each([
  [1440, 900, 'lang=vi&theme=dark'],
  [390, 844, 'lang=en&theme=light'],
])(
  'the page of notebooks and its slides fit %i by %i, and break no rule of accessibility',
  async (width, height, choice) => {
    await using browser = await openBrowser();
    const [first] = ((await (await fetch(`${room.url}/v1/notebooks`)).json()) as { kept: { id: string }[] }).kept;
    const page = await openPage(browser, room, `/notebooks?notebook=${first?.id}&${choice}`, {
      width: width,
      height: height,
    });
    await at(page, 'page-0').waitFor(WAIT);
    expect(await violations(page, 'main')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await page.goto(`${room.url}/notebooks?notebook=${first?.id}&page=2&${choice}`);
    await expect.poll(() => number(page), WAIT).toBe('107');
    expect(await at(page, 'show').evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
  },
);
