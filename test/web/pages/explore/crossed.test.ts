/** Two dimensions held against each other, in a real browser on a real room: by hand, by keyboard, taken along. */
import { readFile } from 'node:fs/promises';
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
  const at = (id: string, days: number, count: number, province: string, channel: number) =>
    submission(id, { occurredAt: `${ago(days)}T10:00:00+07:00`, count, province, channel });
  await send(room, [
    at('x-1', 6, 60, '01', 2),
    at('x-2', 5, 30, '01', 1),
    at('x-3', 4, 10, '79', 2),
    at('x-4', 3, 5, '96', 1),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

const cell = (page: Page, row: string, column: string) => at(page, `pivot-${row}-${column}`);
const value = (page: Page, row: string, column: string) =>
  cell(page, row, column).getAttribute('data-value', { timeout: 1_000 });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-test') ?? '');

it('a split is crossed with another: cells and totals, shaded by value or share, swapped, and a cell narrows to both; each step is undone', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=en&split=province', { ready: ANSWERED });
  await page.getByRole('button', { name: 'Cross with' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Channels' }).press('Enter');
  await expect.poll(() => value(page, '34-01', '2'), WAIT).toBe('60');
  expect(await value(page, '34-01', 'total')).toBe('90');
  expect(await value(page, 'total', '1')).toBe('35');
  expect(await value(page, 'total', 'total')).toBe('105');
  // A meeting of which nothing is known is a dash.
  expect(await cell(page, '34-79', '1').textContent()).toBe('—');

  await page.getByRole('button', { name: 'Shade by' }).press('Enter');
  await page.getByRole('menuitemradio', { name: 'Share of its row' }).press('Enter');
  await expect.poll(() => cell(page, '34-01', '2').textContent(), WAIT).toBe('67%');
  expect(asked(page)['heat']).toBe('row');

  await at(page, 'pivot-swap').press('Enter');
  await expect.poll(() => value(page, '2', '34-01'), WAIT).toBe('60');
  expect(await violations(page, '[data-test="pivot"]')).toEqual([]);
  // By keyboard: one place is reached by Tab, and arrows lead on.
  await page.locator('[data-test="pivot"] td[tabindex="0"]').focus();
  await page.keyboard.press('Control+Home');
  const first = await focused(page);
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).not.toBe(first);
  await page.keyboard.press('Control+End');
  expect(await focused(page)).toBe('pivot-total-total');
  await cell(page, '1', '34-01').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => asked(page), WAIT).toMatchObject({ channel: '1', province: '34-01' });
  await expect.poll(() => value(page, 'total', 'total'), WAIT).toBe('30');
  await page.keyboard.press('Control+z');
  await expect.poll(() => value(page, 'total', 'total'), WAIT).toBe('105');
  await page.goBack();
  await expect.poll(() => asked(page)['split'], WAIT).toBe('province,channel');
  await at(page, 'pivot-close').press('Enter');
  await expect.poll(() => page.locator('[data-test="table-province"]').count(), WAIT).toBe(1);
});

it('a file of it has each meeting and names its question', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=en&split=province,channel', { ready: ANSWERED });
  await expect.poll(() => value(page, 'total', 'total'), WAIT).toBe('105');
  const taken = page.waitForEvent('download', WAIT);
  await page.getByRole('button', { name: 'Export' }).press('Enter');
  await page.getByRole('menuitem', { name: 'CSV' }).press('Enter');
  const text = await readFile(await (await taken).path(), 'utf8');
  expect(text).toMatch(/split=province(,|%2C)channel/);
  expect(text).toMatch(/^34-01,.*,2,Online.*,60,/m);
});

it('a share stands beside what it is of and between what it lies', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=en&split=province&sort=shareOnline', { ready: ANSWERED });
  // 60 of 90.
  await expect.poll(() => at(page, 'sure-34-01').textContent({ timeout: 1_000 }), WAIT).toBe('56.4%–75.5%');
  await at(page, 'measure-submitted').press('Enter');
  await expect.poll(() => page.locator('[data-test="sure-34-01"]').count(), WAIT).toBe(0);
});
