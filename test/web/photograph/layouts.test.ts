/** The short form of `npm run photograph`: the states and sizes in which layouts broke, on one real room. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { orSkip } from '../../harness/need.ts';
import { photograph } from './picture.ts';
import { SIZES, sizeName } from './sizes.ts';
import { type State, statesOf } from './states.ts';
import { type Look, openStudio, type Studio } from './studio.ts';

/** Enough for a usual range. */
const HISTORY_DAYS = 10;

let studio: Studio;
let states: State[];
let browser: Promise<Browser>;
beforeAll(async () => {
  browser = openBrowser();
  browser.catch(() => undefined);
  studio = await openStudio();
  states = statesOf(studio);
  const { portals, sources, daysAgo } = studio;
  await portals.history(HISTORY_DAYS, Date.now(), new Set(sources));
  await portals.longAgo(400, daysAgo(HISTORY_DAYS));
  portals.report(new Set(sources));
}, 120_000);
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
  await browser.then(
    (open) => open.close(),
    () => undefined,
  );
});

const VI: Look = { language: 'vi', theme: 'dark' };
const EN: Look = { language: 'en', theme: 'light' };

it.for<[string, readonly string[], readonly Look[]]>([
  ['live', ['1920x1080', '1080x1920', '1280x720', '390x844'], [VI, EN]],
  ['controls', ['1920x1080', '1080x1920', '1280x720'], [EN]],
  ['scene-services', ['1920x1080', '1080x1920', '390x844'], [VI]],
  ['scene-waiting', ['1920x1080', '1080x1920', '390x844'], [VI]],
  ['scene-tasks', ['1920x1080', '1080x1920', '390x844'], [VI]],
  ['scene-service-index', ['1920x1080', '1080x1920', '390x844'], [EN]],
  ['scene-essential', ['1920x1080', '1080x1920', '390x844'], [VI]],
  ['scene-leaders', ['1080x1920', '390x844'], [EN]],
  ['scene-databases', ['1280x720', '1080x1920', '390x844'], [VI]],
  ['scene-alerts', ['1280x720', '1080x1920'], [VI]],
  ['scene-pulse', ['3840x2160'], [VI, EN]],
  ['scene-provinces', ['3840x2160'], [VI]],
  ['scene-late', ['1920x1080', '1080x1920'], [VI]],
  ['scene-focus', ['1080x1920', '390x844'], [EN]],
  ['past-week', ['1280x720', '390x844'], [VI]],
  ['past-100-days', ['1440x900', '390x844'], [EN]],
  ['past-800-days', ['1280x720', '390x844'], [VI]],
  ['past-empty', ['390x844'], [EN]],
  ['past-refused', ['390x844'], [VI]],
])('%s is read whole at %j', { timeout: 60_000 }, async ([name, sizes, looks], context) => {
  const open = await orSkip(context, browser);
  const state = states.find((one) => one.name === name);
  if (state === undefined) throw new Error(`there is no state ${name}`);
  const { bring: _, ...shown } = state;
  const asked = SIZES.filter((size) => sizes.includes(sizeName(size)));
  const found: string[] = [];
  for await (const { size, language, faults } of photograph(open, studio.room.url, shown, looks, asked, false))
    found.push(...faults.map(({ kind, says }) => `${sizeName(size)} ${language}: ${kind}: ${says}`));
  expect(found.join('\n')).toBe('');
});

it('upright no tile of a scene keeps so much for itself that others are pushed off the screen', {
  timeout: 60_000,
}, async (context) => {
  const open = await orSkip(context, browser);
  const page = await open.newPage({ viewport: { width: 1080, height: 1920 }, reducedMotion: 'reduce' });
  for (const scene of ['late', 'waiting', 'focus', 'tasks', 'essential', 'leaders', 'day-so-far']) {
    await page.goto(`${studio.room.url}/?scene=${scene}`);
    await page.locator('[data-test="scene"]:not(:has([aria-busy="true"]))').waitFor();
    // What grows by what it grew does so for some frames.
    await page.evaluate(async () => {
      for (let frame = 0; frame < 60; frame++) await new Promise(requestAnimationFrame);
    });
    const beyond = await page
      .locator('[data-test="scene"] [data-test^="tile-"]')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getBoundingClientRect().bottom > innerHeight + 1));
    expect([scene, beyond.filter(Boolean)]).toEqual([scene, []]);
  }
  await page.close();
});
