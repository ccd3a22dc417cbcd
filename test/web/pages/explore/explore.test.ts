/** The page of questions, in a real browser on a real room. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const DAY = 24 * 3_600_000;
const local = (at: number): string => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);
const ago = (days: number): string => local(Date.now() - days * DAY);

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [
    submission('e-1', { occurredAt: `${ago(3)}T10:00:00+07:00`, count: 7 }),
    submission('e-2', { occurredAt: `${ago(2)}T10:00:00+07:00`, count: 5, channel: 1 }),
    // In the four weeks before, on as many days: where too unlike a share was received no change is told.
    submission('e-3', { occurredAt: `${ago(31)}T10:00:00+07:00`, count: 6 }),
    submission('e-4', { occurredAt: `${ago(32)}T10:00:00+07:00`, count: 4 }),
  ]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

const value = (page: Page, test: string) =>
  page.locator(`[data-test="${test}"] [data-value]`).first().getAttribute('data-value', { timeout: 1_000 });
const asked = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

async function open(browser: Browser, path: string, width = 1440, height = 900): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(`${room.url}${path}`);
  return page;
}

it('shows all measures, the curve and who brought how much; a member that is clicked narrows it, and back widens it', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/explore?lang=en');
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('12');
  await expect.poll(() => value(page, 'member-channel-2'), WAIT).toBe('7');
  // 12 for 10, or by the working day where the two periods have not as many.
  expect(await page.locator('[data-test="measure-submitted"]').textContent()).toMatch(/\+\d+%(?! \()/);

  await page.click('[data-test="member-channel-1"]');
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('5');
  expect(asked(page, 'channel')).toBe('1');
  // The rivals of who was chosen still stand there.
  expect(await value(page, 'member-channel-2')).toBe('7');
  await page.getByRole('button', { name: 'Take out Channels: In person' }).click();
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('12');
  await page.goBack();
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('5');
});

it('essential services are one choice by their name, which the address keeps; one that is taken out leaves the others', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/explore?lang=vi');
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('12');
  const group = page.locator('[data-test="group-essential"]');
  expect(await group.getAttribute('aria-pressed')).toBe('false');
  await group.click();
  await expect.poll(() => asked(page, 'service'), WAIT).toBe('essential');
  await expect.poll(() => group.getAttribute('aria-pressed'), WAIT).toBe('true');
  expect(await page.locator('.chips').textContent()).toContain('Dịch vụ thiết yếu (đếm được 25 trong 53)');
  const member = page.locator('[data-test^="member-service-"][aria-pressed="true"]').first();
  const code = ((await member.getAttribute('data-test', { timeout: 20_000 })) ?? '').replace('member-service-', '');
  await member.click();
  await expect.poll(() => asked(page, 'service')?.split(',').length, WAIT).toBe(24);
  expect(asked(page, 'service')?.split(',')).not.toContain(code);
});

it('by keyboard alone: a measure is chosen, a dimension split and closed', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/explore?lang=vi');
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('12');
  await page.locator('[data-test="measure-submittedOnline"]').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => asked(page, 'sort'), WAIT).toBe('submittedOnline');
  await page.locator('[data-test="split-channel"]').focus();
  await page.keyboard.press('Enter');
  const row = page.locator('[data-test="row-2"]');
  await expect.poll(() => row.getAttribute('data-value', { timeout: 1_000 }), WAIT).toBe('7');
  await page.locator('[data-test="close-table"]').press('Enter');
  await expect.poll(() => page.locator('[data-test="table-channel"]').count(), WAIT).toBe(0);
});

it('an address that cannot be read says so, and shows what stands otherwise', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/explore?lang=en&from=yesterday');
  await expect.poll(() => page.locator('[data-test="fault"]').textContent(), WAIT).toContain('from: not a day');
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('12');
});

it('a unit that nobody knows is refused in words, and a period without anything is unknown, not zero', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/explore?lang=en&province=nowhere');
  await expect
    .poll(() => page.locator('[data-test="failure"]').first().textContent(), WAIT)
    .toContain('no province nowhere');
  await page.goto(`${room.url}/explore?lang=en&from=2020-01-01&to=2020-01-28`);
  const card = page.locator('[data-test="measure-submitted"]');
  await expect.poll(() => card.locator('strong').textContent({ timeout: 1_000 }), WAIT).toBe('—');
});

it.each([
  [390, 844],
  [1920, 1080],
])('nothing is wider than a screen of %i by %i', async (width, height) => {
  await using browser = await openBrowser();
  const page = await open(browser, '/explore?lang=vi&split=province', width, height);
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('12');
  await expect.poll(() => page.locator('[data-test="table-province"] tbody tr').count(), WAIT).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  const cut = await page.evaluate(
    () => [...document.querySelectorAll('.cards button')].filter((it) => it.scrollWidth > it.clientWidth + 1).length,
  );
  expect(cut).toBe(0);
});

it('a stretch of the curve narrows the time, by keyboard and by hand; the way back stays, and is undone', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, `/explore?lang=en&from=${ago(9)}&to=${ago(0)}`);
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('12');
  const curve = page.locator('[data-test="curve"]');
  await curve.focus();
  for (const key of ['Home', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight']) await page.keyboard.press(key);
  expect(await page.locator('[data-test="picked"]').textContent()).toMatch(/picked: Enter narrows/);
  await page.keyboard.press('Enter');
  await expect.poll(() => asked(page, 'from'), WAIT).toBe(ago(8));
  expect(asked(page, 'to')).toBe(ago(6));

  await page.locator('[data-test="trail"] button').click();
  await expect.poll(() => asked(page, 'from'), WAIT).toBe(ago(9));
  expect(await page.locator('[data-test="trail"]').count()).toBe(0);
  await page.keyboard.press('Control+z');
  await expect.poll(() => asked(page, 'from'), WAIT).toBe(ago(8));
  await page.keyboard.press('Control+z');
  await expect.poll(() => asked(page, 'from'), WAIT).toBe(ago(9));
  await page.keyboard.press('Control+y');
  await expect.poll(() => asked(page, 'from'), WAIT).toBe(ago(8));
  await page.keyboard.press('Control+z');
  await expect.poll(() => value(page, 'measure-submitted'), WAIT).toBe('12');

  await curve.scrollIntoViewIfNeeded();
  const box = (await curve.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 200, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => page.locator('[data-test="trail"]').count(), WAIT).toBe(1);
  expect(asked(page, 'to')).toBe(ago(0));
});
