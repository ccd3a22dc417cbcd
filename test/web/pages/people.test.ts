/** Accounts in a real browser on a real room: from the first administrator's link to a person who loses their rights on an open page. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const PASSWORD = 'correct horse battery';

let room: Room;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'nothing' } });
});
afterAll(() => room[Symbol.asyncDispose]());

const at = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const address = (page: Page): string => new URL(page.url()).pathname;
const link = (): string => /http\S+#invitation=[\w-]+/.exec(room.logs())?.[0] ?? '';

async function open(context: BrowserContext, path: string): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await context.newPage();
  await page.goto(path.startsWith('http') ? path : `${room.url}${path}`);
  return page;
}
const desk = (browser: Browser) => browser.newContext({ viewport: { width: 1440, height: 900 } });
const phone = (browser: Browser) => browser.newContext({ viewport: { width: 390, height: 844 } });
const noSideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

async function accept(page: Page): Promise<void> {
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('input[name="again"]').fill(PASSWORD);
  await page.keyboard.press('Enter');
}

it('from the first administrator to somebody who loses their rights while their page is open', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using first = await desk(browser);
  const wall = await open(first, '/?lang=en');
  await expect.poll(() => address(wall), WAIT).toBe('/sign-in');
  await at(wall, 'needs-set-up').waitFor();

  const administrator = await open(first, `${link().replace('#', '?lang=en#')}`);
  await administrator.locator('input[name="name"]').fill('Lan');
  await administrator.locator('input[name="username"]').fill('lan');
  await administrator.locator('input[name="password"]').fill(PASSWORD);
  await administrator.locator('input[name="again"]').fill('another one');
  expect(await administrator.locator('[role="alert"]').textContent()).toContain('differ');
  await administrator.locator('input[name="again"]').fill(PASSWORD);
  await administrator.keyboard.press('Enter');
  await expect.poll(() => address(administrator), WAIT).toBe('/');

  await administrator.goto(`${room.url}/admin/people?lang=en`);
  await at(administrator, 'person-lan').waitFor();
  await at(administrator, 'invite').click();
  // What is given is said where it is given, also to who hears the page.
  for (const right of ['view', 'analyse', 'answer', 'operate', 'administer']) {
    const hint = await at(administrator, `right-${right}`).getAttribute('aria-describedby');
    expect((await administrator.locator(`#${hint}`).textContent())?.length).toBeGreaterThan(30);
  }
  expect(await at(administrator, 'about-scope').textContent()).toContain('gives no right');
  await administrator.locator('[data-test="person"] input[name="name"]').fill('Minh of Health');
  await administrator.locator('[data-test="person"] input[name="id"]').fill('minh');
  await administrator.locator('[data-test="unit-MOH"]').check();
  await at(administrator, 'save').click();
  const invitation = await at(administrator, 'link').inputValue();
  expect(invitation).toMatch(/\/sign-in#invitation=[\w-]{43}$/);

  await using theirs = await phone(browser);
  const minh = await open(theirs, invitation.replace('#', '?lang=vi#'));
  await expect.poll(() => minh.locator('h2').textContent(), WAIT).toContain('Minh of Health');
  expect(await noSideways(minh)).toBeLessThanOrEqual(0);
  await accept(minh);
  await expect.poll(() => address(minh), WAIT).toBe('/');
  await minh.goto(`${room.url}/past?lang=en`);
  await expect.poll(() => at(minh, 'connection').getAttribute('data-state'), WAIT).not.toBe('loading');
  await expect.poll(() => at(minh, 'who').textContent(), WAIT).toBe('Minh of Health');
  // By groups, and of the one that is shown each page: the past, as it was shown, forecasts.
  expect(await minh.locator('header nav a').allTextContents()).toEqual(['Wall', 'Figures', 'Programmes', 'Alerts']);
  expect(await at(minh, 'subpages').locator('a').count()).toBe(3);
  const again = await open(theirs, invitation);
  await expect.poll(() => at(again, 'failure').getAttribute('data-code'), WAIT).toBe('no_such_invitation');

  // Disabled, with a question before it, and back.
  const row = administrator.locator('[data-test="person-minh"]');
  await row.locator('[data-test="disable"]').click();
  expect(await administrator.locator('[role="alertdialog"]').textContent()).toContain('Minh of Health');
  await administrator.keyboard.press('Escape');
  expect(await row.locator('[data-test="state"]').getAttribute('data-value')).toBe('enabled');
  await row.locator('[data-test="disable"]').click();
  await at(administrator, 'confirm').click();
  await expect.poll(() => address(minh), WAIT).toBe('/sign-in');
  await expect.poll(() => row.locator('[data-test="state"]').getAttribute('data-value'), WAIT).toBe('disabled');
  await minh.locator('input[name="username"]').fill('minh');
  await minh.locator('input[name="password"]').fill(PASSWORD);
  await minh.keyboard.press('Enter');
  await expect.poll(() => at(minh, 'failure').getAttribute('data-code'), WAIT).toBe('wrong_credentials');
  await at(administrator, 'undo').click();
  await expect.poll(() => row.locator('[data-test="state"]').getAttribute('data-value'), WAIT).toBe('enabled');
  await minh.locator('input[name="password"]').fill(PASSWORD);
  await minh.keyboard.press('Enter');
  await expect.poll(() => address(minh), WAIT).toBe('/');

  // The last administrator stays.
  await administrator.locator('[data-test="person-lan"] [data-test="disable"]').click();
  await at(administrator, 'confirm').click();
  await expect.poll(() => at(administrator, 'failure').getAttribute('data-code'), WAIT).toBe('last_administrator');
  await administrator.goto(`${room.url}/sign-in?lang=en`);
  await at(administrator, 'sign-out').click();
  await at(administrator, 'sign-in').waitFor();
});

it('says what went wrong, on a phone and in both languages, and shows the page of people to nobody else', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const language of ['vi', 'en']) {
    await using theirs = await phone(browser);
    const page = await open(theirs, `/sign-in?lang=${language}`);
    await page.route('**/v1/session/sign-in', (route) => route.abort());
    await page.locator('input[name="username"]').fill('lan');
    await page.locator('input[name="password"]').fill('wrong');
    await page.keyboard.press('Enter');
    await expect.poll(() => at(page, 'failure').getAttribute('data-code'), WAIT).toBe('unreachable');
    await page.unroute('**/v1/session/sign-in');
    await page.locator('input[name="password"]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expect.poll(() => address(page), WAIT).toBe('/');
    await page.goto(`${room.url}/admin/people?lang=${language}`);
    await at(page, 'person-lan').waitFor();
    expect(await noSideways(page)).toBeLessThanOrEqual(0);
    await at(page, 'invite').click();
    expect(await noSideways(page)).toBeLessThanOrEqual(0);
    await page.route('**/v1/people', (route) =>
      route.fulfill({ status: 403, json: { error: { code: 'no_right', reason: 'no' } } }),
    );
    await page.reload();
    await at(page, 'failure').waitFor();
  }
});
