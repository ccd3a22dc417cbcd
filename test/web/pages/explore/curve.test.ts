/** What stands behind the curve of a question, in a real browser on a real room: usual, foreseen, not known. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { ANSWERED, ago, at, openPage, WAIT } from '../desk.ts';

/** Days of the curve, and those before it that make what is usual. */
const DAYS = 21;
const KNOWN = DAYS + 63;
/** The day of which nothing was reported. */
const UNKNOWN = 9;

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  const days = Array.from({ length: KNOWN }, (_, n) => n + 1)
    .filter((back) => back !== UNKNOWN)
    .map((back) => submission(`d-${back}`, { occurredAt: `${ago(back)}T10:00:00+07:00`, count: 900 + (back % 5) }));
  await send(room, days);
});
afterAll(() => room[Symbol.asyncDispose]());

const keys = (page: Page): Promise<string> =>
  at(page, 'curve-keys')
    .textContent()
    .then((text) => text ?? '');
const cells = (page: Page, test: string): Promise<string[]> =>
  page.locator(`[data-test^="${test}-"]`).allTextContents();
const known = async (page: Page, test: string): Promise<number> =>
  (await cells(page, test)).filter((text) => /\d/.test(text)).length;

it('behind days stands what days like them had, and is said in the table; a day of which nothing is known is hatched', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, `/explore?lang=en&from=${ago(DAYS)}&to=${ago(1)}`, { ready: ANSWERED });
  await expect.poll(() => known(page, 'usual'), WAIT).toBeGreaterThan(0);
  expect(await keys(page)).toMatch(/Grey: 9 in 10 days like it/);
  expect(await keys(page)).toMatch(/Hatched: nothing was reported/);
  // Of days that are over nothing is foreseen.
  expect(await known(page, 'foreseen')).toBe(0);
  expect(await keys(page)).not.toMatch(/forecast/i);
});

it.each([
  ['a share', 'sort=shareOnline', /Shares have no usual range and no forecast/],
  ['a level', 'sort=backlogOpen', /What is waiting has no usual range/],
  ['a channel', `channel=2&from=${ago(3)}&to=${ago(-1)}`, /Forecasts are made of the whole country/],
  ['people', 'per=1000-people', /per 1,000 people have no usual range/],
])('of %s it says why there is none', async (_, narrowed, why) => {
  await using browser = await openBrowser();
  const page = await openPage(browser, room, `/explore?lang=en&${narrowed}`, { ready: ANSWERED });
  await expect.poll(() => keys(page), WAIT).toMatch(why);
});
