/** The board of essential services and the page of leaders in a real browser on a real room. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { send, submission } from '../../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { ago, WAIT } from './desk.ts';

let room: Room;
let police: CookieClient;
let office: CookieClient;
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
  office = await person('office', ['view', 'analyse', 'direct'], 'all');
  const units = ['MPS', 'MOJ', 'MOH', 'MOF'];
  await send(
    room,
    units.flatMap((agency, at) =>
      Array.from({ length: 6 }, (_, back) => {
        const of = { procedure: `OTHER-${agency}`, agency, occurredAt: `${ago(back + 1)}T03:00:00Z` };
        const late = at === 3 ? 400 : 10 + back;
        return [
          submission(`${agency} ${back} filed`, { ...of, count: 600 }),
          submission(`${agency} ${back} in time`, { ...of, status: 3, onTime: true, count: 500 + back }),
          submission(`${agency} ${back} late`, { ...of, status: 3, onTime: false, count: late }),
        ];
      }).flat(),
    ),
  );
  await send(room, [
    submission('filed', { procedure: 'DV03', count: 40, occurredAt: `${ago(1)}T03:00:00Z` }),
    submission('paper', { procedure: 'DV03', count: 10, channel: 1, occurredAt: `${ago(1)}T03:00:00Z` }),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

async function desk(browser: Browser, who: CookieClient, width = 1440, height = 900): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.addCookies([{ name: 'room-session', value: who.cookies.get('room-session') ?? '', url: room.url }]);
  return context;
}
/** Until what was accepted is counted: a page asks only now and then. */
async function counted(page: Page, path: string, ready: string, is: (text: string) => boolean): Promise<void> {
  await expect
    .poll(async () => {
      await page.goto(`${room.url}${path}`);
      await page.locator(ready).first().waitFor(WAIT);
      return is((await page.locator(ready).first().textContent()) ?? '');
    }, WAIT)
    .toBe(true);
}

it('a ministry sees what is filed of its services, says since when one is deployed, and takes that back', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, police, 390, 844);
  const page = await place.newPage();
  const row = page.locator('[data-test="service-DV03"]');
  await counted(page, '/services?lang=en', '[data-test="service-DV03"]', (text) => text.includes('50'));
  expect(await row.textContent()).toMatch(/Not reported.*80\.0%.*not measured/s);
  // Of services that hardly anything is reported of, nobody knows whether they are used.
  expect(await page.locator('[data-test="service-DV01"]').getAttribute('data-use')).toBe('unknown');
  await row.locator('[data-test="report-service"]').click();
  await page.locator('[name="deployed-since"]').fill('2023-06-01');
  await page.locator('[name="deployed-evidence"]').fill('decision 7');
  expect(await violations(page)).toEqual([]);
  await page.locator('[data-test="send-service"]').click();
  await expect.poll(() => row.textContent(), WAIT).toMatch(/Deployed since.*decision 7/s);
  expect(await page.locator('[data-test="board-deployed"]').textContent()).toBe('1');
  // What is reported of all, what ministries say and what is counted stand side by side, each with as of when.
  await expect
    .poll(() => page.locator('[data-test="board-beside"] tbody tr').allTextContents(), WAIT)
    .toEqual([
      expect.stringMatching(/Essential services of Project 06 deployed.*38.*2023/),
      expect.stringMatching(/each ministry says.*1.*/),
      expect.stringMatching(/Dossiers counted.*1/),
    ]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
  await row.locator('[data-test="report-service"]').click();
  await page.locator('[data-test="undo-service"]').click();
  await expect.poll(() => row.textContent(), WAIT).toContain('Not reported');
});

it('the Office sees who leads and who lags with how sure that is, and writes down what was done there', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, office);
  const page = await place.newPage();
  await counted(page, '/services?lang=en', '[data-test="board-submitted"]', (text) => text === '50');
  await page.locator('[data-test="service-proof"]').first().click();
  await expect.poll(() => page.url(), WAIT).toContain('/explore?');
  expect(new URL(page.url()).searchParams.get('service')).toBe('DV03');
  await page.goto(`${room.url}/leaders?lang=en`);
  await page.locator('[name="units"]').selectOption('agency');
  // The days may lie in two months: their year has all of them but at its very beginning.
  const years = await page.locator('[name="period"] option').allTextContents();
  const year = ago(3).slice(0, 4);
  expect(years).toContain(year);
  await page.locator('[name="period"]').selectOption(year);
  const leads = page.locator('[data-side="leads"]');
  await page.locator('[data-test^="leaders-"], [data-test="no-leaders"]').first().waitFor(WAIT);
  expect(await violations(page)).toEqual([]);
  await expect.poll(() => page.locator('[data-test="led-MOF"]').getAttribute('data-side'), WAIT).toBe('lags');
  // A count says of what it is, wherever it stands, and where it leads to it is the same.
  await page.locator('[name="measure"]').selectOption('submitted');
  await expect.poll(() => page.locator('thead th').nth(1).textContent(), WAIT).toContain('dossiers per working day');
  expect(await page.locator('[data-test="led-MOF"] a').getAttribute('href')).toContain('per=working-day');
  await page.locator('[name="measure"]').selectOption('shareOnTime');
  expect(await leads.count()).toBeGreaterThan(0);
  await page.locator('[data-test="add-model"]').click();
  await page.locator('[name="model-unit"]').selectOption('MPS');
  await page.locator('[name="model-title"]').fill('One counter');
  await page.locator('[name="model-did"]').fill('Two counters became one.');
  await page.locator('[name="model-evidence"]').fill('report 3');
  await page.locator('[data-test="save-model"]').click();
  await expect
    .poll(() => page.locator('[data-test="good-model"]').allTextContents(), WAIT)
    .toEqual([expect.stringContaining('One counter')]);
  await page.locator('[data-test="remove-model"]').click();
  await page.locator('[data-test="undo-model"]').click();
  await expect.poll(() => page.locator('[data-test="good-model"]').count(), WAIT).toBe(1);
  expect(await violations(page)).toEqual([]);
});

it('whoever makes briefings has one made each working day, and that stays', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, office, 390, 844);
  const page = await place.newPage();
  const form = page.locator('[data-test="schedule"]');
  await page.goto(`${room.url}/programmes?lang=en`);
  await form.waitFor(WAIT);
  await form.locator('[name="schedule-on"]').check();
  await form.locator('[name="schedule-at"]').fill('06:45');
  await form.locator('[data-test="save-schedule"]').click();
  await page.locator('[data-test="schedule-saved"]').waitFor(WAIT);
  expect(await violations(page)).toEqual([]);
  await page.reload();
  await form.waitFor(WAIT);
  expect(await form.locator('[name="schedule-on"]').isChecked()).toBe(true);
  expect(await form.locator('[name="schedule-at"]').inputValue()).toBe('06:45');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});
