/** What is said of an alert of a link, which has no curve, and of the directive that it was turned into; in a real browser. */
import { type Alerts, addDays, type Directive, localDay } from '@room/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { type AlertingRoom, startAlertingRoom } from '../../harness/alerting.ts';
import { openBrowser } from '../../harness/browser.ts';
import { send } from '../../harness/client.ts';
import { orSkip } from '../../harness/need.ts';
import { at, WAIT } from './desk.ts';

const HOUR = 3_600_000;

let alerting: AlertingRoom;
beforeAll(async () => {
  alerting = await startAlertingRoom(3_600);
});
afterAll(() => alerting[Symbol.asyncDispose]());

async function as<T>(path: string, body?: unknown): Promise<T> {
  const response = await alerting.as('leadership', path, body);
  const told = await response.text();
  expect([response.status, told]).toEqual([200, told]);
  return JSON.parse(told) as T;
}
async function open(browser: Browser, path: string): Promise<Page> {
  onTestFailed(() => console.error(alerting.room.logs()));
  const { url } = alerting.room;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ name: 'room-look', value: 'leadership', url }]);
  const page = await context.newPage();
  await page.goto(`${url}${path}`);
  return page;
}

it('a directive and an alert of a link say what is measured, and that links have no curve', async (context) => {
  const end = Date.now() - 3 * HOUR;
  const midnight = Math.floor((end - 1 + 7 * HOUR) / (24 * HOUR)) * 24 * HOUR - 7 * HOUR;
  const interval = {
    start: new Date(Math.max(end - 60_000, midnight)).toISOString(),
    end: new Date(end).toISOString(),
  };
  const data = { database: 'NDB01', province: '01', interval, requests: 700, errors: { timeout: 0 } };
  const event = { specversion: '1.0', id: 'p-1', source: 'urn:portal:province:01', type: 'link.reported' };
  await send(alerting.room, [{ ...event, data: { ...data, lastSuccessAt: interval.end } }], 'urn:portal:province:01');
  const silent = async () => (await as<Alerts>('/v1/alerts')).alerts.find(({ dim }) => dim === 'link');
  await expect.poll(silent, WAIT).toBeDefined();
  const id = (await silent())?.id ?? '';
  const due = addDays(localDay(Date.now(), 'Asia/Ho_Chi_Minh'), 7);
  const order = { text: 'mend it', due, wanted: { text: 'it reports' } };
  const { directive } = await as<{ directive: Directive }>('/v1/directives', {
    alert: id,
    unit: { dim: 'province', code: '34-01' },
    ...order,
  });
  await using browser = await orSkip(context, openBrowser());
  for (const path of [`/alerts?lang=en&alert=${id}`, `/alerts?lang=en&directive=${directive.id}`]) {
    const page = await open(browser, path);
    await at(page, 'no-curve').waitFor(WAIT);
    expect(await at(page, 'to-link').getAttribute('href')).toContain('link=population.34-01');
    if (path.includes('directive'))
      expect(await at(page, 'measured-what').textContent()).toBe('Time since its last report: Population – Ha Noi');
    await expect.poll(() => page.locator('[data-test="waiting"]').count(), WAIT).toBe(0);
    expect(await at(page, 'failure').count()).toBe(0);
    // Words stand apart, also for whoever copies or hears them.
    if (!path.includes('directive'))
      expect(await at(page, 'state').textContent()).toMatch(/^\s*Ringing, medium\s+since /);
    await page.close();
  }
});
