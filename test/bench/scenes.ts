/**
 * A wall whose scenes all take turns: heap, nodes, listeners and canvases after each round, hurried (each scene stays five seconds, on the
 * shipped wall 35 at the mean), and what a scene of twelve tiles takes of a core at some updates a second, with what held it up. Prints the first
 * against the last quarter, what held the page up by kind, and judges nothing.
 *
 *   npm run bench -- scenes [--rounds 12] [--seconds 60] [--rate 20] [--stay 5] [--heap FOLDER]
 *
 * `--rate`: events a second of all portals; by 20, the country's busy hour, a wall is told of changes 1.5 times a second, by some hundred
 * as often as the room computes them. `--stay`: seconds; below the least that a wall's turns allow an administrator orders one scene after
 * the other. `--heap`: keeps a heap snapshot after the first quarter and the last round, to be compared in Chromium's developer tools.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DWELL, type KeptScene, type KeptWall, type Tile } from '@room/contract';
import type { CDPSession, Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';
import { firstAdministrator } from '../harness/cookies.ts';
import { BUSY_RATE, startNational } from './national.ts';
import { machine, print } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    rounds: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: String(BUSY_RATE) },
    stay: { type: 'string' },
    heap: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const rate = Number(values.rate);

/** What a scene stays here, and on the wall that is shipped (2,480 changes of a working day): so much faster a day passes here. */
const stay = Number(values.stay ?? DWELL.least);
const USUAL_STAY_S = 86_400 / 2_480;
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

/** Written as it comes: a snapshot is some ten times as large as what it tells of. */
async function keepHeap(devTools: CDPSession, path: string): Promise<void> {
  const file = createWriteStream(path);
  const write = ({ chunk }: { chunk: string }): void => void file.write(chunk);
  devTools.on('HeapProfiler.addHeapSnapshotChunk', write);
  await devTools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  devTools.off('HeapProfiler.addHeapSnapshotChunk', write);
  await new Promise((done) => file.end(done));
}

const mean = (facts: readonly Facts[], of: keyof Facts): number =>
  facts.reduce((sum, each) => sum + each[of], 0) / facts.length;

/** What held the page up, in milliseconds. */
interface Held {
  ms: number;
  /** What ran longest in it, and for how long scripts did. */
  by: string;
  scripts: number;
  /** From when on the browser laid out and painted. */
  drawing: number;
  /** What was shown then, and what was made ready. */
  shown: string;
  next: string;
}

/** Notes what holds the page up from its first script on. */
async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    interface Frame {
      startTime: number;
      duration: number;
      styleAndLayoutStart: number;
      scripts: { duration: number; invoker: string; sourceURL: string; sourceFunctionName: string }[];
    }
    const { document } = globalThis as unknown as {
      document: { querySelector(of: string): { getAttribute(name: string): string | null } | null };
    };
    const tasks: number[] = [];
    const held: Held[] = [];
    Object.assign(globalThis, { tasks, held });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(Math.round(duration));
    }).observe({ entryTypes: ['longtask' as never] });
    const sceneOf = (test: string): string =>
      document.querySelector(`[data-test="${test}"]`)?.getAttribute('data-value') ?? '';
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as Frame[]) {
        const { startTime, duration, styleAndLayoutStart, scripts } = entry;
        const [longest] = [...scripts].sort((one, other) => other.duration - one.duration);
        held.push({
          ms: Math.round(duration),
          by: longest === undefined ? 'no script' : `${longest.invoker} ${longest.sourceURL.split('/').at(-1) ?? ''}`,
          scripts: Math.round(scripts.reduce((sum, script) => sum + script.duration, 0)),
          drawing: styleAndLayoutStart === 0 ? 0 : Math.round(startTime + duration - styleAndLayoutStart),
          shown: sceneOf('showing'),
          next: sceneOf('scene-next') || (document.querySelector('main.now.next') === null ? '' : 'pulse'),
        });
      }
    }).observe({ type: 'long-animation-frame' as never });
  });
}
const tasksOf = (page: Page): Promise<{ tasks: number[]; held: Held[] }> =>
  page.evaluate(() => {
    const kept = globalThis as unknown as { tasks: number[]; held: Held[] };
    return { tasks: kept.tasks.splice(0), held: kept.held.splice(0) };
  });

