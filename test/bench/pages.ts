/**
 * The pages of programmes, tasks, essential services, the index, leaders and links over a simulated quarter of the country with a year
 * of made-up reports, in a browser on the same machine: from a click in the bar until the page has its numbers and is painted. The first
 * visit of each loads its code and asks anew; the others find the code at hand and ask again.
 *
 *   npm run bench -- pages [--history 90] [--visits 6]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';
import { childEnv } from '../harness/config.ts';
import { run } from '../harness/process.ts';
import { typescript } from '../harness/room.ts';
import { BUSY_RATE, startNational } from './national.ts';
import { machine, print, quantile } from './report.ts';

const { values } = parseArgs({
  options: { history: { type: 'string', default: '90' }, visits: { type: 'string', default: '6' } },
});
const PATHS = ['/programmes', '/tasks', '/services', '/service-index', '/leaders', '/links'];
const GOAL = 'p95 <= 300 ms';
const WAIT = { timeout: 60_000 };

/** Runs within the page, whose types are not those of this process. */
const VISIT = `async (path) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const isThere = () => location.pathname === path && document.querySelector('main h1') !== null
    && document.querySelector('main [aria-busy="true"]') === null && document.querySelector('main .grid-table, main li, main dl') !== null;
  const began = performance.now();
  document.querySelector('[data-test="subpages"] a[href^="' + path + '?"]').click();
  do await painted(); while (!isThere() && performance.now() - began < ${WAIT.timeout});
  return performance.now() - began;
}`;

const visit = (page: Page, path: string): Promise<number> =>
  page.evaluate<number>(`(${VISIT})(${JSON.stringify(path)})`);

process.stdout.write(`${await machine()}\n`);
await using portals = await startNational(BUSY_RATE, { history: Number(values.history) });
const { room } = portals;
const made = await run(process.execPath, [...typescript(), 'test/portal/programme-main.ts', '--data', room.dataDir], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  env: childEnv({}),
});
if (made.code !== 0) throw new Error(`no reports of programmes:\n${made.output}`);
await using browser = await openBrowser();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
await context.addCookies([{ name: 'room-look', value: 'analyst', url: room.url }]);
const page = await context.newPage();
await page.goto(`${room.url}/alerts?lang=en`);
await page.locator('header nav a[href^="/programmes"]').click(WAIT);
await page.locator('[data-test="subpages"]').waitFor(WAIT);
await page.waitForLoadState('networkidle');
const first = new Map<string, number>();
const later = new Map<string, number[]>(PATHS.map((path) => [path, []]));
for (let round = 0; round <= Number(values.visits); round++)
  // The first page is the one that is shown: it is visited from the last.
  for (const path of [...PATHS.slice(1), ...PATHS.slice(0, 1)]) {
    const took = await visit(page, path);
    await page.waitForLoadState('networkidle');
    if (round === 0) first.set(path, took);
    else later.get(path)?.push(took);
  }
for (const path of PATHS) {
  const sorted = (later.get(path) ?? []).sort((a, b) => a - b);
  print('pages', [
    {
      what: `${path}, a click to its numbers painted, ${BUSY_RATE} events/s arriving`,
      ours: `first ${first.get(path)?.toFixed(0)} ms, then p50 ${quantile(sorted, 0.5).toFixed(0)}, p95 ${quantile(sorted, 0.95).toFixed(0)} ms (${sorted.length})`,
      goal: GOAL,
    },
  ]);
}
process.exit();
