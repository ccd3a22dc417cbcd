/**
 * The analyst's room over two years of events while more arrive: from a click to what is painted, in a browser on the same machine; then
 * twenty analysts who click the same, each with an account, and what a portal and a wall beside them notice of it. `--keep DIR` is
 * a folder that `npm run bench -- queries --keep DIR` filled, or an empty one.
 *
 *   npm run bench -- analysts [--keep DIR] [--events 35400000] [--rate 1000] [--clicks 40] [--analysts 20] [--think 3000] [--seconds 30]
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addDays, apply, localDay } from '@room/contract';
import type { Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.ts';
import { send, submission } from '../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../harness/cookies.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import type { handlers } from './askers.ts';
import { startChild } from './child.ts';
import { joinedViewer } from './national.ts';
import { countryOf, SEED } from './produce.ts';
import { machine, print, quantile } from './report.ts';
import { openTwoYears } from './two-years.ts';

const { values } = parseArgs({
  options: {
    keep: { type: 'string' },
    events: { type: 'string', default: '35400000' },
    rate: { type: 'string', default: '1000' },
    clicks: { type: 'string', default: '40' },
    analysts: { type: 'string', default: '20' },
    think: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '30' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const thinkMs = Number(values.think);
/** Requests a second; each carries its share of the rate. */
const POSTS = 20;
const WAIT = { timeout: 60_000 };
const note = (text: string): void => void process.stderr.write(`analysts: ${text}\n`);
const shown = (sorted: ArrayLike<number>): string =>
  `p50 ${quantile(sorted, 0.5).toFixed(0)}, p95 ${quantile(sorted, 0.95).toFixed(0)} ms (${sorted.length})`;

/** One portal at a steady rate, one post after the other: the order of its answers is the order of counting. */
function arriving(room: Room) {
  const accepted: number[] = [];
  let running = true;
  const each = Math.max(1, Math.round(rate / POSTS));
  const posting = (async () => {
    const began = performance.now();
    for (let n = 0; running; n++) {
      await sleep(Math.max(0, began + (n * 1_000) / POSTS - performance.now()));
      await send(
        room,
        Array.from({ length: each }, (_, at) => submission(`live-${began}-${n}-${at}`)),
      );
      const now = performance.now();
      for (let at = 0; at < each; at++) accepted.push(now);
    }
  })();
  return {
    /** When each event was accepted, by the monotonic clock. */
    accepted,
    [Symbol.asyncDispose]: async () => {
      running = false;
      await posting;
    },
  };
}

/** Milliseconds from accepted to on a wall, sorted, of what came within `seconds`. */
async function delivered(room: Room, during: () => Promise<unknown>): Promise<number[]> {
  const { viewer, snapshot } = await joinedViewer(room.url);
  let { state } = snapshot;
  const before = state.total.submitted;
  const steps: { at: number; events: number }[] = [];
  viewer.on('delta', ({ patch }) => {
    state = apply(state, patch);
    steps.push({ at: performance.now(), events: state.total.submitted - before });
  });
  const portal = arriving(room);
  await during();
  await portal[Symbol.asyncDispose]();
  const until = performance.now() + WAIT.timeout;
  while ((steps.at(-1)?.events ?? 0) < portal.accepted.length && performance.now() < until) await sleep(50);
  viewer.disconnect();
  let step = 0;
  return portal.accepted
    .map((at, index) => {
      while (step < steps.length && (steps[step]?.events ?? 0) <= index) step++;
      return (steps[step]?.at ?? Number.NaN) - at;
    })
    .sort((a, b) => a - b);
}

interface Clicked {
  /** What was clicked. */
  member: string;
  /** Milliseconds until the number of the page is another one, and is painted. */
  number: number;
  /** And until nothing is dimmed any more. */
  all: number;
}

/** Runs within the page, whose types are not those of this process. */
const CLICK = `async (member) => {
  const total = () => document.querySelector('[data-test="measure-submitted"] [data-value]')?.getAttribute('data-value');
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const before = total();
  const began = performance.now();
  const isWithin = () => performance.now() - began < ${WAIT.timeout};
  document.querySelector(member)?.click();
  while (total() === before && isWithin()) await painted();
  const number = performance.now() - began;
  while (document.querySelector('article .old, article [aria-busy="true"]') !== null && isWithin()) await painted();
  return { number, all: performance.now() - began };
}`;

const click = async (page: Page, member: string): Promise<Clicked> => ({
  member,
  ...(await page.evaluate<Omit<Clicked, 'member'>>(`(${CLICK})(${JSON.stringify(member)})`)),
});

