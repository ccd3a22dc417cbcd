/** What is chosen on a page stands in its address: whoever is sent it, or comes back, sees the same. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { ago, WAIT } from './desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
});
afterAll(() => room[Symbol.asyncDispose]());

const [from, to] = [ago(40), ago(3)];
it.for([
  ['/service-index', 'units', '[data-test="index-units"]', { period: to.slice(0, 4), units: 'agency' }],
  ['/leaders', 'measure', '[name="measure"]', { units: 'agency', measure: 'shareOnline' }],
  ['/links', 'days', '[data-test="days"]', { days: '28' }],
  ['/services', 'agency', '[name="agency"]', { from, to, agency: 'MPS' }],
  ['/tasks', 'since', '[name="since"]', { since: from, which: 'moved' }],
  ['/programmes', 'known', '[name="known"]', { known: to }],
  ['/alerts/times', 'by', '[name="by"]', { by: 'province', from, to }],
] as const)('%s', async ([path, name, field, asked], context) => {
  const chosen: Readonly<Record<string, string>> = asked;
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage();
  await page.context().addCookies([{ name: 'room-look', value: 'analyst', url: room.url }]);
  const value = (): Promise<string> => page.locator(field).inputValue();
  await page.goto(`${room.url}${path}?${new URLSearchParams(chosen)}&lang=en`);
  await page.locator(field).waitFor(WAIT);
  expect(await value()).toBe(chosen[name]);
  // Another choice goes into the address and leaves the rest of it; what is read again has it.
  const other = await page.locator(field).evaluate((input) => {
    const options = input instanceof HTMLSelectElement ? [...input.options].map((option) => option.value) : [];
    return options.find((option) => option !== '' && option !== (input as HTMLSelectElement).value);
  });
  if (other === undefined) await page.locator(field).fill(ago(10));
  else await page.locator(field).selectOption(other);
  const wanted = { ...chosen, [name]: other ?? ago(10), lang: 'en' };
  await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams), WAIT).toEqual(wanted);
  await page.reload();
  await page.locator(field).waitFor(WAIT);
  expect(await value()).toBe(wanted[name]);
  // What is no choice of it is as if nothing were said.
  await page.goto(`${room.url}${path}?${name}=%3Cx%3E&lang=en`);
  await page.locator(field).waitFor(WAIT);
  expect(await value()).not.toContain('<');
});
