/**
 * A wall left on: one page in a browser over a room whose portals never pause. Each minute, after a collection of garbage: its heap, nodes, listeners
 * and canvases, and the messages that came. Prints the first against the last quarter, and judges nothing.
 *
 *   npm run bench -- soak [--minutes 60] [--rate 20]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';
import { BUSY_RATE, startNational } from './national.ts';
import { machine, print } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: { minutes: { type: 'string', default: '60' }, rate: { type: 'string', default: String(BUSY_RATE) } },
});
const minutes = Number(values.minutes);
const MB = 2 ** 20;

interface Facts {
  heap: number;
  nodes: number;
  listeners: number;
  canvases: number;
}

async function factsOf(page: Page, devTools: CDPSession): Promise<Facts> {
  await devTools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devTools.send('Performance.getMetrics');
  const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  const canvases = await page.locator('canvas').count();
  return { heap: of('JSHeapUsedSize') / MB, nodes: of('Nodes'), listeners: of('JSEventListeners'), canvases };
}

const mean = (facts: readonly Facts[], of: keyof Facts): number =>
  facts.reduce((sum, each) => sum + each[of], 0) / facts.length;

async function main(): Promise<void> {
  process.stdout.write(`${await machine()}\n`);
  await using portals = await startNational(Number(values.rate));
  await using browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  let messages = 0;
  let sockets = 0;
  page.on('websocket', (socket) => {
    sockets += 1;
    socket.on('framereceived', () => {
      messages += 1;
    });
  });
  await page.goto(portals.room.url);
  await page.locator('[data-test="connection"][data-state="live"]').waitFor({ timeout: 60_000 });
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Performance.enable');
  // What is loaded and compiled once is no growth.
  await sleep(60_000);
  const found: Facts[] = [];
  const began = performance.now();
  const before = messages;
  for (let minute = 1; minute <= minutes; minute += 1) {
    await sleep(Math.max(0, began + minute * 60_000 - performance.now()));
    const facts = await factsOf(page, devTools);
    found.push(facts);
    const texts = `${facts.heap.toFixed(2)} MB, ${facts.nodes} nodes, ${facts.listeners} listeners, ${facts.canvases} canvases`;
    process.stderr.write(`minute ${minute}: ${texts}, ${messages - before} messages\n`);
  }
  const quarter = Math.max(1, Math.floor(minutes / 4));
  const [first, last] = [found.slice(0, quarter), found.slice(-quarter)];
  const change = (of: keyof Facts, digits = 0): string =>
    `${mean(first, of).toFixed(digits)} -> ${mean(last, of).toFixed(digits)}`;
  const seconds = (performance.now() - began) / 1_000;
  print('soak', [
    { what: `a wall over ${minutes} min, heap in MB`, ours: change('heap', 2), goal: 'flat' },
    { what: '  nodes', ours: change('nodes'), goal: 'flat' },
    { what: '  listeners', ours: change('listeners'), goal: 'flat' },
    { what: '  canvases', ours: change('canvases'), goal: 'flat' },
    { what: '  messages a second', ours: `${((messages - before) / seconds).toFixed(1)}, over ${sockets} socket(s)` },
  ]);
}

await main();
