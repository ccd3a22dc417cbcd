/**
 * How long those who ask for too much hold the room's event loop, that of everybody else: each kind of them by itself, then all at
 * once, over a quarter of counted events. A timer of the room looks each millisecond; what is above some is somebody's work in one piece.
 *
 *   npm run bench -- abuse [--seconds 8] [--events 200000]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { type CookieClient, firstAdministrator } from '../harness/cookies.ts';
import { startRoom } from '../harness/room.ts';
import { pester } from '../harness/strangers.ts';
import { LOOP_DELAY_ENV, type LoopDelay, loopDelay } from './process-facts.ts';
import { type Figure, print } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: { seconds: { type: 'string', default: '8' }, events: { type: 'string', default: '200000' } },
});
const seconds = Number(values.seconds);
const BATCH = 1_000;
const DAY_MS = 86_400_000;
const DAYS = 90;
const PROVINCES = ['01', '79', '48', '31', '92'];

const local = (daysAgo: number): string => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
const CURVE = `from=${local(25)}&to=${local(1)}&split=province&grain=hour`;
const EVENTS = `from=${local(DAYS - 1)}&to=${local(1)}&measure=submitted`;

await using room = await startRoom({ env: LOOP_DELAY_ENV });
for (let begin = 0; begin < Number(values.events); begin += BATCH)
  await send(
    room,
    Array.from({ length: BATCH }, (_, n) => {
      const at = Date.now() - ((begin + n) % (DAYS * 1_440)) * 60_000 - 60_000;
      const province = PROVINCES[n % PROVINCES.length] ?? '01';
      return submission(`a-${begin + n}`, { province, occurredAt: new Date(at).toISOString() }, { source: NATIONAL });
    }),
  );
while ((await snapshot(room)) === undefined) await sleep(200);
await sleep(5_000);
const administrator = await firstAdministrator(room);
const pid = room.pid ?? 0;

/** Asks again and again, `atOnce` at a time, until the time is over; answers by status. */
async function pressing(ask: (client: CookieClient) => Promise<Response>, atOnce: number): Promise<string> {
  const until = performance.now() + seconds * 1_000;
  const statuses: Record<string, number> = {};
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const status = await ask(administrator).then(
        async (response) => {
          await response.arrayBuffer();
          return String(response.status);
        },
        () => 'cut',
      );
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status !== '200') await sleep(50);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return JSON.stringify(statuses);
}

const message = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 1, method, params });
const told = { accept: 'application/json, text/event-stream' };
const RULE = {
  over: { dim: 'province' },
  when: {
    kind: 'threshold',
    measure: 'submitted',
    window: { kind: 'today' },
    side: 'below',
    against: { kind: 'usual', beyond: 'farFromUsual', recover: 'beyondUsual' },
  },
  forSeconds: 1_800,
  keepSeconds: 1_800,
};
const QUESTION = { name: 'ask', arguments: { question: 'on-time share ministries november vs october' } };

const ABUSES: Record<string, () => Promise<string>> = {
  'the document of all routes, for the first time': async () => {
    const first = await fetch(`${room.url}/v1/openapi.json`);
    return `{"${first.status}":1}, ${Math.round((await first.arrayBuffer()).byteLength / 1_000)} kB`;
  },
  'all events of a quarter as CSV, two at a time': () => pressing((by) => by.ask(`/v1/evidence.csv?${EVENTS}`), 2),
  'all events of a quarter as a workbook, two at a time': () =>
    pressing((by) => by.ask(`/v1/evidence.xlsx?${EVENTS}`), 2),
  'curves of 58,000 points, four at a time': () => pressing((by) => by.ask(`/v1/query?${CURVE}`), 4),
  'a rule tried on a quarter, four at a time': () =>
    pressing((by) => by.ask('/v1/rules/backtest', { rule: RULE, days: DAYS }), 4),
  'assistants that list tools and ask, 16 at a time': () =>
    pressing(
      (by) => by.ask('/mcp', Math.random() < 0.5 ? message('tools/list') : message('tools/call', QUESTION), told),
      16,
    ),
  'wrong passwords, 20 at a time': () =>
    pressing(
      (by) =>
        by.ask('/v1/session/sign-in', { id: `u${Math.floor(Math.random() * 1e6)}`, password: 'not the password' }),
      20,
    ),
  'bodies of 90 kB, nested and of many names, 16 at a time': () =>
    pressing(
      (by) =>
        by.ask('/v1/views', {
          body: Math.random() < 0.5 ? JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) : names(5_000),
        }),
      16,
    ),
  'a socket that joins 600 past days in one go, and 40 snapshots at once': async () =>
    JSON.stringify(await pester(room, 600, 40, seconds)),
};
const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`name-${n}`, 1]));

const ms = (of: number): string => `${of.toFixed(0)} ms`;
const figures: Figure[] = [];
async function measured(what: string, abuse: () => Promise<string>): Promise<void> {
  await loopDelay(pid);
  const answers = await abuse();
  const { p99, max, ran }: LoopDelay = await loopDelay(pid);
  figures.push({
    what: `${what}: the loop's longest turn`,
    ours: `${ms(ran)} of its own time, ${ms(max)} by the clock, p99 ${ms(p99)}`,
    goal: 'below 50 ms',
  });
  figures.push({ what: 'its answers', ours: answers });
}

await measured('nobody but a wall', async () => {
  await sleep(seconds * 1_000);
  return '{}';
});
for (const [what, abuse] of Object.entries(ABUSES)) await measured(what, abuse);
await measured('all of these at once', async () => {
  const answers = await Promise.all(Object.values(ABUSES).map((abuse) => abuse()));
  return `${answers.length} kinds`;
});
print('abuse', figures);
