/**
 * A wall whose scenes all take turns: heap, nodes, listeners and canvases after each round, hurried (each scene stays five seconds, on a
 * wall half a minute), and what a scene of twelve tiles takes of a core at some updates a second, with what held it up. Prints the first
 * against the last quarter, and judges nothing.
 *
 *   npm run bench -- scenes [--rounds 12] [--seconds 60]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { KeptScene, KeptWall, Tile } from '@room/contract';
import type { CDPSession, Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';
import { firstAdministrator } from '../harness/cookies.ts';
import { BUSY_RATE, startNational } from './national.ts';
import { machine, print } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: { rounds: { type: 'string', default: '12' }, seconds: { type: 'string', default: '60' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

/** The least that a scene may stay, and what it stays on a wall: so much faster a day passes here. */
const STAY_S = 5;
const USUAL_STAY_S = 30;
const MB = 2 ** 20;

interface Facts {
  heap: number;
  nodes: number;
  listeners: number;
  canvases: number;
}

async function metricsOf(devTools: CDPSession): Promise<(wanted: string) => number> {
  const { metrics } = await devTools.send('Performance.getMetrics');
  return (wanted) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
}

async function factsOf(page: Page, devTools: CDPSession): Promise<Facts> {
  await devTools.send('HeapProfiler.collectGarbage');
  const of = await metricsOf(devTools);
  const canvases = await page.locator('canvas').count();
  return { heap: of('JSHeapUsedSize') / MB, nodes: of('Nodes'), listeners: of('JSEventListeners'), canvases };
}

const mean = (facts: readonly Facts[], of: keyof Facts): number =>
  facts.reduce((sum, each) => sum + each[of], 0) / facts.length;

/** What held the page up since it was opened, in milliseconds. */
async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(Math.round(duration));
    }).observe({ entryTypes: ['longtask' as never] });
  });
}
const tasksOf = (page: Page): Promise<number[]> =>
  page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks.splice(0));

/** Twelve of them, each in its own cells. */
const twelveTiles = (agency: string): Tile[] => {
  const kinds = [
    { kind: 'waiting' },
    { kind: 'alerts' },
    { kind: 'waiting-map' },
    { kind: 'late-map' },
    { kind: 'on-time', by: 'agency', days: 30 },
    { kind: 'on-time', by: 'province', days: 30 },
    { kind: 'units', by: 'agency' },
    { kind: 'units', by: 'province' },
    { kind: 'waiting-units', by: 'agency' },
    { kind: 'waiting-units', by: 'province' },
    { kind: 'unit', by: 'agency', id: agency },
    { kind: 'day-so-far' },
  ] as const;
  return kinds.map((tile, at) => ({
    ...tile,
    column: 1 + 3 * (at % 4),
    row: [1, 4, 7][Math.floor(at / 4)] ?? 1,
    width: 3,
    height: at < 8 ? 3 : 2,
  }));
};

async function main(): Promise<void> {
  process.stdout.write(`${await machine()}\n`);
  // Of two weeks each tile has something to draw.
  await using portals = await startNational(BUSY_RATE, { history: 14 });
  const { room } = portals;
  const administrator = await firstAdministrator(room);
  const { scenes } = await administrator.told<{ scenes: KeptScene[] }>('/v1/scenes');
  const wall = await administrator.told<KeptWall>('/v1/walls', {
    name: 'Bench',
    screens: [],
    turns: scenes.map(({ id: scene }) => ({ scene, seconds: STAY_S, when: 'always' })),
    day: { from: 0, to: 24 },
    scale: 1,
  });
  await using browser = await openBrowser();
  const open = async (query: string): Promise<{ page: Page; devTools: CDPSession; updates: () => number }> => {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    let updates = 0;
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).includes('delta')) updates += 1;
      });
    });
    await watchTasks(page);
    await page.goto(`${room.url}/?${query}`);
    await page.locator('[data-test="connection"][data-state="live"]').waitFor({ timeout: 60_000 });
    await page.locator('[data-test="showing"]').waitFor({ state: 'attached', timeout: 60_000 });
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Performance.enable');
    return { page, devTools, updates: () => updates };
  };

  {
    const { page, devTools } = await open(`wall=${wall.id}`);
    const cycle = scenes.length * STAY_S * 1_000;
    // What is loaded and compiled once is no growth: each scene was there before.
    await sleep(cycle);
    await tasksOf(page);
    const found: Facts[] = [];
    const began = performance.now();
    for (let round = 1; round <= rounds; round += 1) {
      // After each round the same scene is there.
      await sleep(Math.max(0, began + round * cycle - performance.now()));
      const facts = await factsOf(page, devTools);
      found.push(facts);
      const texts = `${facts.heap.toFixed(2)} MB, ${facts.nodes} nodes, ${facts.listeners} listeners, ${facts.canvases} canvases`;
      process.stderr.write(`round ${round}: ${texts}\n`);
    }
    const tasks = await tasksOf(page);
    const quarter = Math.max(1, Math.floor(rounds / 4));
    const [first, last] = [found.slice(0, quarter), found.slice(-quarter)];
    const change = (of: keyof Facts, digits = 0): string =>
      `${mean(first, of).toFixed(digits)} -> ${mean(last, of).toFixed(digits)}`;
    const changes = rounds * scenes.length;
    const hours = ((changes * USUAL_STAY_S) / 3_600).toFixed(1);
    print('scenes', [
      {
        what: `${changes} changes of ${scenes.length} scenes, as in ${hours} h; heap in MB`,
        ours: change('heap', 2),
        goal: 'flat',
      },
      { what: '  nodes', ours: change('nodes'), goal: 'flat' },
      { what: '  listeners', ours: change('listeners'), goal: 'flat' },
      { what: '  canvases', ours: change('canvases'), goal: 'flat' },
      { what: '  tasks over 50 ms', ours: `${tasks.length}, longest ${Math.max(0, ...tasks)} ms`, goal: 'explained' },
    ]);
    await page.close();
  }

  const [agency = ''] = Object.keys(
    (await administrator.told<{ state: { agencies: Record<string, unknown> } }>('/v1/snapshot')).state.agencies,
  );
  const twelve = await administrator.told<KeptScene>('/v1/scenes', {
    name: { vi: 'Mười hai ô', en: 'Twelve tiles' },
    tiles: twelveTiles(agency),
  });
  const { page, devTools, updates } = await open(`scene=${twelve.id}`);
  await page.locator('[data-test="scene"]:not(:has([aria-busy="true"]))').waitFor({ timeout: 60_000 });
  await sleep(10_000);
  await tasksOf(page);
  const [before, told, began] = [await metricsOf(devTools), updates(), performance.now()];
  await sleep(seconds * 1_000);
  const after = await metricsOf(devTools);
  const passed = (performance.now() - began) / 1_000;
  const spent = (name: string): string => (((after(name) - before(name)) * 100) / passed).toFixed(1);
  const tasks = await tasksOf(page);
  print('twelve tiles', [
    { what: 'updates a second', ours: ((updates() - told) / passed).toFixed(1), goal: '4' },
    { what: 'of a core, main thread, %', ours: spent('TaskDuration'), goal: '33' },
    { what: '  of it scripts', ours: spent('ScriptDuration') },
    { what: '  layout and style', ours: `${spent('LayoutDuration')} and ${spent('RecalcStyleDuration')}` },
    { what: '  tasks over 50 ms', ours: `${tasks.length}, longest ${Math.max(0, ...tasks)} ms`, goal: 'explained' },
  ]);
}

await main();
