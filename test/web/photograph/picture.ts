/** Takes pictures of one state in each size, and looks for what is wrong in them. */
import type { Browser, Page } from 'playwright-core';
import { type Fault, faultsOf } from './judge.ts';
import { lookAtPage, type Seen } from './seen.ts';
import type { Size } from './sizes.ts';
import type { State } from './states.ts';
import { type Look, openPage } from './studio.ts';

export interface Picture extends Look {
  state: string;
  size: Size;
  faults: Fault[];
  /** Undefined where only its faults were asked for. */
  png: Buffer | undefined;
}

/** Numbers that a wall is hung up for. */
const MAIN = ['.value .number', '.tile-head .value', '.pace', '.clock'].join();
/** Parts of a sentence that are left out whole where they have no room. */
const SPARE = '.telling span';
const READY_MS = 240_000;
/** Fonts, charts and what was moved by another size have come to rest. */
const REST_MS = 500;
/** Charts take what is new once a second. */
const DRAWN_MS = 1_100;

export const lookAt = (page: Page): Promise<Seen> => page.evaluate(lookAtPage, { main: MAIN, spare: SPARE });

async function rest(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(REST_MS);
}

/** Opens one page for each look, lets happen what is to happen, and takes all sizes of each. */
export async function* photograph(
  browser: Browser,
  url: string,
  state: State,
  looks: readonly Look[],
  sizes: readonly Size[],
  withPictures: boolean,
): AsyncGenerator<Picture> {
  const pages: { look: Look; page: Page }[] = [];
  try {
    await state.bring?.();
    for (const look of looks) pages.push({ look, page: await openPage(browser, url, state.path, look, state.prepare) });
    for (const { page } of pages) await page.locator(state.ready).first().waitFor({ timeout: READY_MS });
    await state.happens?.();
    const { until } = state;
    if (until !== undefined)
      for (const { page } of pages) await page.locator(until).first().waitFor({ timeout: READY_MS });
    await new Promise((resolve) => setTimeout(resolve, DRAWN_MS));
    for (const { look, page } of pages)
      for (const size of sizes) {
        await page.setViewportSize(size);
        await state.touch?.(page);
        await rest(page);
        let seen = await lookAt(page);
        // A machine that is busy draws a moment later what another size has moved: what is wrong has to stay.
        if (faultsOf(seen, size).length > 0) {
          await page.waitForTimeout(2 * DRAWN_MS);
          seen = await lookAt(page);
        }
        const png = withPictures ? await page.screenshot({ fullPage: seen.beyond.height > 0 }) : undefined;
        yield { ...look, state: state.name, size, faults: faultsOf(seen, size), png };
      }
  } finally {
    for (const { page } of pages) await page.close();
  }
}
