/** The page of rules in a real browser on a real room: a rule is made, refused, changed, taken back, copied, removed, brought in. */
import { readFile } from 'node:fs/promises';
import type { KeptRule } from '@room/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { NATIONAL, send, submission } from '../../harness/client.ts';
import { type CookieClient, firstAdministrator } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const LONG = { timeout: 180_000 };
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let room: Room;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  await send(room, [submission('one', {}, { source: NATIONAL })]);
});
afterAll(() => room[Symbol.asyncDispose]());

const at = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const field = (page: Page, name: string) => page.locator(`[data-test="rule-form"] [name="${name}"]`);
const noSideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
const ruleOf = async (id: string): Promise<KeptRule | undefined> =>
  (await administrator.told<{ rules: KeptRule[] }>('/v1/rules')).rules.find((rule) => rule.id === id);

async function open(browser: Browser, choice = 'lang=en', viewport = DESK): Promise<Page> {
  onTestFailed(() => console.error(room.logs().slice(-4_000)));
  const context = await browser.newContext({ viewport });
  const { hostname } = new URL(room.url);
  await context.addCookies(
    [...administrator.cookies].map(([name, value]) => ({ name, value, domain: hostname, path: '/' })),
  );
  const page = await context.newPage();
  await page.goto(`${room.url}/alerts/rules?${choice}`);
  await at(page, 'rule-SRC-01').waitFor(WAIT);
  return page;
}

it(
  'a rule is written, told what is not valid of it, saved, changed by somebody else meanwhile, and taken back',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    const page = await open(browser);
    await at(page, 'new').click();
    await field(page, 'id').fill('T-01');
    await field(page, 'label-vi').fill('Quá hạn nhiều');
    await field(page, 'label-en').fill('Too much overdue');
    await field(page, 'measure').selectOption('backlogOverdue');
    // What waits is of now alone, and no share.
    expect(await field(page, 'window').inputValue()).toBe('now');
    await field(page, 'side').selectOption('above');
    await field(page, 'limit').fill('36000');
    await field(page, 'recover-kind').selectOption('own');
    await field(page, 'recover').fill('40000');
    await at(page, 'units-some').check();
    await page.locator('[data-test="member-MOH"]').check();
    await field(page, 'owner').fill('somebody');
    await field(page, 'reason-vi').fill('vì vậy');
    await field(page, 'reason-en').fill('because');
    await at(page, 'save').click();
    await page.locator('[data-test="faults"] [data-path="when.against.recover"]').waitFor();
    expect(await ruleOf('T-01')).toBeUndefined();
    await field(page, 'recover').fill('30000');
    await field(page, 'why').fill('the ministry asked');
    await at(page, 'save').click();
    await at(page, 'rule-T-01').waitFor(WAIT);
    expect(await ruleOf('T-01')).toMatchObject({
      over: { dim: 'agency', codes: ['MOH'] },
      when: { measure: 'backlogOverdue', window: { kind: 'now' }, against: { limit: 36_000, recover: 30_000 } },
    });

    const row = page.locator('[data-test="rule-T-01"]');
    await row.locator('[data-test="edit"]').click();
    await field(page, 'limit').fill('35000');
    const { id: _, who: __, at: ___, ...theirs } = (await ruleOf('T-01')) as KeptRule;
    await administrator.told('/v1/rules/T-01', { ...theirs, owner: 'somebody else' });
    await at(page, 'save').click();
    await page.locator('[data-test="failure"][data-code="conflict"]').waitFor(WAIT);
    // What was written is not lost.
    expect(await field(page, 'limit').inputValue()).toBe('35000');
    expect(await ruleOf('T-01')).toMatchObject({ owner: 'somebody else', when: { against: { limit: 36_000 } } });
    await at(page, 'cancel').click();

    await row.locator('[data-test="edit"]').click();
    await field(page, 'limit').fill('35000');
    await at(page, 'save').click();
    await at(page, 'undo').click();
    await expect.poll(async () => (await ruleOf('T-01'))?.version, WAIT).toBe(4);
    expect(await ruleOf('T-01')).toMatchObject({ owner: 'somebody else', when: { against: { limit: 36_000 } } });
    await row.locator('[data-test="open-history"]').click();
    await at(page, 'history').waitFor();
    await expect
      .poll(() => at(page, 'history').textContent(), WAIT)
      .toMatch(/Undone, lan.*Changed, lan.*35,000.*Made, lan/s);
    expect(await at(page, 'history').textContent()).toContain('the ministry asked');
  },
);

it('a rule is copied, removed after a question, and comes back by an undo', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser);
  const row = page.locator('[data-test="rule-SRC-01"]');
  await row.locator('[data-test="copy"]').click();
  expect(await field(page, 'id').inputValue()).toBe('SRC-01-2');
  await at(page, 'save').click();
  const copy = page.locator('[data-test="rule-SRC-01-2"]');
  await copy.waitFor(WAIT);
  await copy.locator('[data-test="remove"]').click();
  await at(page, 'confirm').click();
  await expect.poll(() => copy.count(), WAIT).toBe(0);
  await at(page, 'undo').click();
  await copy.waitFor(WAIT);
});

it('the rules go out as a file and come back in after what the file would do was shown', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser);
  const [file] = await Promise.all([page.waitForEvent('download'), at(page, 'take').click()]);
  const rules = JSON.parse(await readFile(await file.path(), 'utf8')) as Record<string, { owner: string }>;
  const bring = (text: string) =>
    page
      .locator('[data-test="file"]')
      .setInputFiles({ name: 'rules.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await bring('no rules');
  await expect.poll(() => at(page, 'done').textContent(), WAIT).toContain('is no JSON');
  await bring(JSON.stringify({ 'T-09': {} }));
  await page.locator('[data-test="failure"][data-code="bad_rule"]').waitFor(WAIT);
  expect(await at(page, 'failure').textContent()).toContain('rules.T-09.label');
  const changed = { ...rules, 'COV-01': { ...rules['COV-01'], owner: 'the office' } };
  await bring(JSON.stringify(changed));
  await expect.poll(() => at(page, 'brought').textContent(), WAIT).toContain('COV-01');
  expect(await ruleOf('COV-01')).toMatchObject({ version: 1 });
  await at(page, 'bring').click();
  await expect.poll(async () => (await ruleOf('COV-01'))?.owner, WAIT).toBe('the office');
});

it(
  'the form and the page keep the rules of accessibility and fit a screen, in either language',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    for (const viewport of [DESK, PHONE])
      for (const choice of ['lang=vi&theme=dark', 'lang=en&theme=light']) {
        const page = await open(browser, choice, viewport);
        await page.locator('[data-test="rule-ONT-01"] [data-test="edit"]').click();
        await at(page, 'rule-form').waitFor(WAIT);
        await page.locator('[data-test="rule-ONT-01"] [data-test="open-history"]').click();
        await page.locator('[data-test="history"] li').first().waitFor(WAIT);
        const seen = { choice, width: viewport.width };
        expect({ ...seen, violations: await violations(page) }).toEqual({ ...seen, violations: [] });
        expect({ ...seen, sideways: (await noSideways(page)) > 0 }).toEqual({ ...seen, sideways: false });
        await page.context().close();
      }
  },
);
