/** What a scene asks in a browser is what is kept of it: no tile asks another question than the room keeps the answer of. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { FOOT, questionKey, questionsOfScene, SCENE_PATHS } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shippedScenes } from '../../../server/src/displays/shipped.ts';
import { openBrowser } from '../../harness/browser.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { openPage, WAIT } from './desk.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
/** Whatever is shown: what rings jumps in. */
const ALWAYS = '/v1/alerts?which=open';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
});
afterAll(() => room[Symbol.asyncDispose]());

it('each kind of tile asks what the room keeps, all of it and nothing else', {
  timeout: 300_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/?lang=en');
  const seen = new Set<string>();
  let asked = new Set<string>([ALWAYS]);
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    // The foot of the day's wall asks on its own.
    if (SCENE_PATHS.some((path) => path === pathname && path !== FOOT.path))
      asked.add(questionKey({ path: pathname, query: Object.fromEntries(searchParams) }));
  });
  for (const [id, scene] of Object.entries(shippedScenes(catalogue, { hasIndex: true, hasEssential: true }))) {
    // The whole wall of the day is no scene of tiles; of two scenes of the same tiles one is enough.
    const kinds = scene.tiles.map(({ kind }) => kind).filter((kind) => !seen.has(kind) && kind !== 'pulse');
    for (const kind of kinds) seen.add(kind);
    if (kinds.length === 0) continue;
    asked = new Set([ALWAYS]);
    await page.goto(`${room.url}/?scene=${id}&lang=en`);
    const kept = [...new Set([ALWAYS, ...questionsOfScene(scene).keys()])].sort();
    await expect.poll(() => [...asked].sort(), { ...WAIT, message: id }).toEqual(kept);
    for (const { kind } of scene.tiles) await page.locator(`[data-test="tile-${kind}"] h2`).first().waitFor(WAIT);
    expect([...asked].sort(), id).toEqual(kept);
  }
});
