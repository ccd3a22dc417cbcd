/**
 * A portal's single posts at rest, and beside others who ask for much: one socket that joins 600 past days in one go and 40
 * who ask for snapshots all the time; 400 connections that ask 25 times in one go and do not read; a hundred full requests
 * at once of another portal. Beside all of them a wall stays on the running day.
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
import { type Figure, print, quantile } from './report.ts';

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
const OTHER = 'urn:portal:province:01';

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

async function posts(prefix: string): Promise<{ times: number[]; gap: number }> {
  longest = 0;
  heard = performance.now();
  return { times: await postTimes(room, prefix, seconds), gap: longest };
}
async function beside<T>(prefix: string, others: Promise<T>) {
  await sleep(1_000);
  return { ...(await posts(prefix)), others: await others };
}

await postTimes(room, 'warm', 3);
const rest = await posts('rest');
await using pesterers = startChild<typeof handlers>('./pesterers.ts');
const others = { url: room.url, seconds: seconds + 2 };
const pestered = await beside('pestered', pesterers.ask('pester', { ...others, joins, atOnce }));
const piped = await beside('piped', pesterers.ask('pipeline', { ...others, connections: 400, each: 25 }));
const full = Array.from({ length: 1_000 }, (_, n) =>
  submission(`f-${n}`, { count: 0 }, { source: OTHER, padding: 'p'.repeat(700) }),
);
const key = await room.key(OTHER);
const flooded = await beside(
  'flooded',
  pesterers.ask('flood', { ...others, key, body: JSON.stringify(full), atOnce: 100 }),
);
viewer.disconnect();

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const rows = (what: string, goal: string | undefined, { times, gap }: typeof rest): Figure[] => [
  {
    what: `single posts beside ${what}: p50`,
    ours: ms(quantile(times, 0.5)),
    peer: `at rest ${ms(quantile(rest.times, 0.5))}`,
    ratio: quantile(times, 0.5) / quantile(rest.times, 0.5),
    ...(goal === undefined ? {} : { goal }),
  },
  {
    what: 'the slowest',
    ours: ms(times.at(-1) ?? Number.NaN),
    peer: `at rest ${ms(rest.times.at(-1) ?? Number.NaN)}`,
    goal: 'below 1,000 ms',
  },
  { what: 'longest wait of a wall for a delta', ours: ms(gap), peer: `at rest ${ms(rest.gap)}` },
];
print('strangers', [
  ...rows(`${joins} joins of past days a socket and ${atOnce} snapshots at once`, '1.5', pestered),
  {
    what: 'joins and snapshots by answer',
    ours: `${JSON.stringify(pestered.others.joins)} ${JSON.stringify(pestered.others.snapshots)}`,
  },
  ...rows('400 connections that ask 25 times and do not read', undefined, piped),
  ...rows('100 full requests at once of another portal', undefined, flooded),
  { what: 'its requests by answer', ours: JSON.stringify(flooded.others.statuses) },
]);
