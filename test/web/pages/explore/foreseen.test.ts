/** What is to come of a question, on its curve, in a real browser on a real room. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { ANSWERED, ago, at, openPage, WAIT } from '../desk.ts';

const HOUR = 3_600_000;

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  // An hour is known a few minutes after its end; three days of hours are what a forecast is made of.
  const last = Math.floor((Date.now() - 5 * 60_000) / HOUR) * HOUR - HOUR;
  const hours = Array.from({ length: 75 }, (_, back) => {
    const from = last - back * HOUR;
    const interval = { start: new Date(from).toISOString(), end: new Date(from + HOUR).toISOString() };
    return submission(`h-${from}`, { occurredAt: undefined, interval, count: 40 + (back % 7) });
  });
  await send(room, hours);
});
afterAll(() => room[Symbol.asyncDispose]());

it('what is to come is foreseen with its band, and a portal that is silent is named; a drawing says the same', {
  timeout: 240_000,
}, async (context) => {
  // The first forecast is made some time after the counts came.
  const asked = async () => (await fetch(`${room.url}/v1/forecasts?grain=hour`)).status;
  await expect.poll(asked, { timeout: 120_000, interval: 500 }).toBe(200);
  await using browser = await orSkip(context, openBrowser());
  // In the first hour of a day nothing of it is counted.
  const page = await openPage(browser, room, `/explore?lang=en&from=${ago(1)}&to=${ago(-1)}`, { ready: ANSWERED });
  await expect
    .poll(
      async () =>
        (await page.locator('[data-test^="foreseen-"]').allTextContents()).filter((text) => /\d/.test(text)).length,
      WAIT,
    )
    .toBeGreaterThan(0);
  expect(await at(page, 'curve-keys').textContent()).toMatch(/Dashed: forecast, 80% band/);
  await expect.poll(() => at(page, 'curve-keys').textContent(), WAIT).toMatch(/National.* has not reported since/);

  expect(await at(page, 'member-source-urn:portal:national').textContent()).toMatch(/has not reported since/);

  const taken = page.waitForEvent('download', WAIT);
  await at(page, 'drawing').press('Enter');
  const drawn = await readFile(await (await taken).path(), 'utf8');
  expect(drawn).toMatch(/Dashed: forecast, 80% band/);
  expect(drawn).toMatch(/has not reported since/);
  expect(drawn).toContain('<pattern');
  expect(drawn).toContain(`from=${ago(1)}`);
});