/** Frames that took longer than 50 ms, by what they did; the weightiest first. */
function explained(held: readonly Held[]): { what: string; ours: string }[] {
  const kinds = new Map<string, Held[]>();
  for (const one of held) {
    const kind = one.next === '' ? `shows ${one.shown}` : `draws ${one.next} unseen`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  const sum = (some: readonly Held[]): number => some.reduce((total, { ms }) => total + ms, 0);
  return [...kinds]
    .sort(([, one], [, other]) => sum(other) - sum(one))
    .map(([kind, some]) => {
      const [most] = [...some].sort((one, other) => other.ms - one.ms);
      return {
        what: `  frames over 50 ms: ${kind}`,
        ours: `${some.length}, ${sum(some)} ms; longest ${most?.ms} (scripts ${most?.scripts}, drawing ${most?.drawing}: ${most?.by})`,
      };
    });
}

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
  await using portals = await startNational(rate, { history: 14 });
  const { room } = portals;
  const administrator = await firstAdministrator(room);
  const { scenes } = await administrator.told<{ scenes: KeptScene[] }>('/v1/scenes');
  const wall = await administrator.told<KeptWall>('/v1/walls', {
    name: 'Bench',
    screens: [],
    turns: scenes.map(({ id: scene }) => ({ scene, seconds: Math.max(stay, DWELL.least), when: 'always' })),
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
    const cycle = scenes.length * stay * 1_000;
    // What is loaded and compiled once is no growth: each scene was there before.
    await sleep(cycle);
    await tasksOf(page);
    const found: Facts[] = [];
    const quarter = Math.max(1, Math.floor(rounds / 4));
    const began = performance.now();
    let missed = 0;
    for (let round = 1; round <= rounds; round += 1) {
      if (stay < DWELL.least) {
        for (const [at, { id: scene }] of scenes.entries()) {
          await administrator.told(`/v1/walls/${wall.id}/order`, { order: 'show', scene });
          await sleep(Math.max(0, began + (round - 1) * cycle + (at + 1) * stay * 1_000 - performance.now()));
          const shown = await page.locator('[data-test="showing"]').getAttribute('data-value');
          if (shown !== scene) missed += 1;
        }
      }
      // After each round the same scene is there.
      await sleep(Math.max(0, began + round * cycle - performance.now()));
      if (values.heap !== undefined && (round === quarter || round === rounds))
        await keepHeap(devTools, join(String(values.heap), `round-${round}.heapsnapshot`));
      const facts = await factsOf(page, devTools);
      found.push(facts);
      const texts = `${facts.heap.toFixed(2)} MB, ${facts.nodes} nodes, ${facts.listeners} listeners, ${facts.canvases} canvases`;
      process.stderr.write(`round ${round}: ${texts}\n`);
    }
    const { tasks, held } = await tasksOf(page);
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
      {
        what: '  orders that did not show their scene in time',
        ours: stay < DWELL.least ? String(missed) : 'none given',
      },
      { what: '  nodes', ours: change('nodes'), goal: 'flat' },
      { what: '  listeners', ours: change('listeners'), goal: 'flat' },
      { what: '  canvases', ours: change('canvases'), goal: 'flat' },
      { what: '  tasks over 50 ms', ours: `${tasks.length}, longest ${Math.max(0, ...tasks)} ms`, goal: 'explained' },
      ...explained(held),
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
  const { tasks, held } = await tasksOf(page);
  print('twelve tiles', [
    { what: 'updates a second', ours: ((updates() - told) / passed).toFixed(1), goal: '4' },
    { what: 'of a core, main thread, %', ours: spent('TaskDuration'), goal: '33' },
    { what: '  of it scripts', ours: spent('ScriptDuration') },
    { what: '  layout and style', ours: `${spent('LayoutDuration')} and ${spent('RecalcStyleDuration')}` },
    { what: '  tasks over 50 ms', ours: `${tasks.length}, longest ${Math.max(0, ...tasks)} ms`, goal: 'explained' },
    ...explained(held),
  ]);
}

await main();
