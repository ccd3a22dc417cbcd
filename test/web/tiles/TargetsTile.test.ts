/** The targets' tile on a real wall: whatever is said of several targets stays within it. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import type { Catalogue, Target } from '@room/contract';
import type { Page } from 'playwright-core';
import { expect, it, onTestFailed } from 'vitest';
import { isOutlook } from '../../../web/src/messages/targets.ts';
import { openBrowser } from '../../harness/browser.ts';
import { send, snapshot, submission } from '../../harness/client.ts';
import { orSkip } from '../../harness/need.ts';
import { startRoom } from '../../harness/room.ts';
import { tempDir } from '../../harness/temp.ts';
import { faultsOf } from '../photograph/judge.ts';
import { lookAt } from '../photograph/picture.ts';
import { SIZES } from '../photograph/sizes.ts';

const HOUR = 3_600_000;
const HOURS = 40 * 24;
const PATIENCE = { timeout: 120_000, interval: 200 };
const WALLS: readonly (readonly [number, number])[] = [
  [1920, 1080],
  [3840, 2160],
  [1366, 768],
  [2560, 1080],
  [1080, 1920],
];
const LONG = 'Tỷ lệ hồ sơ thủ tục hành chính được giải quyết đúng hạn và trước hạn của các bộ, ngành';

/** The catalogue that ships, with `count` targets of these weeks under long names, the last of them hardly to be met. */
async function withTargets(path: string, count: number): Promise<string> {
  await cp(DEFAULT_CATALOGUE, path, { recursive: true });
  const file = join(path, 'catalogue.json');
  const catalogue = JSON.parse(await readFile(file, 'utf8')) as Catalogue;
  const day = (days: number) => new Date(Date.now() + days * 24 * HOUR).toISOString().slice(0, 10);
  const targets = Array.from({ length: count }, (_, nth): Target => {
    const label = { vi: `${LONG} ${nth}`, en: `${LONG} ${nth}` };
    const value = nth === count - 1 ? 0.95 : 0.1 + nth / 100;
    return {
      id: `t-${nth}`,
      label,
      metric: 'shareOnline',
      value,
      from: day(-30),
      by: day(3),
      source: { vi: 'a test', en: 'a test' },
    };
  });
  await writeFile(file, JSON.stringify({ ...catalogue, targets }));
  return path;
}

/** Half of the dossiers of every hour of forty days filed online. */
function history(): Record<string, unknown>[] {
  const last = Math.floor((Date.now() - 5 * 60_000) / HOUR) * HOUR - HOUR;
  return Array.from({ length: HOURS }, (_, back) => {
    const from = last - back * HOUR;
    const interval = { start: new Date(from).toISOString(), end: new Date(from + HOUR).toISOString() };
    return submission(`h-${back}`, {
      occurredAt: undefined,
      interval,
      channel: 1 + (back % 2),
      count: 40 + (back % 7),
    });
  });
}

/** What of the rows lies outside the tile; a part that is cut off ends where the box that cuts it ends. */
const beyond = (page: Page) =>
  page.locator('[data-test="targets-tile"]').evaluate((tile) => {
    const { right, bottom } = tile.getBoundingClientRect();
    return [...tile.querySelectorAll('li, li > p, li > a, .name, strong')]
      .map((part) => ({ text: part.textContent, box: part.getBoundingClientRect() }))
      .filter(({ box }) => box.right > right + 0.5 || box.bottom > bottom + 0.5)
      .map(({ text }) => text);
  });

/** Of each of two targets: what of its telling is seen whole. */
const told = (page: Page) =>
  page.locator('[data-test="targets-tile"] .telling').evaluateAll((tellings) =>
    tellings.map((telling) => {
      const { bottom } = telling.getBoundingClientRect();
      const seen = [...telling.querySelectorAll('span')].filter(
        (part) => part.getBoundingClientRect().bottom <= bottom + 0.5,
      );
      return seen.map(({ textContent }) => textContent);
    }),
  );

/** Whether the tile lies over the map, or over what stands under it. */
const covers = (page: Page) =>
  page.locator('[data-test="targets-tile"]').evaluate((tile) => {
    const own = tile.getBoundingClientRect();
    return ['.places', 'footer'].filter((other) => {
      const box = document.querySelector(other)?.getBoundingClientRect();
      if (box === undefined) throw new Error(`the wall has no ${other}`);
      return box.left < own.right && own.left < box.right && box.top < own.bottom && own.top < box.bottom;
    });
  });

it.for([2, 6])(
  '%i targets with long names stay within the tile on every wall',
  { timeout: 300_000 },
  async (count, context) => {
    await using browser = await orSkip(context, openBrowser());
    await using folder = await tempDir('targets');
    await using room = await startRoom({ catalogue: await withTargets(join(folder.path, 'catalogue'), count) });
    onTestFailed(() => console.error(room.logs()));
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(`${room.url}/?theme=light`);
    await expect.poll(() => page.locator('[data-test="targets-tile"] li .name').count(), PATIENCE).toBeGreaterThan(1);
    // Without a forecast there is no mark before a name.
    expect({ beyond: await beyond(page), covers: await covers(page) }).toEqual({ beyond: [], covers: [] });

    await send(room, history());
    const targets = async () => (await snapshot(room))?.state.forecasts?.targets ?? [];
    await expect.poll(async () => (await targets()).filter(isOutlook).length, PATIENCE).toBe(count);

    const rows = page.locator('[data-test="targets-tile"] li[data-value]');
    // Of six three have room, and a line for how many more there are.
    await expect.poll(() => rows.count(), PATIENCE).toBe(Math.min(count, 3));
    const more = page.locator('[data-test="targets-more"]');
    const hrefs = await more.evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(hrefs).toEqual(count === 2 ? [] : ['/forecasts?theme=light']);
    const last = page.locator(`[data-test="target-t-${count - 1}"]`);
    expect(Number(await last.getAttribute('data-value'))).toBeLessThan(0.5);
    for (const [width, height] of WALLS) {
      await page.setViewportSize({ width, height });
      expect({ width, beyond: await beyond(page), covers: await covers(page) }).toEqual({
        width,
        beyond: [],
        covers: [],
      });
      // Two targets say where they stand and by when, whatever else has no room.
      if (count === 2)
        for (const parts of await told(page))
          expect({ width, parts }).toEqual({ width, parts: expect.arrayContaining([expect.stringMatching(/^hạn /)]) });
    }

    // The page of forecasts has them all, on a screen of any width.
    await page.goto(`${room.url}/forecasts`);
    await page
      .locator('[data-test="targets"] tbody tr')
      .nth(count - 1)
      .waitFor();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      expect([size.width, faultsOf(await lookAt(page), size)]).toEqual([size.width, []]);
    }
  },
);
