/** Dialog, menu, tabs, tips and period of the pages, by keyboard and by what a screen reader is told, in a real browser. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { send, submission } from '../harness/client.ts';
import { orSkip } from '../harness/need.ts';
import { type Room, startRoom } from '../harness/room.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const DAY = 24 * 3_600_000;
const local = (at: number): string => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);
const FROM = local(Date.now() - 3 * DAY);
const TO = local(Date.now() - 2 * DAY);

let room: Room;
let axe: string;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [
    submission('d-1', { occurredAt: `${FROM}T10:00:00+07:00`, count: 7 }),
    submission('d-2', { occurredAt: `${TO}T10:00:00+07:00`, count: 5 }),
    submission('d-3'),
  ]);
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

async function open(browser: Browser, path: string, width = 1440, height = 900): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
  await page.goto(`${room.url}${path}`);
  await page.locator('[data-test="connection"]:not([data-state="loading"])').waitFor({ timeout: 40_000 });
  return page;
}
const openPast = async (browser: Browser, wishes = 'lang=en', width = 1440): Promise<Page> => {
  const page = await open(browser, `/past?from=${FROM}&to=${TO}&${wishes}`, width);
  await page.locator('[data-test="period-total"][data-value="12"]').waitFor({ timeout: 40_000 });
  return page;
};
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: at } = document;
    return at?.getAttribute('aria-label') ?? at?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
  });

interface Violation {
  id: string;
  nodes: { html: string }[];
}
/** What breaks a rule of WCAG 2.2 AA that a machine can check. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((run) => run.violations)`,
  )) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

it('pages break no rule of accessibility that a machine can check, with and without what opens over them', {
  timeout: 180_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const [wishes, width] of [
    ['lang=vi&theme=dark', 1440],
    ['lang=en&theme=light', 390],
  ] as const) {
    const page = await openPast(browser, wishes, width);
    expect(await violations(page)).toEqual([]);
    await page.locator('header .button').first().click();
    await page.getByRole('menu').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('footer button').click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.picker .button').click();
    await page.getByRole('gridcell').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${room.url}/forecasts?${wishes}`);
    await page.locator('[data-test="calibration"]').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  }
});

it('a menu opens, chooses and closes by keyboard, and what was chosen stays in the address', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPast(browser);
  const view = page.getByRole('button', { name: 'View' });
  await view.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menu', { name: 'View' }).waitFor();
  expect(await page.getByRole('menu').ariaSnapshot()).toBe(
    [
      '- menu "View":',
      '  - group "Language":',
      '    - menuitemradio "Tiếng Việt"',
      '    - menuitemradio "✓ English" [checked]',
      '  - group "Background":',
      '    - menuitemradio "✓ Dark" [checked]',
      '    - menuitemradio "Light"',
    ].join('\n'),
  );
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  expect(await page.locator('html').getAttribute('lang')).toBe('vi');
  expect(new URL(page.url()).searchParams.get('lang')).toBe('vi');
  await expect.poll(() => focused(page)).toMatch(/^Hiển thị/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toMatch(/^Hiển thị/);
});

it('a dialog keeps the focus while it is open and gives it back', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPast(browser);
  const opener = page.getByRole('button', { name: 'Data sources and licences' });
  await opener.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Data sources and licences' });
  await dialog.waitFor();
  expect(await dialog.textContent()).toContain('CC BY-SA');
  for (let presses = 0; presses < 4; presses++) {
    await page.keyboard.press('Tab');
    expect(await dialog.evaluate((it) => it.contains(document.activeElement))).toBe(true);
  }
  // What lies under it is not there for a screen reader.
  expect(await page.getByRole('main').count()).toBe(0);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toBe('Data sources and licences');
});

it('tabs change by arrows; the table has every day with its number', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPast(browser);
  await page.getByRole('tab', { name: 'Chart' }).focus();
  expect(await page.getByRole('tabpanel').getByRole('listitem').count()).toBe(2);
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Table');
  const rows = page.getByRole('tabpanel').getByRole('row');
  await expect.poll(() => rows.count()).toBe(3);
  expect(await rows.nth(1).getByRole('cell').last().textContent()).toBe('7');
});

it('a word is explained at the focus, to a reader too, and Escape takes it away', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const forecasts = await open(browser, '/forecasts?lang=en');
  const help = forecasts.getByRole('button', { name: /^What/ }).first();
  await help.waitFor({ timeout: 120_000 });
  await help.focus();
  const tip = forecasts.getByRole('tooltip');
  await tip.first().waitFor({ state: 'attached' });
  expect(await help.getAttribute('aria-describedby')).toBe(await tip.first().getAttribute('id'));
  await forecasts.keyboard.press('Escape');
  await tip.first().waitFor({ state: 'detached' });
});

it('a period is typed part by part, in the order of the language, and taken by Enter', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPast(browser, 'lang=vi');
  const first = page.getByRole('group', { name: 'Từ ngày' });
  expect(
    await first.getByRole('spinbutton').evaluateAll((parts) => parts.map((it) => it.getAttribute('aria-label'))),
  ).toEqual(['ngày', 'tháng', 'năm']);
  await first.getByRole('spinbutton').first().focus();
  await page.keyboard.type('27122017');
  await page.getByRole('group', { name: 'Đến ngày' }).getByRole('spinbutton').first().focus();
  await page.keyboard.type('29122017');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).search, WAIT).toBe('?lang=vi&from=2017-12-27&to=2017-12-29');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('27/12/2017–29/12/2017');
});

it('a period is taken from the calendar by keyboard', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/past?from=2026-03-10&to=2026-03-12&lang=en');
  await page.getByRole('button', { name: 'Calendar' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('gridcell').first().waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).search, WAIT).toMatch(/^\?lang=en&from=2026-03-\d\d&to=2026-03-\d\d$/);
  const { from, to } = Object.fromEntries(new URL(page.url()).searchParams);
  expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(7 * DAY);
  await page.getByRole('gridcell').first().waitFor({ state: 'detached' });
});

it('a page on paper is dark on light, whatever the theme, with its numbers and whose they are and nothing to press', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPast(browser, 'lang=en&theme=dark');
  const ink = (): Promise<number[]> =>
    page.evaluate(() => {
      const { color } = getComputedStyle(document.querySelector('main h1') as Element);
      return (color.match(/\d+(?=[,)])/g) ?? []).map(Number);
    });
  expect(Math.min(...(await ink()))).toBeGreaterThan(150);
  await page.emulateMedia({ media: 'print' });
  await expect.poll(async () => Math.max(...(await ink())), WAIT).toBeLessThan(100);
  for (const gone of ['.page > header nav', '.page footer', '.page .button'])
    for (const each of await page.locator(gone).all()) expect(await each.isVisible()).toBe(false);
  expect(await page.locator('main h1').isVisible()).toBe(true);
  await page.emulateMedia({ media: 'screen' });
  await expect.poll(async () => Math.min(...(await ink())), WAIT).toBeGreaterThan(150);
});
