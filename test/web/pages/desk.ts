/** What tests of pages for people at a desk do with them: open, find by name, read the address. */
import type { Browser, Locator, Page } from 'playwright-core';
import { onTestFailed } from 'vitest';
import type { Room } from '../../harness/room.ts';

export const WAIT = { timeout: 40_000, interval: 100 };

/** The day, in Viet Nam, so many days before today. */
export const ago = (days: number): string =>
  new Date(Date.now() + 7 * 3_600_000 - days * 24 * 3_600_000).toISOString().slice(0, 10);

export const at = (page: Page, test: string): Locator => page.locator(`[data-test="${test}"]`).first();

export const asked = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

/** What a page of questions shows when its numbers are there. */
export const ANSWERED = '[data-test="measure-submitted"] [data-value]';

/** A page of a room, once what is `ready` on it is there; says what the room logged where the test fails. */
export async function openPage(
  browser: Browser,
  room: Room,
  path: string,
  { ready, width = 1440, height = 900 }: { ready?: string; width?: number; height?: number } = {},
): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
  await page.goto(`${room.url}${path}`);
  if (ready !== undefined) await page.locator(ready).first().waitFor(WAIT);
  return page;
}
