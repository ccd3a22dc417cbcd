/** From a number of the page to what it is made of, and back, in a real browser on a real room. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const DAY = 24 * 3_600_000;
const local = (at: number): string => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);
const ago = (days: number): string => local(Date.now() - days * DAY);

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [
    submission('dossiers-0001', { occurredAt: `${ago(3)}T10:00:00+07:00`, count: 7 }),
    submission('dossiers-0002', { occurredAt: `${ago(2)}T10:00:00+07:00`, count: 5, channel: 1 }),
    submission('dossiers-0003', {
      occurredAt: `${ago(2)}T11:00:00+07:00`,
      count: -2,
      channel: 1,
      corrects: 'dossiers-0002',
    }),
    ...Array.from({ length: 60 }, (_, n) =>
      submission(`before-${n}`, { occurredAt: `${ago(31)}T10:00:00+07:00`, province: '04' }),
    ),
  ]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

async function open(browser: Browser, path: string, width = 1440, height = 900): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
  await page.goto(`${room.url}${path}`);
  await page.locator('[data-test="measure-submitted"] [data-value="10"]').waitFor({ timeout: 40_000 });
  return page;
}
const textOf = (page: Page, test: string): Promise<string | null> =>
  page.locator(`[data-test="${test}"]`).textContent({ timeout: 1_000 });
const proven = (page: Page) =>
  page.locator('[data-test="evidence-number"]').getAttribute('data-value', { timeout: 1_000 });

it('by keyboard: a number opens its evidence, which says that it matches, and goes back to the number', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/explore?lang=en');
  await page.locator('[data-test="prove-submitted"]').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => proven(page), WAIT).toBe('10');
  expect(await textOf(page, 'evidence-verdict')).toMatch(/They match; added up at/);
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('evidence-title');
  expect(await textOf(page, 'evidence')).toMatch(/entry status/);
  const events = page.locator('[data-test="evidence-events"] > li');
  expect(await events.count()).toBe(3);
  // Whoever answers for no unit sees the end of an id.
  expect(await events.first().locator('summary').textContent()).toMatch(/•••0003.*−2/s);
  await events.first().locator('summary').press('Enter');
  expect(await events.first().locator('dl').textContent()).toMatch(/Corrects•••0002.*partition 0, offset \d+/s);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('[data-test="evidence"]').count(), WAIT).toBe(0);
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-test')))
    .toBe('prove-submitted');
  await page.goBack();
  await expect.poll(() => proven(page), WAIT).toBe('10');
});

it('a row, the period before and a page of many events are opened by a click; another question closes them', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/explore?lang=vi&split=province');
  await page.locator('[data-test="table-province"] tfoot td.quiet button').click();
  await expect.poll(() => proven(page), WAIT).toBe('60');
  const events = page.locator('[data-test="evidence-events"] > li');
  expect(await events.count()).toBe(50);
  await page.click('[data-test="evidence-more"]');
  await expect.poll(() => events.count(), WAIT).toBe(60);
  expect(await textOf(page, 'evidence-verdict')).toMatch(/Khớp/);
  await page.click('[data-test="prove-channel-1"]');
  await expect.poll(() => proven(page), WAIT).toBe('3');
  await page.click('[data-test="member-channel-2"]');
  await expect.poll(() => page.locator('[data-test="evidence"]').count(), WAIT).toBe(0);
});

it('what was shown stays provable when more came in, which is told apart', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/explore?lang=en');
  await page.click('[data-test="prove-submitted"]');
  await expect.poll(() => proven(page), WAIT).toBe('10');
  const address = page.url();
  await send(room, [submission('dossiers-late', { occurredAt: `${ago(2)}T12:00:00+07:00`, count: 4 })]);
  await expect
    .poll(async () => {
      await page.goto(address);
      return page
        .locator('[data-test="evidence-late"]')
        .textContent({ timeout: 2_000 })
        .catch(() => '');
    }, WAIT)
    .toMatch(/Arrived after the number was shown: 1 event. Now it is 14/);
  expect(await proven(page)).toBe('10');
  expect(await textOf(page, 'evidence-verdict')).toMatch(/They match/);
  await page.locator('[data-test="evidence-late"] button').click();
  await expect.poll(() => proven(page), WAIT).toBe('14');
});

it('a number of a past period and of the wall leads to its evidence, as it was shown', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await page.goto(`${room.url}/past?lang=en&day=${ago(3)}`);
  await page.locator('[data-test="period-total"] a').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => proven(page), WAIT).toBe('7');
  expect(await textOf(page, 'evidence-verdict')).toMatch(/They match/);
  await page.goBack();
  await page.locator('[data-test="channel-2"] a').first().click();
  await expect.poll(() => proven(page), WAIT).toBe('7');

  await send(room, [submission('today-0001', { count: 3 })]);
  await page.goto(`${room.url}/?lang=en`);
  await page.locator('[data-test="submitted-today"][data-value="3"] a').click();
  await expect.poll(() => proven(page), WAIT).toBe('3');
  expect(await textOf(page, 'evidence-verdict')).toMatch(/They match/);
  expect(new URL(page.url()).searchParams.get('evidence')).toMatch(/^measure=submitted&side=now&shown=3&asOf=\d+$/);
});

it.each([
  ['vi', 1440, 900],
  ['en', 390, 844],
])(
  'in %s at %i by %i nothing is wider than the screen, and nothing is wrong for a screen reader',
  async (lang, width, height) => {
    await using browser = await openBrowser();
    onTestFailed(() => console.error(room.logs()));
    const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
    await page.goto(`${room.url}/explore?lang=${lang}&split=channel&evidence=measure%3DshareOnline%26side%3Dnow`);
    await expect.poll(() => textOf(page, 'evidence-verdict'), WAIT).toMatch(/Khớp|match/);
    await page.locator('[data-test="evidence-events"] summary').first().click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await violations(page, '[data-test="evidence"]')).toEqual([]);
  },
);
