/** What happened beside the numbers, when in the week, and how few make how much: in a real browser on a real room. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';
import { ANSWERED, ago, asked, at, openPage, WAIT } from '../desk.ts';

const { calendar } = (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue;
const isUnusual = (day: string) => calendar.worked.includes(day) || calendar.daysOff.some(({ date }) => date === day);
/** Days before today, of a day that is what its weekday says, and has its weekday to itself. */
const USUAL = [6, 8, 10, 13].find((days) => !isUnusual(ago(days))) ?? 6;

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  const at = (id: string, days: number, hour: number, count: number, province: string) =>
    submission(id, { occurredAt: `${ago(days)}T${hour}:30:00+07:00`, count, province });
  await send(room, [
    at('h-1', USUAL, 10, 90, '01'),
    at('h-2', 5, 15, 6, '96'),
    at('h-3', 4, 10, 4, '79'),
    at('h-4', 2, 10, 20, '01'),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

const value = (page: Page, test: string) =>
  page.locator(`[data-test="${test}"]`).first().getAttribute('data-value', { timeout: 1_000 });

it('an event is noted by keyboard, stands in its period, is compared before and after, changed and taken back', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=en', { ready: ANSWERED });
  await at(page, 'add-annotation').press('Enter');
  const form = at(page, 'annotation-form');
  await form.locator('input[name="text-en"]').fill('<b>Portal</b> & maintenance');
  await form.locator('input[name="from"]').fill(ago(4));
  await form.locator('input[name="source"]').fill('https://example.org/notice');
  await form.locator('input[name="text-en"]').press('Enter');
  await at(page, 'annotation-done').waitFor(WAIT);
  const one = page.locator('[data-test="annotations"] li').first();
  expect(await one.locator('strong').textContent()).toBe('<b>Portal</b> & maintenance');
  expect(await one.locator('a').getAttribute('rel')).toContain('noopener');

  await one.locator('[data-test="compare-event"]').press('Enter');
  await expect
    .poll(() => asked(page), WAIT)
    .toMatchObject({ from: ago(4), to: ago(1), compare: `${ago(8)}:${ago(5)}` });
  await expect.poll(() => at(page, 'periods').textContent(), WAIT).toMatch(/after “<b>Portal.*before “<b>Portal/);
  await expect
    .poll(() => page.locator('[data-test="measure-submitted"] [data-value]').getAttribute('data-value'), WAIT)
    .toBe('24');

  await page.locator('[data-test="annotations"] [data-test="edit-annotation"]').press('Enter');
  await form.locator('input[name="text-en"]').fill('Outage');
  await form.locator('[data-test="save-annotation"]').press('Enter');
  await expect.poll(() => one.locator('strong').textContent(), WAIT).toBe('Outage');
  await one.locator('[data-test="remove-annotation"]').press('Enter');
  await expect.poll(() => page.locator('[data-test="annotations"] li').count(), WAIT).toBe(0);
  await at(page, 'annotation-undo').press('Enter');
  await expect.poll(() => one.locator('strong').textContent(), WAIT).toBe('Outage');
  await one.locator('[data-test="annotation-versions"]').press('Enter');
  await expect.poll(() => page.locator('[data-test="versions"] li').count(), WAIT).toBe(4);
  // A question that is narrowed to somebody keeps what was of all.
  await page.goto(`${room.url}/explore?lang=vi&agency=MOH`);
  await expect.poll(() => one.locator('strong').getAttribute('lang'), WAIT).toBe('en');
});

it('the week shows when dossiers come, and the table how few make most', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, `/explore?lang=en&split=province&from=${ago(14)}&to=${ago(1)}`, {
    ready: ANSWERED,
  });
  await page.locator('[data-test="heat"] summary').press('Enter');
  const weekday = ((new Date(`${ago(USUAL)}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
  await expect.poll(() => value(page, `heat-${weekday}-10`), WAIT).toBe('90');
  expect(await value(page, `heat-${weekday}-11`)).toBe('0');
  // 110 of 120 come from one place.
  await expect.poll(() => value(page, 'pareto'), WAIT).toBe('1');
  await at(page, 'order-change').press('Enter');
  // In another order there is nothing to add up.
  await expect.poll(() => at(page, 'pareto').count(), WAIT).toBe(0);
  await page.goto(`${room.url}/explore?lang=en&from=${ago(200)}&to=${ago(1)}`);
  await page.locator('[data-test="heat"] summary').press('Enter');
  await at(page, 'heat-too-long').waitFor(WAIT);
});

it.each([
  [1920, 1080, 'lang=en&theme=light'],
  [390, 844, 'lang=vi&theme=dark'],
])('all of it fits %i by %i, and breaks no rule of accessibility', async (width, height, choice) => {
  await using browser = await openBrowser();
  const page = await openPage(browser, room, `/explore?${choice}&split=province`, {
    ready: ANSWERED,
    width: width,
    height: height,
  });
  await page.locator('[data-test="heat"] summary').click();
  await page.locator('[data-test="heat"] td').first().waitFor(WAIT);
  await at(page, 'pareto').waitFor(WAIT);
  await at(page, 'add-annotation').click();
  for (const part of ['annotations', 'heat', 'table-province'])
    expect([part, await violations(page, `[data-test="${part}"]`)]).toEqual([part, []]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
});