/** Clicks through the members of a ranking, one after the other; what each asked for is kept. */
async function browse(room: Room, analyst: CookieClient, clicks: number) {
  await using browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies([...analyst.cookies].map(([name, value]) => ({ name, value, url: room.url })));
  const page = await context.newPage();
  const today = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
  // Past days: what is clicked changes the number, and nothing else does.
  await page.goto(`${room.url}/explore?lang=en&from=${addDays(today, -30)}&to=${addDays(today, -1)}`);
  await page.locator('[data-test^="member-"]').first().waitFor(WAIT);
  await page.waitForLoadState('networkidle');
  const members = await page
    .locator('[data-test^="member-"]')
    .evaluateAll((all) => all.map((each) => `[data-test="${each.getAttribute('data-test')}"]`));
  const asked: string[][] = [];
  const times: Clicked[] = [];
  let paths: string[] = [];
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (request.method() === 'GET' && pathname.startsWith('/v1/')) paths.push(`${pathname}${search}`);
  });
  for (let n = 0; n < clicks; n++) {
    paths = [];
    // Pressed and, by the next click, let go again.
    times.push(await click(page, members[Math.floor(n / 2) % members.length] ?? ''));
    await page.waitForLoadState('networkidle');
    asked.push(paths);
  }
  const slowest = times
    .toSorted((a, b) => b.number - a.number)
    .slice(0, 5)
    .map(({ member, number }) => `${/member-([^"]+)/.exec(member)?.[1]} ${number.toFixed(0)}`);
  const sorted = (of: 'number' | 'all') => times.map((each) => each[of]).sort((a, b) => a - b);
  return { asked: asked.filter((each) => each.length > 0), number: sorted('number'), all: sorted('all'), slowest };
}

async function analystsOf(room: Room, administrator: CookieClient): Promise<CookieClient[]> {
  const found: CookieClient[] = [];
  for (let n = 1; n <= Number(values.analysts); n++) {
    const { token } = await administrator.told<{ token: string }>('/v1/people', {
      id: `analyst-${n}`,
      name: `Analyst ${n}`,
      rights: ['view', 'analyse'],
      scope: 'all',
    });
    const analyst = new CookieClient(room);
    await analyst.told('/v1/session/accept', { token, password: PASSWORD });
    found.push(analyst);
  }
  return found;
}

async function main(): Promise<void> {
  process.stdout.write(`${await machine()}\n`);
  const temporary = values.keep === undefined ? await tempDir('bench') : undefined;
  const folder = values.keep ?? temporary?.path ?? '';
  await mkdir(folder, { recursive: true });
  const warehouse = await openTwoYears(folder, await countryOf(SEED), Number(values.events), note);
  await warehouse[Symbol.asyncDispose]();
  {
    await using room = await startRoom({ dataDir: folder, isTrial: true, env: { VISITORS: 'view' } });
    const administrator = await firstAdministrator(room);
    const analysts = await analystsOf(room, administrator);
    const load = `${rate} events/s arriving`;
    let found: Awaited<ReturnType<typeof browse>> | undefined;
    await delivered(room, async () => {
      found = await browse(room, analysts[0] ?? administrator, Number(values.clicks));
    });
    if (found === undefined) throw new Error('nothing was clicked');
    print('analysts', [
      { what: `a click to its number painted, ${load}`, ours: shown(found.number), goal: 'p95 <= 300 ms' },
      { what: `a click until nothing is dimmed any more, ${load}`, ours: shown(found.all) },
      { what: 'the slowest of these, ms to the number', ours: found.slowest.join(', ') },
      { what: 'questions of a click', ours: (found.asked.flat().length / found.asked.length).toFixed(1) },
    ]);

    await using askers = startChild<typeof handlers>('./askers.ts');
    const asking = {
      url: room.url,
      analysts: analysts.map(({ cookie }) => cookie),
      clicks: found.asked,
      thinkMs,
      seconds,
    };
    const alone = await delivered(room, () => sleep(seconds * 1_000));
    let answers: Awaited<ReturnType<(typeof handlers)['ask']>> | undefined;
    const beside = await delivered(room, async () => {
      answers = await askers.ask('ask', asking);
    });
    if (answers === undefined) throw new Error('nobody asked');
    const statuses = Object.entries(answers.statuses).map(([status, n]) => `${n} x ${status}`);
    const many = `${analysts.length} analysts who click every ${thinkMs / 1_000} s, ${load}`;
    const late = (sorted: ArrayLike<number>): string =>
      `p50 ${quantile(sorted, 0.5).toFixed(0)}, p99 ${quantile(sorted, 0.99).toFixed(0)} ms`;
    print('analysts', [
      { what: `one question, ${many} (${statuses.join(', ')})`, ours: shown(answers.questions), goal: 'p95 <= 500 ms' },
      { what: `a click, all its questions, ${many}`, ours: shown(answers.clicks) },
      {
        what: `accepted -> on a wall beside them`,
        ours: late(beside),
        peer: `without them ${late(alone)}`,
        ratio: quantile(beside, 0.99) / quantile(alone, 0.99),
        goal: '<= 1.2',
      },
    ]);
  }
  await temporary?.[Symbol.asyncDispose]();
}

await main();
process.exit();
