/** What an analyst keeps of the page of questions, in a real browser on a real room. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';
import { ANSWERED, ago, asked, at, openPage, WAIT } from '../desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [
    submission('k-1', { occurredAt: `${ago(3)}T10:00:00+07:00`, count: 7 }),
    submission('k-2', { occurredAt: `${ago(2)}T15:00:00+07:00`, count: 5, channel: 1 }),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

const value = (page: Page, test: string) =>
  page.locator(`[data-test="${test}"] [data-value]`).first().getAttribute('data-value', { timeout: 1_000 });

it('a view is kept by keyboard, opened with the same question, changed, removed and taken back', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, `/explore?lang=en&from=${ago(5)}&to=${ago(1)}&channel=2&sort=late`, {
    ready: ANSWERED,
  });
  const question = asked(page);
  await at(page, 'views').focus();
  await page.keyboard.press('Enter');
  await at(page, 'no-views').waitFor(WAIT);
  await page.locator('input[name="name"]').fill('Late online');
  // Whoever leaves before it is kept is asked first.
  const isAsked = (): Promise<boolean> =>
    page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  expect(await isAsked()).toBe(true);
  await at(page, 'share').selectOption('everybody');
  await page.keyboard.press('Enter');
  await page.locator('input[name="name"]').press('Enter');
  await at(page, 'view-done').waitFor(WAIT);
  expect(await at(page, 'view-done').textContent()).toContain('“Late online” is saved.');
  await expect.poll(() => asked(page), WAIT).toMatchObject({ ...question, view: expect.any(String) as string });
  const { view = '' } = asked(page);
  await page.keyboard.press('Escape');
  expect(await isAsked()).toBe(false);
  expect(await at(page, 'current-view').textContent()).toContain('Late online');

  // Another question is none of it any more, until it is kept.
  await page.click('[data-test="measure-submitted"]');
  await at(page, 'view-changed').waitFor(WAIT);
  await at(page, 'view-back').click();
  await expect.poll(() => asked(page)['sort'], WAIT).toBe('late');
  await page.click('[data-test="measure-submitted"]');
  await at(page, 'save-change').click();
  await expect.poll(() => at(page, 'view-changed').count(), WAIT).toBe(0);

  // Its address alone opens it.
  await page.goto(`${room.url}/explore?view=${view}`);
  await expect.poll(() => asked(page), WAIT).toMatchObject({ from: ago(5), to: ago(1), channel: '2', view });
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('7');

  await at(page, 'views').click();
  await at(page, 'remove-view').click();
  await expect.poll(() => at(page, 'open-view').count(), WAIT).toBe(0);
  await at(page, 'view-undo').click();
  await at(page, 'open-view').waitFor(WAIT);
  await at(page, 'view-versions').click();
  await expect.poll(() => page.locator('[data-test="versions"] li').count(), WAIT).toBe(4);
  await at(page, 'take-version').click();
  await expect.poll(() => asked(page)['sort'], WAIT).toBe('submitted');
});

it('somebody else was faster: it is said, and what they made stands there', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=en', { ready: ANSWERED });
  await at(page, 'views').click();
  const [first] = (
    (await (await fetch(`${room.url}/v1/views`)).json()) as { kept: { id: string; version: number; body: object }[] }
  ).kept;
  await at(page, 'edit-view').click();
  const change = { version: first?.version, body: { ...first?.body, name: 'Theirs' } };
  const headers = { 'content-type': 'application/json', origin: room.url };
  await fetch(`${room.url}/v1/views/${first?.id}`, { method: 'POST', headers, body: JSON.stringify(change) });
  const form = page.locator(`[data-test="view-${first?.id}"] form`);
  await form.locator('input[name="name"]').fill('Mine');
  await form.locator('[data-test="save-view"]').click();
  await expect.poll(() => at(page, 'failure').getAttribute('data-code', { timeout: 1_000 }), WAIT).toBe('conflict');
  await expect.poll(() => at(page, 'open-view').textContent({ timeout: 1_000 }), WAIT).toBe('Theirs');
});

it.each([
  [1440, 900, 'lang=en&theme=light'],
  [390, 844, 'lang=vi&theme=dark'],
])('what is kept fits %i by %i, and breaks no rule of accessibility', async (width, height, choice) => {
  await using browser = await openBrowser();
  const page = await openPage(browser, room, `/explore?${choice}`, { ready: ANSWERED, width: width, height: height });
  await at(page, 'views').click();
  await at(page, 'edit-view').click();
  await page.locator('.entries [data-test="share"]').waitFor(WAIT);
  expect(await violations(page, '[role="dialog"]')).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
});
