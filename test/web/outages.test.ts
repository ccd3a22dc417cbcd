/** One outage of each kind between a room and a wall in a real browser; `npm run bench -- outages` has many. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { send, submission } from '../harness/client.ts';
import { orSkip } from '../harness/need.ts';
import { OutageProxy } from '../harness/outage-proxy.ts';
import {
  type Course,
  course,
  isOfTheRoom,
  isSilent,
  OUTAGES,
  type Outage,
  openWall,
  submitting,
} from '../harness/outages.ts';
import { startRoom } from '../harness/room.ts';

/** Milliseconds that the outage lasts, and until the wall says so. */
const lasting = (outage: Outage): number => (isSilent(outage) ? 8_000 : 2_000);
const toldWithin = (outage: Outage): number => (isSilent(outage) ? 8_000 : 2_000);

function isAsPromised(outage: Outage, found: Course): void {
  const { toldAfter, liveAfter, movesAfter, states, spoken } = found;
  const said = `${outage}: ${JSON.stringify(found)}`;
  expect(toldAfter, said).toBeLessThan(toldWithin(outage));
  expect(liveAfter, said).toBeLessThan(10_000);
  expect(movesAfter, said).toBeLessThan(3_000);
  expect(states.includes('silent'), said).toBe(isSilent(outage));
  // Once, however long it lasts and whatever the wall calls it meanwhile.
  expect(
    spoken.filter((text) => /^(Disconnected|The server is silent):/.test(text)),
    said,
  ).toHaveLength(1);
  expect(spoken.at(-1), said).not.toMatch(/Disconnected|silent:/);
}

it('says each outage in time, comes back by itself, and its number moves', { timeout: 180_000 }, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using room = await startRoom();
  await send(room, [submission('first')]);
  using _portal = submitting(room);
  const wall = async (proxy: OutageProxy): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await openWall(page, proxy);
    return page;
  };

  await Promise.all(
    OUTAGES.filter((outage) => !isOfTheRoom(outage)).map(async (outage) => {
      await using proxy = await OutageProxy.before(room.url);
      const page = await wall(proxy);
      for (const found of await course(outage, lasting(outage), room, [{ page, proxy }])) isAsPromised(outage, found);
      await page.close();
    }),
  );
  await using proxy = await OutageProxy.before(room.url);
  const page = await wall(proxy);
  for (const outage of OUTAGES.filter(isOfTheRoom))
    for (const found of await course(outage, lasting(outage), room, [{ page, proxy }])) isAsPromised(outage, found);
});
