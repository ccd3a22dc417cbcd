/**
 * A portal's single posts at rest, and beside those without a key: one socket that joins 600 past days in one go and 40 who
 * ask for snapshots all the time. Beside them a wall stays on the running day.
 *
 *   npm run bench -- strangers [--joins 600] [--at-once 40] [--seconds 20]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { send, snapshot, submission } from '../harness/client.ts';
import { startRoom } from '../harness/room.ts';
import { dayRoom, postTimes } from '../harness/strangers.ts';
import { startChild } from './child.ts';
import { joinedViewer } from './national.ts';
import type { handlers } from './pesterers.ts';
import { print, quantile } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    joins: { type: 'string', default: '600' },
    'at-once': { type: 'string', default: '40' },
    seconds: { type: 'string', default: '20' },
  },
});
const seconds = Number(values.seconds);
const [joins, atOnce] = [Number(values.joins), Number(values['at-once'])];
const DAYS = 10;

await using room = await startRoom();
await send(room, [
  submission('first'),
  ...Array.from({ length: DAYS }, (_, n) =>
    submission(`d-${n}`, { occurredAt: `${dayRoom(n).slice(5, 15)}T03:00:00Z`, count: 3 }),
  ),
]);
while (((await snapshot(room))?.state.events ?? 0) === 0) await sleep(200);
const { viewer } = await joinedViewer(room.url);
let heard = performance.now();
let longest = 0;
viewer.on('delta', () => {
  longest = Math.max(longest, performance.now() - heard);
  heard = performance.now();
});
await postTimes(room, 'warm', 3);
const rest = await postTimes(room, 'rest', seconds);
const restGap = longest;
longest = 0;
await using pesterers = startChild<typeof handlers>('./pesterers.ts');
const [asked, times] = await Promise.all([
  pesterers.ask('pester', { url: room.url, joins, atOnce, seconds: seconds + 2 }),
  sleep(1_000).then(() => postTimes(room, 'beside', seconds)),
]);
viewer.disconnect();

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const p50 = quantile(times, 0.5);
print('strangers', [
  {
    what: `single posts beside ${joins} joins of past days a socket and ${atOnce} snapshots at once: p50`,
    ours: ms(p50),
    peer: `at rest ${ms(quantile(rest, 0.5))}`,
    ratio: p50 / quantile(rest, 0.5),
    goal: '1.5',
  },
  {
    what: 'the slowest',
    ours: ms(times.at(-1) ?? Number.NaN),
    peer: `at rest ${ms(rest.at(-1) ?? Number.NaN)}`,
    goal: 'below 1,000 ms',
  },
  { what: 'longest wait of a wall for a delta', ours: ms(longest), peer: `at rest ${ms(restGap)}` },
  { what: 'joins and snapshots by answer', ours: `${JSON.stringify(asked.joins)} ${JSON.stringify(asked.snapshots)}` },
]);
