/** A question in words, and what is taken along of its answer, in a real browser on a real room. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';
import { ANSWERED, ago, asked, openPage, WAIT } from '../desk.ts';

const YESTERDAY = ago(1);

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [
    submission('a-1', { occurredAt: `${YESTERDAY}T10:00:00+07:00`, count: 7, province: '96' }),
    submission('a-2', { occurredAt: `${YESTERDAY}T10:00:00+07:00`, count: 5 }),
  ]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

const value = (page: Page, test: string) =>
  page.locator(`[data-test="${test}"] [data-value]`).first().getAttribute('data-value', { timeout: 1_000 });

it.each([
  ['vi', 'hồ sơ nộp cà mau hôm qua', 1440, 900],
  ['en', 'submitted ca mau yesterday', 390, 844],
])('in %s by keyboard alone: Ctrl-K, %s, Enter', async (lang, typed, width, height) => {
  await using browser = await openBrowser();
  const page = await openPage(browser, room, `/explore?lang=${lang}&agency=MPS&split=service`, {
    ready: ANSWERED,
    width: width,
    height: height,
  });
  await page.keyboard.press('Control+k');
  await page.keyboard.type(typed);
  await expect.poll(() => page.locator('[data-test="ask-taken"]').count(), WAIT).toBe(3);
  expect(await page.locator('[data-test="ask-reading"]').textContent()).toContain('Mau');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  expect(await violations(page, '.ask')).toEqual([]);
  await page.keyboard.press('Enter');
  // Of the question before nothing is left.
  const day = { from: YESTERDAY, to: YESTERDAY };
  await expect.poll(() => asked(page), WAIT).toEqual({ lang, sort: 'submitted', province: '34-96', ...day });
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('7');
});

it('what is not understood is marked, and left out by its own button only; what may be several things is chosen', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=en', { ready: ANSWERED });
  await page.fill('[data-test="ask"]', 'online atlantis yesterday');
  expect(await page.locator('[data-test="ask-unknown"]').textContent()).toMatch(/atlantis.*not understood/);
  await page.press('[data-test="ask"]', 'Enter');
  expect(asked(page)).toEqual({ lang: 'en' });
  await page.getByRole('button', { name: 'Measure: Submitted online' }).click();
  await page.click('[data-test="ask-without"]');
  await expect.poll(() => asked(page)['sort'], WAIT).toBe('submittedOnline');
  expect(asked(page)['from']).toBe(YESTERDAY);
});

it('a file and a picture are saved, each saying what it is of', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, `/explore?lang=en&from=${YESTERDAY}&to=${YESTERDAY}&split=province`, {
    ready: ANSWERED,
  });
  const saved = async (start: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> => {
    const [file] = await Promise.all([page.waitForEvent('download', { timeout: 30_000 }), start()]);
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };
  const take = (format: string) => async () => {
    await page.locator('[data-test="export"] button').click();
    await page.getByRole('menuitem', { name: format }).click();
  };
  const csv = await saved(take('CSV'));
  expect(csv.name).toMatch(/\.csv$/);
  expect(csv.bytes.toString()).toMatch(/^\ufeff?# Open this question again: .*\/explore\?/m);
  expect(csv.bytes.toString()).toMatch(/^34-96,Ca Mau,/m);
  const xlsx = await saved(take('XLSX'));
  expect([xlsx.name.endsWith('.xlsx'), xlsx.bytes.subarray(0, 2).toString()]).toEqual([true, 'PK']);
  const paper = await saved(take('PDF'));
  expect([paper.name.endsWith('.pdf'), paper.bytes.subarray(0, 5).toString()]).toEqual([true, '%PDF-']);
  const picture = await saved(() => page.click('[data-test="picture"]'));
  expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
  // Wider than the chart, and as high as it with its words.
  expect(picture.bytes.readUInt32BE(16)).toBeGreaterThan(600);
  expect(picture.bytes.readUInt32BE(20)).toBeGreaterThan(300);
  const drawing = await saved(() => page.click('[data-test="drawing"]'));
  const drawn = drawing.bytes.toString();
  expect(drawn).toMatch(/^<svg [\s\S]*<path[\s\S]*\/explore\?[\s\S]*<\/svg>$/);
});

it('a long file says how much of it is there, and is left by a click', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const path = '/explore?lang=en&from=2024-01-01&to=2026-12-31&grain=day&split=province';
  const page = await openPage(browser, room, path, { ready: ANSWERED });
  const network = await page.context().newCDPSession(page);
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: 1_000,
    uploadThroughput: -1,
  });
  await page.locator('[data-test="export"] button').click();
  await page.getByRole('menuitem', { name: 'CSV' }).click();
  const progress = page.locator('[data-test="export-progress"]');
  await expect.poll(() => progress.textContent({ timeout: 1_000 }), WAIT).toMatch(/[\d,]+ of 2,192 rows, \d+ kB/);
  await page.click('[data-test="export-cancel"]');
  await progress.waitFor({ state: 'detached', timeout: 20_000 });
  expect(await page.locator('[data-test="export"] [data-test="failure"]').count()).toBe(0);
});
