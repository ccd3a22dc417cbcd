/** The page of links, and the wall's scene of databases, in a real browser on a real room. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { send } from '../../harness/client.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { at, openPage, WAIT } from './desk.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let room: Room;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'view' } });
  const now = Date.now();
  await tell('urn:portal:province:01', { database: 'NDB01', province: '01' }, now, 900, 2);
  await tell('urn:portal:province:01', { database: 'NDB05', province: '01' }, now, 400, 100);
  await tell('urn:portal:province:01', { database: 'NDB02', province: '01' }, now, 5, 1);
  // Beyond the catalogue's hour.
  await tell('urn:telecom:vnpt', { database: 'NDB01', telecom: 'VNPT' }, now - 3 * HOUR, 700, 0);
});
afterAll(() => room[Symbol.asyncDispose]());

let sent = 0;
/** A report of the minute before `end`; no interval lies within two days. */
async function tell(source: string, link: object, end: number, requests: number, timeout: number): Promise<void> {
  const midnight = Math.floor((end - 1 + 7 * HOUR) / (24 * HOUR)) * 24 * HOUR - 7 * HOUR;
  const interval = {
    start: new Date(Math.max(end - MINUTE, midnight)).toISOString(),
    end: new Date(end).toISOString(),
  };
  const data = { ...link, interval, requests, errors: { timeout }, lastSuccessAt: interval.end };
  await send(room, [{ specversion: '1.0', id: `p-${sent++}`, source, type: 'link.reported', data }], source);
}

const stateOf = (page: Page, id: string): Promise<string | null> => at(page, `link-${id}`).getAttribute('data-state');
const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

it('shows who is silent and who errs first, and one link over time by the keyboard', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/links?lang=en', { ready: '[data-test="matrix"]' });
  await expect
    .poll(
      () =>
        Promise.all(
          ['population.VNPT', 'land.34-01', 'population.34-01', 'population.MOF', 'business.34-01'].map((id) =>
            stateOf(page, id),
          ),
        ),
      WAIT,
    )
    .toEqual(['silent', 'erring', 'working', 'unknown', 'few']);
  expect(await at(page, 'attention').textContent()).toMatch(/VNPT.*Silent.*no report since.*Land – Ha Noi.*Erring/s);
  expect(await at(page, 'sum-silent').getAttribute('data-value')).toBe('1');
  // Words beside every shape: nothing is told by colour alone.
  expect(await at(page, 'link-population.VNPT').getAttribute('aria-label')).toMatch(/^Population – VNPT: Silent/);
  // Of five requests nothing can be told, and it says so.
  expect(await at(page, 'link-business.34-01').getAttribute('title')).toMatch(/only 5 requests from .*too few to tell/);
  // The period governs what stands under it.
  const legend = () => at(page, 'matrix-legend').textContent();
  expect(await legend()).toMatch(/last 7 days.*–: no link/);
  expect(await at(page, 'share-land.34-01').textContent()).toBe('25.0% failed');
  await at(page, 'days').selectOption('28');
  await expect.poll(legend, WAIT).toMatch(/last 28 days/);
  await at(page, 'link-land.34-01').focus();
  await page.keyboard.press('Enter');
  await at(page, 'trend-requests').waitFor(WAIT);
  expect(await at(page, 'trend-requests').getAttribute('data-value')).toBe('400');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('link-trend');
  expect(new URL(page.url()).searchParams.get('link')).toBe('land.34-01');
  expect(await violations(page)).toEqual([]);
  await at(page, 'close-trend').click();
  await expect.poll(() => page.locator('[data-test="trend"]').count(), WAIT).toBe(0);
  await page.close();
});

it('stands on a phone and a desk in both languages and grounds', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/links', { ready: '[data-test="matrix"]' });
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const)
    for (const choice of ['lang=vi&theme=dark', 'lang=en&theme=light']) {
      await page.setViewportSize({ width, height });
      await page.goto(`${room.url}/links?link=land.34-01&${choice}`);
      await at(page, 'trend-requests').waitFor(WAIT);
      await at(page, 'matrix').waitFor(WAIT);
      expect([width, choice, await sideways(page)]).toEqual([width, choice, 0]);
      expect({ width, choice, found: await violations(page) }).toEqual({ width, choice, found: [] });
    }
  await page.close();
});

it('a wall shows each database with the states of its links', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/?scene=databases&lang=en', {
    ready: '[data-test="database-population"]',
    width: 1920,
    height: 1080,
  });
  const population = at(page, 'database-population');
  await expect.poll(() => population.textContent(), WAIT).toMatch(/1 silent.*50 unknown.*1 working.*VNPT/s);
  expect(await population.locator('svg[data-state="silent"]').count()).toBe(1);
  expect(await at(page, 'database-land').textContent()).toMatch(/1 erring.*requests failed.*Ha Noi/s);
  expect(await at(page, 'keeper-population').textContent()).toContain('kept by Ministry of Public Security');
  expect(await violations(page)).toEqual([]);
  await page.close();
});
