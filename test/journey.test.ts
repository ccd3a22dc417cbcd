/** One submission from a portal to a pixel, through every room of the house, on either log. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, it, type TestContext } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { post, send, snapshot, submission } from './harness/client.ts';
import { orSkip } from './harness/need.ts';
import { recount } from './harness/recount.ts';
import { type RoomOptions, startRoom } from './harness/room.ts';
import { sharedBroker } from './kafka/shared.ts';

const embedded = async (): Promise<RoomOptions> => ({ isNew: true });
const kafka = async (context: TestContext): Promise<RoomOptions> => {
  const { brokers, prefix } = await sharedBroker(context);
  return {
    isNew: true,
    kafka: brokers,
    env: { KAFKA_PREFIX: `${prefix}${randomUUID()}.`, KAFKA_SESSION_TIMEOUT_MS: '6000' },
  };
};

const WAIT = { timeout: 40_000, interval: 100 };
const shown = (page: Page) => page.locator('[data-test="submitted-today"]').getAttribute('data-value');
const connection = (page: Page) => page.locator('[data-test="connection"]').getAttribute('data-state');

describe.each([
  ['embedded', embedded],
  ['Kafka', kafka],
])('with the %s log', (_name, options) => {
  it('a submission reaches the wall once, whatever is sent again and whoever is killed in between', {
    timeout: 180_000,
  }, async (context) => {
    await using browser = await orSkip(context, openBrowser());
    await using room = await startRoom(await options(context));
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(room.url);
    await expect.poll(() => connection(page), WAIT).toBe('empty');
    expect(await shown(page)).toBeNull();
    expect(await page.locator('[data-test="sources-note"]').textContent()).toContain('CC BY-SA');

    const first = [submission('j-1'), submission('j-2', { count: 3 })];
    expect(await send(room, first)).toMatchObject([{ result: 'accepted' }, { result: 'accepted' }]);
    await expect.poll(() => shown(page), WAIT).toBe('4');
    expect(await connection(page)).toBe('live');

    expect(await send(room, [...first, submission('j-3')])).toMatchObject([
      { result: 'duplicate' },
      { result: 'duplicate' },
      { result: 'accepted' },
    ]);
    await expect.poll(() => shown(page), WAIT).toBe('5');

    await room.kill();
    await expect.poll(() => connection(page), WAIT).toBe('disconnected');
    expect(await shown(page)).toBe('5');
    await expect(post(room, [submission('j-4')])).rejects.toThrow();

    await room.restart();
    const again = [
      ...first,
      submission('j-3', { count: 50 }),
      submission('j-4'),
      submission('j-5', { corrects: 'j-2', count: -2 }),
    ];
    expect((await send(room, again)).map(({ result }) => result)).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'accepted',
      'accepted',
    ]);
    await expect.poll(() => shown(page), WAIT).toBe('4');
    await expect.poll(() => connection(page), WAIT).toBe('live');
    const state = (await snapshot(room))?.state;
    expect(state?.provinces['34-01']?.submitted).toBe(4);
    expect(state?.coverage?.asOf).toBeGreaterThan(Date.now() - 60_000);

    await room.stop();
    const counted = await recount(room.dataDir);
    expect(counted.ids).toEqual(['j-1', 'j-2', 'j-3', 'j-4', 'j-5']);
    expect(counted.base).toBe(4);
    expect(new Set(Object.values(counted.rollups))).toEqual(new Set([4]));
  });
});
