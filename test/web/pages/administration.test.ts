/** The pages that keep the room, in a real browser on a real room: what is done there, to the end, and whom they are not for. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { databaseFrom, openDatabase } from '@room/database';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { NATIONAL, send, submission } from '../../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { run } from '../../harness/process.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const LONG = { timeout: 180_000 };
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const ADMIN = ['/admin/people', '/admin/screens', '/admin/portals', '/admin/audit', '/admin/quarantine'] as const;

let room: Room;
let axe: string;
let administrator: CookieClient;
const others = new Map<string, CookieClient>();

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  room = await startRoom({ env: { VISITORS: 'nothing' } });
  administrator = await firstAdministrator(room);
  for (const [id, rights] of [
    ['operator', ['view', 'operate']],
    ['viewer', ['view']],
  ] as const) {
    const { token } = await administrator.told<{ token: string }>('/v1/people', { id, name: id, rights, scope: 'all' });
    const visitor = new CookieClient(room);
    await visitor.told('/v1/session/accept', { token, password: PASSWORD });
    others.set(id, visitor);
  }
  await send(room, [
    submission('strange-1', { procedure: '<script>alert(1)</script>' }),
    submission('strange-2', { procedure: 'nothing' }),
    submission('nobody-1', { corrects: 'nobody', count: -1 }),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

const at = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const value = (page: Page, name: string) =>
  at(page, name)
    .getAttribute('data-value', { timeout: 1_000 })
    .catch(() => '');
const noSideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

async function as(browser: Browser, visitor: CookieClient, viewport = DESK): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport });
  const { hostname } = new URL(room.url);
  await context.addCookies(
    [...visitor.cookies].map(([name, it]) => ({ name, value: it, domain: hostname, path: '/' })),
  );
  return context;
}
async function open(context: BrowserContext, path: string): Promise<Page> {
  onTestFailed(() => console.error(room.logs().slice(-4_000)));
  const page = await context.newPage();
  await page.goto(`${room.url}${path}`);
  return page;
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

it(
  'a key is made, copied into an example that runs, limited, revoked after a question, and taken back',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    await using theirs = await as(browser, administrator);
    const page = await open(theirs, '/admin/portals?lang=en');
    await at(page, 'find').fill(NATIONAL);
    const row = page.locator(`[data-test="portal-${NATIONAL}"]`);
    await row.locator('[data-test="new-key"]').click();
    // The form has the focus, and is filled and sent by the keyboard alone.
    await page.keyboard.type('gate 7');
    await page.keyboard.press('Enter');
    const secret = await at(page, 'secret').inputValue();
    expect(secret).toMatch(/^room_[\w-]{43}$/);
    const example = (await at(page, 'example').textContent()) ?? '';
    const ran = await run('/bin/sh', ['-c', `${example} --noproxy '*' -s -w '%{http_code}'`], {});
    expect(ran.stdout).toMatch(/"accepted".*202$/);
    await at(page, 'hide-secret').click();
    expect(await page.content()).not.toContain(secret);

    const key = row.locator('li', { hasText: 'gate 7' });
    await key.locator('[data-test="edit-key"]').click();
    await page.locator('[data-test="key-form"] input[name="rate"]').fill('40');
    await at(page, 'save-key').click();
    await expect.poll(() => key.textContent(), WAIT).toContain('40 events/s');
    await at(page, 'undo').click();
    await expect.poll(() => key.textContent(), WAIT).not.toContain('40 events/s');

    await key.locator('[data-test="revoke-key"]').click();
    expect(await page.locator('[role="alertdialog"]').textContent()).toContain('gate 7');
    await page.keyboard.press('Escape');
    expect(await key.getAttribute('data-good')).toBe('true');
    await key.locator('[data-test="revoke-key"]').click();
    await at(page, 'confirm').click();
    await expect.poll(() => key.getAttribute('data-good'), WAIT).toBe('false');
    await at(page, 'undo').click();
    await expect.poll(() => key.getAttribute('data-good'), WAIT).toBe('true');
    await page.reload();
    await row.waitFor();
    expect(await page.content()).not.toContain(secret);
  },
);

it(
  'an operator looks at what is in quarantine, is told what a replay does, and what came of it',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    await using theirs = await as(browser, others.get('operator') as CookieClient);
    const page = await open(theirs, '/admin?lang=en');
    await expect.poll(() => new URL(page.url()).pathname, WAIT).toBe('/admin/quarantine');
    await expect.poll(() => value(page, 'waiting'), WAIT).toBe('3');
    const strange = page.locator('[data-test="case-strange-1"]');
    await strange.locator('[data-test="look"]').click();
    await expect.poll(() => strange.locator('[data-test="bytes"]').textContent(), WAIT).toContain('<script>alert(1)');
    expect(await page.locator('main script').count()).toBe(0);

    // Its cause is mended: the original is there now.
    await send(room, [submission('nobody', { count: 2 })]);
    await at(page, 'cause-corrects_unknown').click();
    await expect.poll(() => page.locator('[data-test^="case-"]').count(), WAIT).toBe(1);
    await page.locator('.row [data-test="replay"]').first().click();
    expect(await page.locator('[role="alertdialog"]').textContent()).toMatch(
      /1 event goes through counting again.*cannot be undone/,
    );
    await at(page, 'confirm').click();
    await expect.poll(() => value(page, 'done'), WAIT).toBe('1');
    expect(await at(page, 'became').textContent()).toBe('Counted: 1. Counted before: 0. Refused again: 0.');
    await expect.poll(() => value(page, 'waiting'), WAIT).toBe('2');
    await at(page, 'clear').click();
    await expect.poll(() => page.locator('[data-test^="case-"]').count(), WAIT).toBe(2);
    const { entries } = await administrator.told<{ entries: object[] }>('/v1/audit?action=quarantine.replayed');
    expect(entries).toMatchObject([{ who: 'person:operator', after: { code: 'corrects_unknown', cases: 1 } }]);

    // One is closed, and taken back; the content of the other goes for good. Neither without a reason.
    const closed = page.locator('[data-test="case-strange-2"]');
    await closed.locator('[data-test="close"]').click();
    expect(await at(page, 'confirm').isDisabled()).toBe(true);
    await at(page, 'why').fill('a test of the portal');
    await at(page, 'confirm').click();
    await expect.poll(() => value(page, 'waiting'), WAIT).toBe('1');
    await strange.locator('[data-test="delete"]').click();
    expect(await page.locator('[role="alertdialog"]').textContent()).toContain('for good');
    await at(page, 'why').fill('a name in it');
    await at(page, 'confirm').click();
    await expect.poll(() => value(page, 'waiting'), WAIT).toBe('0');
    await at(page, 'all').click();
    await expect
      .poll(() => strange.locator('[data-test="resolved"]').textContent(), WAIT)
      .toMatch(/content deleted.*person:operator · a name in it/);
    expect(await strange.locator('[data-test="look"]').count()).toBe(0);
    await closed.locator('[data-test="reopen"]').click();
    await expect.poll(() => value(page, 'waiting'), WAIT).toBe('1');
    const { entries: told } = await administrator.told<{ entries: object[] }>('/v1/audit?action=quarantine.deleted');
    expect(told).toMatchObject([{ who: 'person:operator', why: 'a name in it', after: { cases: 1 } }]);
  },
);

it(
  'the audit is searched by who, what, to what and when, opened, verified, and a broken link is named',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    await using theirs = await as(browser, administrator);
    const page = await open(theirs, '/admin/audit?lang=en');
    await expect.poll(async () => Number(await value(page, 'found')), WAIT).toBeGreaterThan(5);
    await page.locator('input[name="who"]').fill('operator');
    await page.locator('select[name="what"]').selectOption('quarantine.*');
    await page.keyboard.press('Tab');
    await at(page, 'ask').click();
    await expect.poll(() => value(page, 'found'), WAIT).toBe('4');
    expect(new URL(page.url()).searchParams.get('what')).toBe('quarantine.*');
    // The earliest of them.
    await page.locator('summary').last().click();
    await expect
      .poll(() => page.locator('[data-test="changes"]').last().textContent(), WAIT)
      .toContain('corrects_unknown');
    await page.locator('input[name="to"]').fill('2020-02-01');
    // The field itself is in the browser's order of day and month.
    expect(await at(page, 'chosen-day').textContent()).toBe('Saturday 1 Feb 2020');
    await at(page, 'ask').click();
    await expect.poll(() => value(page, 'found'), WAIT).toBe('0');
    await at(page, 'clear').click();
    await expect.poll(async () => Number(await value(page, 'found')), WAIT).toBeGreaterThan(5);

    expect(await value(page, 'chain-state')).toBe('never');
    await at(page, 'verify').click();
    await expect.poll(() => value(page, 'chain-state'), WAIT).toBe('verified');
    await expect.poll(() => page.locator('details').first().textContent(), WAIT).toContain('audit.verified');
    await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
    await database.write({ who: 'stranger' }, async ({ query }) => {
      await query.updateTable('audit').set({ why: 'because' }).where('sequence', '=', 3).execute();
    });
    await at(page, 'verify').click();
    await expect.poll(() => value(page, 'chain-state'), WAIT).toBe('changed');
    expect(await at(page, 'chain-state').textContent()).toContain('Entry 3 is the first broken link');
  },
);

it('each shows what its viewer may, and a way out of what is not theirs', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using keeper = await as(browser, administrator);
  const all = await open(keeper, '/admin/people?lang=en');
  await expect.poll(() => all.locator('[data-test="admin-pages"] a').count(), WAIT).toBe(ADMIN.length);
  await using operators = await as(browser, others.get('operator') as CookieClient);
  const theirs = await open(operators, '/admin/audit?lang=en');
  await at(theirs, 'refused').waitFor();
  expect(await at(theirs, 'refused').textContent()).toContain('Administer');
  await theirs.locator('[data-test="refused"] a').last().click();
  await expect.poll(() => new URL(theirs.url()).pathname, WAIT).toBe('/');
  await using viewers = await as(browser, others.get('viewer') as CookieClient);
  for (const path of ['/admin', ...ADMIN]) {
    const page = await open(viewers, `${path}?lang=en`);
    await at(page, 'refused').waitFor();
    expect(await page.locator('header nav a', { hasText: 'Administration' }).count()).toBe(0);
    await page.close();
  }
});

it(
  'on a desk and a phone, in both languages and on both grounds, nothing breaks a rule or runs over the side',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    const ready: Record<(typeof ADMIN)[number], string> = {
      '/admin/people': 'person-lan',
      '/admin/screens': 'no-screens',
      '/admin/portals': `portal-${NATIONAL}`,
      '/admin/audit': 'found',
      '/admin/quarantine': 'waiting',
    };
    for (const [viewport, choice] of [
      [DESK, 'lang=vi&theme=dark'],
      [PHONE, 'lang=en&theme=light'],
    ] as const) {
      await using keeper = await as(browser, administrator, viewport);
      for (const path of ADMIN) {
        const page = await open(keeper, `${path}?${choice}`);
        await at(page, ready[path]).waitFor();
        if (path === '/admin/audit') await page.locator('summary').first().click();
        if (path === '/admin/portals') await at(page, 'new-key').click();
        expect({ path, choice, violations: await violations(page) }).toEqual({ path, choice, violations: [] });
        expect({ path, choice, over: await noSideways(page) }).toEqual({ path, choice, over: 0 });
        await page.close();
      }
    }
  },
);

it('what does not come is said with a way to ask again', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using keeper = await as(browser, administrator, PHONE);
  for (const [path, asked] of [
    ['/admin/portals', '**/v1/portals'],
    ['/admin/audit', '**/v1/audit*'],
    ['/admin/quarantine', '**/v1/operator/quarantine*'],
  ] as const) {
    const page = await keeper.newPage();
    await page.route(asked, (route) => route.abort());
    await page.goto(`${room.url}${path}?lang=vi`);
    await at(page, 'failure').waitFor();
    await page.unroute(asked);
    await at(page, 'retry').click();
    await expect.poll(() => at(page, 'failure').count(), WAIT).toBe(0);
    await page.close();
  }
});
