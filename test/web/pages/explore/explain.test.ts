/** From a change of the page to who made it, in a real browser on a real room. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const DAY = 24 * 3_600_000;
const local = (at: number): string => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);
const ago = (days: number): string => `${local(Date.now() - days * DAY)}T10:00:00+07:00`;

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [
    submission('e-1', { occurredAt: ago(3), count: 30 }),
    submission('e-2', { occurredAt: ago(2), count: 20, province: '04', channel: 1 }),
    submission('e-3', { occurredAt: ago(31), count: 10 }),
    submission('e-4', { occurredAt: ago(31), count: 25, province: '04', channel: 1 }),
  ]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

const valuesOf = (page: Page, dimension: string): Promise<string[]> =>
  page
    .locator(`[data-test="explain-${dimension}"] td[data-value]`)
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-value') ?? ''));
const change = (page: Page) =>
  page.locator('[data-test="explain-change"]').getAttribute('data-value', { timeout: 1_000 });

it.each([
  ['en', 1440, 900],
  ['vi', 390, 844],
])('in %s at %i by %i: by a key from the comparison to who made it, closer, and back', async (lang, width, height) => {
  await using browser = await openBrowser();
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
  await page.goto(`${room.url}/explore?lang=${lang}`);
  await page.locator('[data-test="explain"]').press('Enter', { timeout: 40_000 });
  await expect.poll(() => change(page), WAIT).toBe('15');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('explain-title');
  expect(await valuesOf(page, 'province')).toEqual(['20', '-5']);
  expect(await valuesOf(page, 'channel')).toEqual(['20', '-5']);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  expect(await violations(page, '[data-test="explanation"]')).toEqual([]);
  await page.locator('[data-test="explain-channel"] tbody button').nth(1).press('Enter');
  await expect.poll(() => change(page), WAIT).toBe('-5');
  expect(new URL(page.url()).searchParams.get('channel')).toBe('1');
  await page.goBack();
  await expect.poll(() => change(page), WAIT).toBe('15');
  await page.locator('[data-test="explanation"] h2').press('Escape');
  await expect.poll(() => page.locator('[data-test="explanation"]').count(), WAIT).toBe(0);
});

it('a share says what came of the shares themselves, and what of their weights', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage();
  await page.goto(`${room.url}/explore?lang=en&sort=shareOnline&explain=shareOnline`);
  await expect.poll(async () => Number(await change(page)), WAIT).toBeCloseTo(30 / 50 - 10 / 35, 10);
  const parts = (await valuesOf(page, 'channel')).map(Number);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(30 / 50 - 10 / 35, 10);
  // All of one channel is online, and nothing of the other: it is their weights that changed.
  expect(await page.locator('[data-test="explain-channel"] tr.note td').first().textContent()).toMatch(
    /by its own share 0.0 · by its weight \+\d/,
  );
});
