/** What the wall showed is seen again as it was, marked as not live, beside what has become known since. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instantText } from '../../../web/src/pages/shown/instant.ts';
import { openBrowser } from '../../harness/browser.ts';
import { send, snapshot, submission } from '../../harness/client.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { at, openPage, WAIT } from './desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
});
afterAll(() => room[Symbol.asyncDispose]());

const counted = async (): Promise<number | undefined> => (await snapshot(room))?.state.total.submitted;
const shown = async (instant: number) => {
  const response = await fetch(`${room.url}/v1/shown?at=${instant}`);
  return { status: response.status, body: (await response.json()) as { state?: { total: { submitted: number } } } };
};

it('shows then, says that it is not live, and what came late', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await send(room, [submission('a'), submission('b')]);
  await expect.poll(counted, WAIT).toBe(2);
  const instant = (await snapshot(room))?.state.computedAt ?? 0;
  // An address names a second: what comes in the same one was shown in it.
  const age = async (): Promise<number> => ((await snapshot(room))?.state.computedAt ?? 0) - instant;
  await expect.poll(age, WAIT).toBeGreaterThan(1_000);
  // Of the time before that instant, told after it.
  await send(room, [submission('late', { occurredAt: new Date(instant - 1_000).toISOString() })]);
  await expect.poll(counted, WAIT).toBe(3);
  await expect.poll(async () => (await shown(instant)).body.state?.total.submitted, WAIT).toBe(2);

  const page = await openPage(browser, room, `/shown?at=${instantText(instant + 999, 'Asia/Ho_Chi_Minh')}&lang=en`, {
    ready: '[data-test="shown-wall"]',
  });
  await expect.poll(() => at(page, 'not-live').textContent(), WAIT).toMatch(/^NOT LIVE as walls showed it at /);
  await expect
    .poll(
      () => page.locator('[data-test="shown-wall"] [data-test="submitted-today"]').first().getAttribute('data-value'),
      WAIT,
    )
    .toBe('2');
  // Nothing within the frame says of itself that it is live.
  expect(await page.locator('[data-test="shown-wall"] [data-test="connection"]').textContent()).toMatch(/^\s*Then: /);
  await expect.poll(() => at(page, 'since').textContent(), WAIT).toContain('Dossiers reported late');
  expect(await violations(page)).toEqual([]);
  // Played at the room's own pace: there is not more than these seconds.
  await page.getByLabel('Speed').selectOption('1');
  await page.locator('[data-test="play"]').click();
  await expect
    .poll(() => new URL(page.url()).searchParams.get('at'), WAIT)
    .not.toBe(instantText(instant + 999, 'Asia/Ho_Chi_Minh'));
});

it('of an instant that is yet to come it says so, whatever it shows meanwhile', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const ahead = instantText(Date.now() + 26 * 3_600_000, 'Asia/Ho_Chi_Minh');
  const page = await openPage(browser, room, `/shown?at=${ahead}&lang=en`, { ready: '[data-test="nothing-kept"]' });
  expect(await at(page, 'nothing-kept').textContent()).toContain('This instant is yet to come.');
  // The page of what was shown does not call itself live.
  expect(await page.locator('header [data-test="connection"][data-state="live"]').count()).toBe(0);
});

it('of a time of which nothing is kept it says so, and from when something is', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  expect(await shown(0)).toMatchObject({ status: 404, body: { error: { code: 'not_shown' } } });
  expect((await shown(Number.NaN)).status).toBe(400);
  const page = await openPage(browser, room, '/shown?at=2020-01-01T00:00:00&lang=en', {
    ready: '[data-test="nothing-kept"]',
  });
  expect(await at(page, 'nothing-kept').textContent()).toMatch(
    /Nothing is kept of this time\. What walls showed is kept from /,
  );
  await page.locator('[data-test="nothing-kept"] button').last().click();
  await page.locator('[data-test="shown-wall"]').waitFor(WAIT);
});
