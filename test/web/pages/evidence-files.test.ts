/** A file as evidence, in a real browser on a real room: chosen, dragged, refused with what to do, removed, told with, and taken along. */
import { readFile } from 'node:fs/promises';
import { addDays, localDay } from '@room/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { WAIT } from './desk.ts';

let room: Room;
let police: CookieClient;
const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
let task = '';
beforeAll(async () => {
  room = await startRoom();
  const administrator = await firstAdministrator(room);
  const person = async (id: string, rights: string[], scope: unknown): Promise<CookieClient> => {
    const { token } = await administrator.told<{ token: string }>('/v1/people', { id, name: id, rights, scope });
    const client = new CookieClient(room);
    await client.told('/v1/session/accept', { token, password: PASSWORD });
    return client;
  };
  police = await person('police', ['view', 'answer'], { agencies: ['MPS'], provinces: [] });
  const office = await person('office', ['view', 'direct'], 'all');
  const unit = { dim: 'agency', code: 'MPS' };
  await office.told('/v1/tasks', {
    tasks: [{ plan: 'Plan', item: '1', unit, text: 'see to it', due: addDays(TODAY, 30), wanted: 'all of it' }],
  });
  const { tasks } = await office.told<{ tasks: { id: string }[] }>('/v1/tasks');
  task = tasks[0]?.id ?? '';
});
afterAll(() => room[Symbol.asyncDispose]());

async function desk(browser: Browser, width = 1440, height = 900): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  await context.addCookies([{ name: 'room-session', value: police.cookies.get('room-session') ?? '', url: room.url }]);
  return context;
}
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n(report 12)\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n');
const pdf = { name: 'Báo cáo 12.pdf', mimeType: 'application/pdf', buffer: PDF };
const state = (page: Page): Promise<string | null> =>
  page.locator('[data-test="evidence-file"]').getAttribute('data-state');
const failure = (page: Page): Promise<string | null> =>
  page.locator('[data-test="evidence-file"] [data-test="failure"]').getAttribute('data-code', WAIT);

