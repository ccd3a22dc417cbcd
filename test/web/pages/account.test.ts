/** One's own account, in a real browser on a real room: what one may do, the password, and where one is signed in. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { orSkip } from '../../harness/need.ts';
import { run } from '../../harness/process.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const PASSWORD = 'correct horse battery';
const ANOTHER = 'staple of another kind';

let room: Room;
let axe: string;
beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  room = await startRoom({ env: { VISITORS: 'nothing' } });
});
afterAll(() => room[Symbol.asyncDispose]());

const at = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const field = (page: Page, name: string) => page.locator(`input[name="${name}"]`);
const address = (page: Page): string => new URL(page.url()).pathname;
const desk = (browser: Browser) => browser.newContext({ viewport: { width: 1440, height: 900 } });
const phone = (browser: Browser) => browser.newContext({ viewport: { width: 390, height: 844 } });

async function open(context: BrowserContext, path: string): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await context.newPage();
  await page.goto(path.startsWith('http') ? path : `${room.url}${path}`);
  return page;
}
async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await field(page, 'username').fill('lan');
  await field(page, 'password').fill(password);
  await page.keyboard.press('Enter');
}
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (of: Document) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run(document);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

it('shows who one is and where, ends another session at once, and another password ends them all', {
  timeout: 120_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using first = await desk(browser);
  const page = await open(first, (/http\S+#invitation=[\w-]+/.exec(room.logs())?.[0] ?? '').replace('#', '?lang=en#'));
  await field(page, 'name').fill('Lan');
  await field(page, 'username').fill('lan');
  for (const name of ['password', 'again']) await field(page, name).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect.poll(() => address(page), WAIT).toBe('/');
  await using second = await phone(browser);
  const other = await open(second, '/sign-in?lang=vi');
  await signIn(other);
  await expect.poll(() => address(other), WAIT).toBe('/');

  await page.goto(`${room.url}/past?lang=en`);
  await expect.poll(() => at(page, 'who').textContent(), WAIT).toBe('Lan');
  await at(page, 'who').click();
  await expect.poll(() => address(page), WAIT).toBe('/account');
  await at(page, 'this-session').waitFor();
  expect(await at(page, 'id').textContent()).toBe('lan');
  expect(await at(page, 'scope').textContent()).toBe('Everything');
  expect(await at(page, 'rights').textContent()).toContain('Administer');
  expect(await at(page, 'this-session').textContent()).toMatch(/Chrome, Linux.*this device.*127\.0\.0\.1/s);
  const others = page.locator('[data-test="other-session"]');
  expect(await others.count()).toBe(1);

  // Another session, with a question before it.
  await others.locator('[data-test="end-session"]').click();
  await page.keyboard.press('Escape');
  expect(await others.count()).toBe(1);
  await others.locator('[data-test="end-session"]').click();
  await at(page, 'confirm').click();
  await expect.poll(() => others.count(), WAIT).toBe(0);
  await expect.poll(() => address(other), WAIT).toBe('/sign-in');

  // A token for a program: shown once, with a command that works as printed until it is revoked.
  await at(page, 'new-token').click();
  await field(page, 'token-name').fill('assistant');
  await page.keyboard.press('Enter');
  await at(page, 'made').waitFor();
  const secret = await at(page, 'secret').inputValue();
  expect(secret).toMatch(/^reading_[\w-]{43}$/);
  const command = (await at(page, 'example').textContent()) ?? '';
  const ask = () => run('bash', ['-c', command.replace('curl', 'curl -s')]);
  expect(await ask()).toMatchObject({ code: 0, output: expect.stringContaining('"periods"') });
  await at(page, 'hide-secret').click();
  expect(await page.content()).not.toContain(secret);
  await page.reload();
  await expect
    .poll(() => at(page, 'token').textContent(), WAIT)
    .toMatch(/assistant.*See walls.*Everything.*Last used/s);
  expect(await page.content()).not.toContain(secret);
  await at(page, 'revoke-token').click();
  await at(page, 'confirm').click();
  await expect.poll(() => page.locator('[data-test="token"]').count(), WAIT).toBe(0);
  expect(await ask()).toMatchObject({ output: expect.stringContaining('unknown_token') });

  // Another password.
  await signIn(other);
  await expect.poll(() => address(other), WAIT).toBe('/');
  const change = async (before: string, password: string, again = password): Promise<void> => {
    await field(page, 'before').fill(before);
    await field(page, 'password').fill(password);
    await field(page, 'again').fill(again);
    await page.keyboard.press('Enter');
  };
  await change(PASSWORD, ANOTHER, 'something else');
  expect(await page.locator('[role="alert"]').textContent()).toContain('differ');
  await change('not the one of now', ANOTHER);
  await expect.poll(() => at(page, 'failure').getAttribute('data-code'), WAIT).toBe('wrong_password');
  await change(PASSWORD, ANOTHER);
  await expect.poll(() => at(page, 'done').textContent(), WAIT).toContain('Other devices were signed out');
  await expect.poll(() => address(other), WAIT).toBe('/sign-in');
  expect(await field(page, 'before').inputValue()).toBe('');
  await signIn(other);
  await expect.poll(() => at(other, 'failure').getAttribute('data-code'), WAIT).toBe('wrong_credentials');
  await signIn(other, ANOTHER);
  await expect.poll(() => address(other), WAIT).toBe('/');
  // This page goes on, under a new session.
  await page.reload();
  await expect.poll(() => others.count(), WAIT).toBe(1);

  await at(page, 'sign-out-everywhere').click();
  await at(page, 'confirm').click();
  await expect.poll(() => address(page), WAIT).toBe('/sign-in');
  await expect.poll(() => address(other), WAIT).toBe('/sign-in');
});

it('breaks no rule of accessibility, fits, and is worked by the keyboard, in both languages', {
  timeout: 120_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const [language, theme, size] of [
    ['vi', 'dark', desk],
    ['en', 'light', phone],
  ] as const) {
    await using theirs = await size(browser);
    const page = await open(theirs, `/sign-in?lang=${language}&theme=${theme}`);
    await signIn(page, ANOTHER);
    await expect.poll(() => address(page), WAIT).toBe('/');
    await page.goto(`${room.url}/account?lang=${language}&theme=${theme}`);
    await at(page, 'this-session').waitFor();
    await at(page, 'change-password').waitFor();
    await at(page, 'new-token').click();
    await at(page, 'token-form').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const signOut = at(page, 'sign-out');
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      if (await signOut.evaluate((it) => it === document.activeElement)) break;
    }
    await page.keyboard.press('Enter');
    await expect.poll(() => address(page), WAIT).toBe('/sign-in');
  }
});

it('is for people who signed in, and says so to others', async (context) => {
  await using anybodys = await startRoom();
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage();
  await page.goto(`${anybodys.url}/account?lang=en`);
  await expect
    .poll(
      () =>
        at(page, 'failure')
          .textContent()
          .catch(() => ''),
      WAIT,
    )
    .toContain('for people who have signed in');
});
