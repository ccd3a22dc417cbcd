/** A scene is seen again as it was shown, though its tiles are answered otherwise by now. */
import type { ShownAnswer, Waiting } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instantText } from '../../../web/src/pages/shown/instant.ts';
import { openBrowser } from '../../harness/browser.ts';
import { send, submission } from '../../harness/client.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { at, openPage, WAIT } from './desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
});
afterAll(() => room[Symbol.asyncDispose]());

/** How many wait beyond the date, told now. */
const wait = async (id: string, overdue: number): Promise<void> => {
  const data = { procedure: 'DV01', agency: 'MPS', at: new Date(Date.now() - 1_000).toISOString(), open: 900, overdue };
  await send(room, [submission(id, {}, { type: 'backlog.reported', data })]);
  const told = async () => (await (await fetch(`${room.url}/v1/snapshot`)).json()).state.backlog?.overdue;
  await expect.poll(told, WAIT).toBe(overdue);
};

it('a scene is chosen and seen as it was, though its tiles are answered otherwise now', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await wait('wait-1', 60);
  // Whoever leads begins with a turn in which all is kept: nobody waits for the next minute.
  await room.kill();
  await room.restart();
  const kept = async () => {
    const at = Date.now();
    const response = await fetch(`${room.url}/v1/shown?at=${at}&scene=waiting`);
    const { scene } = response.ok ? ((await response.json()) as ShownAnswer) : { scene: undefined };
    return scene?.missing.length === 0 ? scene.answers.map(({ answer }) => (answer as Waiting).whole.overdue) : [];
  };
  await expect.poll(kept, WAIT).toEqual([60, 60]);
  // An address names a second, of which its beginning is looked at.
  const instant = instantText(Date.now() + 1_000, 'Asia/Ho_Chi_Minh');
  await wait('wait-2', 90);
  const waiting = '[data-test="scene-then"] [data-test="waiting"]';

  const page = await openPage(browser, room, `/shown?at=${instant}&lang=en`, { ready: '[data-test="shown-wall"]' });
  expect(await page.locator(waiting).count()).toBe(0);
  // By its name, with the keyboard.
  await page.getByLabel('Scene').focus();
  await page.keyboard.type('Who waits');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('scene'), WAIT).toBe('waiting');
  await expect.poll(() => page.locator(waiting).getAttribute('data-value'), WAIT).toBe('60');
  expect(await at(page, 'not-live').textContent()).toMatch(/^NOT LIVE as walls showed it at /);
  expect(await page.locator('[data-test="shown-wall"] h1').textContent()).toBe('Who waits beyond the date');
  expect(await at(page, 'kept-of-scene').textContent()).toContain('as it was kept last before this instant');
  expect(await page.locator('[data-test="shown-wall"] [data-test="connection"]').textContent()).toMatch(/^\s*Then: /);
  expect(await violations(page)).toEqual([]);
  // Stepped and played it stays that scene.
  await page.locator('.steps button').first().click();
  await expect.poll(() => new URL(page.url()).searchParams.get('at'), WAIT).not.toBe(instant);
  expect(new URL(page.url()).searchParams.get('scene')).toBe('waiting');
  // Live it is another number.
  await page.goto(`${room.url}/?scene=waiting&lang=en`);
  await expect.poll(() => at(page, 'waiting').getAttribute('data-value'), WAIT).toBe('90');
});

it('of a scene of which nothing is kept the wall of the day stands there, which is said', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const instant = instantText(Date.now(), 'Asia/Ho_Chi_Minh');
  const page = await openPage(browser, room, `/shown?at=${instant}&scene=never&lang=en`, {
    ready: '[data-test="shown-wall"]',
  });
  expect(await at(page, 'not-live').textContent()).toMatch(/of this scene nothing is kept of then/);
  await page.locator('[data-test="shown-wall"] [data-test="submitted-today"]').first().waitFor(WAIT);
});