async function reportForm(context: BrowserContext, query = '?lang=en'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${room.url}/programmes${query}`);
  await page.locator('tr[data-test="indicator-EID-ACCOUNTS"] button').click(WAIT);
  await page.locator('[data-test="new-report"]').click();
  await page.locator('[data-test="report-form"]').waitFor(WAIT);
  return page;
}

it('is chosen, refused with what to do, removed, told with, and taken along as it was', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser);
  const page = await reportForm(place);
  const input = page.locator('[data-test="report-form"] input[name="file"]');
  // What its name says is not what it is.
  await input.setInputFiles({ ...pdf, buffer: Buffer.from('MZ\0\x01\x02') });
  expect(await failure(page)).toBe('file_type');
  expect(await page.locator('[data-test="evidence-file"]').textContent()).toContain('save it as one of them');
  await input.setInputFiles({ ...pdf, buffer: Buffer.alloc(0) });
  await expect.poll(() => failure(page), WAIT).toBe('file_empty');
  await input.setInputFiles({ ...pdf, buffer: Buffer.concat([PDF], 10_000_001) });
  await expect.poll(() => failure(page), WAIT).toBe('file_too_large');
  expect(await violations(page)).toEqual([]);
  await input.setInputFiles(pdf);
  await expect.poll(() => state(page), WAIT).toBe('there');
  expect(await violations(page)).toEqual([]);
  // Removed by the keyboard, which then stands where another is chosen.
  await page.locator('[data-test="remove-file"]').focus();
  await page.keyboard.press('Enter');
  expect(await state(page)).toBe('none');
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('file');
  await input.setInputFiles(pdf);
  await expect.poll(() => state(page), WAIT).toBe('there');
  await page.locator('[name="period"]').selectOption('2026-02');
  await page.locator('[name="value"]').fill('71000000');
  await page.locator('[name="evidence"]').fill('report 12');
  await page.locator('[data-test="send-report"]').click();
  const shown = page.locator('[data-test="report"] [data-test="evidence-file-shown"]');
  await expect.poll(() => shown.textContent(), WAIT).toMatch(/Báo cáo 12\.pdf.*1 kB.*police.*sha256 [0-9a-f]{12}…/s);
  expect(await violations(page)).toEqual([]);
  const [taken] = await Promise.all([page.waitForEvent('download'), shown.locator('[data-test="take-file"]').click()]);
  expect(taken.suggestedFilename()).toBe('Báo cáo 12.pdf');
  expect((await readFile(await taken.path())).equals(PDF)).toBe(true);
  // A correction has a file of its own, and what it corrects keeps the one that it had; taken back it stands again.
  await page.locator('[data-test="correct"]').click();
  await page.locator('[data-test="report-form"] input[name="file"]').setInputFiles({
    name: 'table.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('a,b\n'),
  });
  await expect.poll(() => state(page), WAIT).toBe('there');
  await page.locator('[name="value"]').fill('72000000');
  await page.locator('[name="evidence"]').fill('table');
  await page.locator('[name="why"]').fill('a slip');
  await page.locator('[data-test="send-report"]').click();
  const names = page.locator('[data-test="report"] [data-test="take-file"]');
  await expect.poll(() => names.allTextContents(), WAIT).toEqual(['table.csv', 'Báo cáo 12.pdf']);
  await page.locator('[data-test="undo"]').click();
  await expect.poll(() => names.allTextContents(), WAIT).toEqual(['Báo cáo 12.pdf', 'table.csv', 'Báo cáo 12.pdf']);
});

it('alone shows a value, and what should not have been given is taken away with a reason', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, 390, 844);
  const page = await reportForm(place);
  await page.locator('[name="period"]').selectOption('2026-03');
  await page.locator('[name="value"]').fill('71000000');
  await page.locator('[data-test="send-report"]').click();
  await page.locator('[data-test="evidence-lacks"]').waitFor(WAIT);
  await page.locator('[data-test="report-form"] input[name="file"]').setInputFiles({
    name: 'names.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('name\nAn\n'),
  });
  await expect.poll(() => state(page), WAIT).toBe('there');
  await page.locator('[data-test="send-report"]').click();
  const row = page.locator('[data-test="report"][data-value="2026-03 1"]');
  await row.locator('[data-test="take-away"]').click(WAIT);
  expect(await page.locator('[data-test="confirm"]').isDisabled()).toBe(true);
  await page.locator('[name="why-taken-away"]').fill('it names people');
  expect(await violations(page)).toEqual([]);
  await page.locator('[data-test="confirm"]').click();
  await expect
    .poll(() => row.locator('[data-test="file-removed"]').textContent(), WAIT)
    .toMatch(/taken away by police.*it names people/);
  expect(await row.locator('[data-test="take-file"]').count()).toBe(0);
  expect(await row.textContent()).toContain('names.csv');
  expect(await violations(page)).toEqual([]);
});

it('is dragged, seen on its way, and stopped; nothing is told before it is there', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, 390, 844);
  const page = await reportForm(place, '');
  const drop = (size: number): Promise<void> =>
    page.locator('[data-test="evidence-file"]').evaluate((box, bytes) => {
      const given = new DataTransfer();
      given.items.add(
        new File(['%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n', new Uint8Array(bytes)], 'dragged.pdf'),
      );
      box.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }));
    }, size);
  const line = await place.newCDPSession(page);
  await line.send('Network.enable');
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 100_000 };
  await line.send('Network.emulateNetworkConditions', slow);
  await drop(5_000_000);
  await page.locator('[data-test="file-progress"]').waitFor(WAIT);
  expect(await page.locator('[data-test="send-report"]').isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await page.locator('[data-test="stop-file"]').click();
  expect(await state(page)).toBe('none');
  // A line that is cut says so, and the same file is sent again by one step.
  await line.send('Network.emulateNetworkConditions', { ...slow, offline: true });
  await drop(10);
  await expect.poll(() => failure(page), WAIT).toBe('unreachable');
  await line.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
  await page.locator('[data-test="file-again"]').click();
  await expect.poll(() => state(page), WAIT).toBe('there');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
});

it('shows what a task was answered with, and stays over a further answer until it is removed', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser);
  const page = await place.newPage();
  await page.goto(`${room.url}/tasks?lang=en&task=${task}`);
  const form = page.locator('[data-test="response-form"]');
  await form.waitFor(WAIT);
  await form.locator('[name="cause"]').fill('few people');
  await form.locator('[name="measure"]').fill('more people');
  await form.locator('[name="is-done"]').selectOption('true');
  await form.locator('[name="done"]').fill(TODAY);
  await form.locator('[data-test="respond"]').click();
  await page.locator('[data-test="evidence-lacks"]').waitFor(WAIT);
  await form.locator('[name="file"]').setInputFiles(pdf);
  await expect.poll(() => state(page), WAIT).toBe('there');
  expect(await violations(page)).toEqual([]);
  await form.locator('[data-test="respond"]').click();
  const shown = page.locator('[data-test="response"] [data-test="take-file"]');
  await expect.poll(() => shown.allTextContents(), WAIT).toEqual(['Báo cáo 12.pdf']);
  // Also where what became of the task is told line by line.
  const told = page.locator('[data-test="ledger"] [data-test="take-file"]');
  await expect.poll(() => told.allTextContents(), WAIT).toEqual(['Báo cáo 12.pdf']);
  await page.locator('[data-test="respond-again"]').click();
  expect(await state(page)).toBe('there');
  await form.locator('[name="cause"]').fill('few people and a slip');
  await form.locator('[data-test="respond"]').click();
  await expect.poll(() => page.locator('[data-test="response"]').textContent(), WAIT).toContain('and a slip');
  expect(await shown.allTextContents()).toEqual(['Báo cáo 12.pdf']);
});

it('shows that a service is deployed', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, 390, 844);
  const page = await place.newPage();
  await page.goto(`${room.url}/services?lang=en`);
  const row = page.locator('[data-test="service-DV03"]');
  await row.locator('[data-test="report-service"]').click(WAIT);
  await page.locator('[name="deployed-evidence"]').fill('decision 7');
  await page.locator('[role="dialog"] input[name="file"]').setInputFiles(pdf);
  await expect.poll(() => state(page), WAIT).toBe('there');
  expect(await violations(page)).toEqual([]);
  await page.locator('[data-test="send-service"]').click();
  await expect.poll(() => row.locator('[data-test="take-file"]').allTextContents(), WAIT).toEqual(['Báo cáo 12.pdf']);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
});
