/** A scene is seen again as it was shown, though its tiles are answered otherwise by now. */
import type { KeptScene, ShownAnswer, Waiting } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instantText } from '../../../web/src/pages/shown/instant.ts';
import { openBrowser } from '../../harness/browser.ts';
import { send, submission } from '../../harness/client.ts';
import { firstAdministrator } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { at, openPage, WAIT } from './desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'view' } });
});
afterAll(() => room[Symbol.asyncDispose]());

/** Told late, so that it never stands on the wall. */
const LATE = 75;
/** How many wait beyond the date, told now, of an instant that is the present without one. */
const wait = async (id: string, overdue: number, of = Date.now() - 1_000): Promise<void> => {
  const data = { procedure: 'DV01', agency: 'MPS', at: new Date(of).toISOString(), open: 900, overdue };
  await send(room, [submission(id, {}, { type: 'backlog.reported', data })]);
  if (overdue === LATE) return;
  const told = async () => (await (await fetch(`${room.url}/v1/snapshot`)).json()).state.backlog?.overdue;
  await expect.poll(told, WAIT).toBe(overdue);
};

/** What was counted late is waited for as well as what is kept once a minute. */
const LONG = { timeout: 150_000 };
it('a scene is chosen and seen as it was, though its tiles are answered otherwise now', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await wait('wait-1', 60);
  const reported = Date.now();
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
  const then = Date.now() + 1_000;
  const instant = instantText(then, 'Asia/Ho_Chi_Minh');
  // What is told next is of later, and no late word of then.
  await expect.poll(() => Date.now(), WAIT).toBeGreaterThan(then + 1_100);
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
  expect(await at(page, 'kept-of-scene').textContent()).toContain('as they were asked last before this instant');
  expect(await page.locator('[data-test="shown-wall"] [data-test="connection"]').textContent()).toMatch(/^\s*Then: /);
  // Beside it what is known now: of the time up to then nothing else, whatever was told since of later.
  const overdue = page.locator('[data-test="since-waiting"] [data-test="since-backlogOverdue"]');
  await expect.poll(() => overdue.getAttribute('data-value'), WAIT).toBe('0');
  expect(await overdue.textContent()).toContain('no change');
  await wait('wait-late', LATE, reported);
  await expect
    .poll(async () => {
      await page.reload();
      await overdue.waitFor(WAIT);
      return overdue.getAttribute('data-value');
    }, WAIT)
    .toBe(`${LATE - 60}`);
  expect(await overdue.textContent()).toMatch(/60.*75.*\+15.*reports that came after it.*\+15/);
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
  const administrator = await firstAdministrator(room);
  const { id } = await administrator.told<KeptScene>('/v1/scenes', {
    name: { vi: 'Chưa lưu', en: 'Unkept' },
    tiles: [{ kind: 'on-time', by: 'agency', days: 77, column: 1, row: 1, width: 12, height: 8 }],
  });
  const page = await openPage(browser, room, `/shown?at=${instant}&scene=${id}&lang=en`, {
    ready: '[data-test="shown-wall"]',
  });
  expect(await at(page, 'not-live').textContent()).toMatch(/of this scene nothing is kept of then/);
  await page.locator('[data-test="shown-wall"] [data-test="submitted-today"]').first().waitFor(WAIT);
  await expect.poll(() => at(page, 'since-not').textContent(), WAIT).toMatch(/^Cannot be compared: .* not kept/);
  // Of the alerts of then it is said whether they are known.
  expect(await page.locator('[data-test="shown-wall"] footer').textContent()).not.toContain('Alerts of then: not kept');
});

it('of a scene that never was it says so, and where there are others', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const instant = instantText(Date.now(), 'Asia/Ho_Chi_Minh');
  const page = await openPage(browser, room, `/shown?at=${instant}&scene=never&lang=en`, {
    ready: '[data-test="no-such-scene"]',
  });
  expect(await at(page, 'no-such-scene').textContent()).toContain('There is no scene never');
  expect(await page.locator('[data-test="shown-wall"]').count()).toBe(0);
  await page.locator('[data-test="no-such-scene"] a').click();
  await page.locator('[data-test="shown-wall"]').waitFor(WAIT);
});
