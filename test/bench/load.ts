/**
 * The first load of a wall in a browser whose caches are empty, and the load after it: bytes as they come over the wire by kind, and the times until
 * something is painted and until the wall is live. Over a line of 10 Mbit/s and 40 ms, as an office has it. Measures, and judges nothing.
 *
 *   npm run bench -- load [--loads 5]
 */
import { parseArgs } from 'node:util';
import type { Browser, CDPSession } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';
import { send, submission } from '../harness/client.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { machine, print, quantile } from './report.ts';

const { values } = parseArgs({ options: { loads: { type: 'string', default: '5' } } });
const loads = Number(values.loads);
const LINE = { offline: false, latency: 40, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 };
const LIVE = '[data-test="connection"][data-state="live"]';

interface Load {
  /** Until the page's first text is painted, by its own clock from the navigation on. */
  paintMs: number;
  liveMs: number;
  /** When the socket was asked for. */
  socketMs: number;
  bytes: Map<string, number>;
}

/** Bytes over the wire by kind, from here on. */
async function counting(devTools: CDPSession): Promise<Map<string, number>> {
  const kinds = new Map<string, string>();
  const bytes = new Map<string, number>();
  await devTools.send('Network.enable');
  devTools.on('Network.responseReceived', ({ requestId, type }) => void kinds.set(requestId, type));
  devTools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId) ?? 'other';
    bytes.set(kind, (bytes.get(kind) ?? 0) + encodedDataLength);
  });
  return bytes;
}

async function load(browser: Browser, room: Room): Promise<[first: Load, second: Load]> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const once = async (): Promise<Load> => {
    const page = await context.newPage();
    const devTools = await context.newCDPSession(page);
    const bytes = await counting(devTools);
    await devTools.send('Network.emulateNetworkConditions', LINE);
    let socketMs = Number.NaN;
    const began = performance.now();
    devTools.on('Network.webSocketCreated', () => {
      socketMs = performance.now() - began;
    });
    await page.goto(room.url, { waitUntil: 'commit' });
    await page.locator(LIVE).waitFor({ timeout: 60_000 });
    const liveMs = performance.now() - began;
    const paintMs = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    );
    await page.close();
    return { paintMs, liveMs, socketMs, bytes };
  };
  try {
    return [await once(), await once()];
  } finally {
    await context.close();
  }
}

const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;
const median = (numbers: number[]): string =>
  `${quantile(
    numbers.sort((a, b) => a - b),
    0.5,
  ).toFixed(0)} ms`;

async function main(): Promise<void> {
  process.stdout.write(`${await machine()}\n`);
  await using browser = await openBrowser();
  await using room = await startRoom();
  await send(room, [submission('first')]);
  const found: [Load, Load][] = [];
  for (let n = 0; n < loads; n++) found.push(await load(browser, room));
  for (const [nth, what] of ['first load', 'load after it'].entries()) {
    const each = found.map((pair) => pair[nth] as Load);
    const bytes = each[0]?.bytes ?? new Map<string, number>();
    const kinds = [...bytes].sort(([, a], [, b]) => b - a).map(([kind, of]) => `${kind} ${kB(of)}`);
    const all = [...bytes.values()].reduce((sum, of) => sum + of, 0);
    print('load', [
      { what: `${what}, bytes`, ours: `${kB(all)}: ${kinds.join(', ')}` },
      { what: `${what}, until first painted`, ours: median(each.map(({ paintMs }) => paintMs)), goal: '1500 ms' },
      { what: `${what}, until the socket is asked for`, ours: median(each.map(({ socketMs }) => socketMs)) },
      { what: `${what}, until live`, ours: median(each.map(({ liveMs }) => liveMs)) },
    ]);
  }
}

await main();
