/** A rule tried on the past in a real browser, with the answer of a real room, and a rule of each kind. */
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
const ruleOf = async (id: string): Promise<KeptRule | undefined> =>
  (await administrator.told<{ rules: KeptRule[] }>('/v1/rules')).rules.find((rule) => rule.id === id);

async function open(browser: Browser): Promise<Page> {
  onTestFailed(() => console.error(room.logs().slice(-4_000)));
  const context = await browser.newContext({ viewport: DESK });
  const { hostname } = new URL(room.url);
  await context.addCookies(
    [...administrator.cookies].map(([name, value]) => ({ name, value, domain: hostname, path: '/' })),
  );
  const page = await context.newPage();
  await page.goto(`${room.url}/alerts/rules?lang=en`);
  await at(page, 'rule-SRC-01').waitFor(WAIT);
  return page;
}

it(
  'a rule is tried on the past before it is saved, and a slider says what another limit would have done',
  LONG,
  async (context) => {
    const hour = (back: number): string =>
      new Date((Math.floor(Date.now() / 3_600_000) - back) * 3_600_000 - 1_000).toISOString();
    const told = (id: string, back: number, count: number) =>
      submission(id, { agency: 'MOH', count, occurredAt: hour(back) }, { source: NATIONAL });
    await send(room, [
      ...Array.from({ length: 60 }, (_, back) => told(`b-${back}`, back, 1)),
      told('much', 20, 500),
      told('more', 40, 900),
    ]);
    await using browser = await orSkip(context, openBrowser());
    const page = await open(browser);
    await at(page, 'new').click();
    await field(page, 'measure').selectOption('submitted');
    await field(page, 'window').selectOption('last');
    await field(page, 'side').selectOption('above');
    await field(page, 'limit').fill('100');
    await field(page, 'for').fill('0');
    await field(page, 'keep').fill('0');
    await at(page, 'units-some').check();
    await page.locator('[data-test="member-MOH"]').check();
    const sum = at(page, 'backtest-sum');
    await expect
      .poll(async () => {
        // What was sent may not be counted yet.
        await field(page, 'backtest-days').selectOption('7');
        await at(page, 'backtest-run').click();
        await sum.waitFor(WAIT);
        const times = await sum.getAttribute('data-times');
        if (times !== '2') await field(page, 'backtest-days').selectOption('30');
        return times;
      }, WAIT)
      .toBe('2');
    expect(await at(page, 'backtest-units').textContent()).toContain('2');
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    await page.locator('[name="backtest-limit"]').fill('700');
    await expect.poll(() => sum.getAttribute('data-times'), WAIT).toBe('1');
    await page.locator('[name="backtest-limit"]').fill('1000');
    await expect.poll(() => sum.textContent(), WAIT).toContain('would never have rung');
    expect(asked.filter((url) => url.includes('backtest'))).toEqual([]);
    await page.locator('[name="backtest-limit"]').fill('700');
    await at(page, 'backtest-use').click();
    expect(await field(page, 'limit').inputValue()).toBe('700');
    expect(await violations(page)).toEqual([]);
    // What it is over decides what is measured.
    await field(page, 'measure').selectOption('late');
    await at(page, 'backtest-stale').waitFor(WAIT);
    expect(await sum.count()).toBe(0);
  },
);

it('a rule of each kind is written, and the form says in words which fields are not valid', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser);
  const about = async (text: string): Promise<void> => {
    for (const name of ['label-vi', 'label-en', 'owner', 'reason-vi', 'reason-en']) await field(page, name).fill(text);
  };
  const programmes = ['tasks-overdue', 'reports-overdue', 'indicators-unlikely', 'index-low', 'unused'];
  for (const kind of ['change', 'ratio', 'anomaly', 'forecast', 'target', ...programmes]) {
    const id = `K-${kind.toUpperCase()}`;
    await at(page, 'new').click();
    await field(page, 'id').fill(id);
    await about(kind);
    await field(page, 'owner-en').fill('the office');
    await field(page, 'kind').selectOption(kind);
    if (kind === 'target') await field(page, 'target').selectOption({ index: 0 });
    if (kind === 'unused') await field(page, 'group').selectOption('essential');
    await at(page, 'save').click();
    const row = page.locator(`[data-test="rule-${id}"]`);
    await row.waitFor(WAIT);
    expect(await ruleOf(id)).toMatchObject({ when: { kind }, owner: { vi: kind, en: 'the office' } });
    expect(await row.textContent()).toContain('the office');
  }
  expect(await page.locator('[data-test="rule-K-RATIO"]').textContent()).toContain(
    'Waiting beyond the date / Open now above 10.0%',
  );
  expect(await ruleOf('K-UNUSED')).toMatchObject({
    over: { dim: 'service', group: 'essential' },
    when: { kind: 'unused', days: 28 },
  });
  const unused = (await page.locator('[data-test="rule-K-UNUSED"]').textContent()) ?? '';
  expect(unused).toContain('Nobody filed a dossier for 28 days');
  expect(unused).toContain('each service among Essential services (25 of 53 counted)');
  expect(await page.locator('[data-test="rule-K-INDICATORS-UNLIKELY"]').textContent()).toContain(
    'Indicators that are met with less than 20.0% above 0',
  );
  await at(page, 'new').click();
  await field(page, 'id').fill('K-FAULT');
  await about('fault');
  await field(page, 'kind').selectOption('change');
  await field(page, 'recover-kind').selectOption('own');
  await field(page, 'recover').fill('5000');
  await at(page, 'save').click();
  await page.locator('[data-test="faults"] [data-path="when.recover"]').waitFor();
});
