/** The pages for those who do not see them, or not in our colours: in a real browser on a real room. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { send, submission } from '../harness/client.ts';
import { orSkip } from '../harness/need.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { violations } from './axe.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const DAY = 24 * 3_600_000;
const local = (at: number): string => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);
const YESTERDAY = local(Date.now() - DAY);

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  const finished = { status: 9, count: 40 };
  await send(room, [
    submission('a-1', { count: 1_234 }),
    submission('a-2', { ...finished, onTime: false }),
    submission('a-3', { ...finished, onTime: true }),
    submission('a-4', { occurredAt: `${YESTERDAY}T10:00:00+07:00`, count: 5 }),
    submission('a-5', { ...finished, onTime: false, occurredAt: `${YESTERDAY}T10:00:00+07:00` }),
  ]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

async function open(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, ...options });
  await page.goto(`${room.url}${path}`);
  return page;
}

const PAGES = [
  ['/', '[data-test="submitted-today"][data-value]'],
  [`/past?from=${local(Date.now() - 9 * DAY)}&to=${YESTERDAY}`, '[data-test="period-total"]'],
  ['/past?day=2020-01-01', '[data-test="words"]'],
  ['/past?from=2020-01-01&to=2026-01-01', '[data-test="failure"]'],
  ['/forecasts', '[data-test="calibration"]'],
] as const;

it('no page breaks a rule of accessibility, in either language, on either ground', {
  timeout: 180_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const [path, ready] of PAGES)
    for (const choice of ['lang=vi&theme=dark', 'lang=en&theme=light']) {
      const page = await open(browser, `${path}${path.includes('?') ? '&' : '?'}${choice}`);
      await page.locator(ready).first().waitFor({ timeout: 40_000 });
      // With the controls, which stay while they have the focus; half faded in they have half their contrast.
      await page.locator('nav :is(a, button)').first().focus();
      const shown = () =>
        page
          .locator('nav')
          .first()
          .evaluate((nav) => getComputedStyle(nav).opacity);
      await expect.poll(shown).toBe('1');
      expect({ path, choice, violations: await violations(page) }).toEqual({ path, choice, violations: [] });
      await page.close();
    }
});

it('a number is read as itself, and the wall by its headings, its charts as tables', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/?lang=en');
  const number = page.locator('[data-test="submitted-today"]');
  await expect.poll(() => number.getAttribute('data-value', { timeout: 1_000 }).catch(() => ''), WAIT).toBe('1234');
  // For whoever may analyse it leads to its evidence.
  await expect.poll(() => number.ariaSnapshot(), WAIT).toMatch(/^- paragraph:\n {2}- link "1,234":\n/);
  const headings = await page.getByRole('heading').allTextContents();
  // Whether yesterday was a day of the same type depends on today.
  expect(headings.map((text) => text.trim().replace(/^Against .+/, 'Against other days'))).toEqual([
    'National public service pulse',
    'Situation',
    'Dossiers submitted today',
    'Against other days',
    'Dossiers in 5 minutes',
    'Dossiers/hour',
    'Last hour',
    'Ministries',
    'Will targets be met?',
    'Provinces',
    'Sources reporting now: 1/52',
  ]);
  const hour = page.getByRole('table', { name: 'Dossiers submitted per hour today' });
  expect((await hour.getByRole('columnheader').allTextContents()).slice(0, 2)).toEqual(['Hour', 'Submitted']);
  // Of an hour that too few reported it says so behind the number.
  await expect.poll(() => hour.getByRole('cell', { name: /^1,234\b/ }).count(), WAIT).toBe(1);
});

it('where the reader’s own colours rule, how much is reported is still seen', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open(browser, '/?theme=dark', { forcedColors: 'active', colorScheme });
    await page.locator('[data-test="submitted-today"][data-value]').waitFor({ timeout: 40_000 });
    const rule = page.locator('.rule').first();
    const clip = await rule.boundingBox();
    if (clip === null) throw new Error('the wall has no coverage rule');
    const drawn = await page.screenshot({ clip });
    await rule.evaluate((element) => {
      (element as HTMLElement).style.visibility = 'hidden';
    });
    expect({ colorScheme, seen: !drawn.equals(await page.screenshot({ clip })) }).toEqual({ colorScheme, seen: true });
    await page.close();
  }
});

it('a lost connection is told to a screen reader at once, and never that it still loads', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const wall = await open(browser, '/?lang=en');
  const past = await open(browser, `/past?day=${YESTERDAY}&lang=en`);
  const spoken = (page: Page) => page.locator('[data-test="spoken"]').textContent({ timeout: 1_000 });
  await expect.poll(() => spoken(wall).catch(() => ''), WAIT).toMatch(/^(?!Loading).*Silent: portal of Ha Noi/);
  await expect.poll(() => spoken(past).catch(() => ''), WAIT).toMatch(/^(?!Loading)./);
  await room.kill();
  await expect.poll(() => spoken(wall), { timeout: 10_000, interval: 100 }).toMatch(/^Disconnected/);
  await expect.poll(() => spoken(past), { timeout: 10_000, interval: 100 }).toMatch(/^Disconnected/);
  await expect
    .poll(() => wall.getByRole('heading').last().textContent())
    .toMatch(/^Sources that reported by \d\d:\d\d: \d+\/52$/);
});
