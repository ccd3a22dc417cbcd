/** The page on which the API is tried, in a real browser on a real room. */
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [submission('e-1', { count: 7 })]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

it('an address is chosen, asked and answered, a wrong one refused in its own words, and nothing comes from outside', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
  const strange: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== room.url) strange.push(request.url());
  });
  page.on('pageerror', (error) => strange.push(error.message));
  const said = new URLSearchParams({ from: today, to: today, measures: 'submitted' });
  await page.goto(`${room.url}/api?lang=en&${new URLSearchParams({ of: 'getQuery', said: `${said}` })}`);
  await page.click('[data-test="api-ask"]', { timeout: 40_000 });
  const answer = page.locator('[data-test="api-answer"]');
  await expect.poll(() => answer.textContent({ timeout: 1_000 }).catch(() => ''), WAIT).toMatch(/"submitted": 7/);
  expect(await page.locator('[data-test="api-curl"]').textContent()).toContain(`${room.url}/v1/query?`);

  await page.fill('[data-test="api-field-measures"]', 'nothing');
  await page.click('[data-test="api-ask"]');
  const status = () => page.locator('[data-test="api-status"]').getAttribute('data-value');
  await expect.poll(status, WAIT).toBe('400');
  expect(await answer.textContent()).toMatch(/nothing is none of/);

  // Beside another question, or whoever else asks, it would pass for their answer.
  await page.fill('[data-test="api-token"]', 'wrong');
  await answer.waitFor({ state: 'detached' });
  await page.click('[data-test="api-ask"]');
  await expect.poll(() => page.locator('[data-test="api-failure"]').textContent(), WAIT).toMatch(/no reading token/);
  expect(await answer.count()).toBe(0);
  await page.fill('[data-test="api-token"]', 'reading_wrong');
  await page.click('[data-test="api-ask"]');
  await expect.poll(status, WAIT).toBe('401');
  expect(await answer.textContent()).not.toMatch(/nothing is none of/);
  await page.fill('[data-test="api-token"]', '');

  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await violations(page, 'main')).toEqual([]);

  await page.click('[data-test="api-getCatalogue"]');
  await expect.poll(() => page.locator('h2').textContent(), WAIT).toMatch(/\/v1\/catalogue/);
  expect(strange).toEqual([]);
});
