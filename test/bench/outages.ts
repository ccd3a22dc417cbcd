/**
 * Outages of each kind between a room and a wall in a browser: when the wall says so, when it is live again after the end, and when its number
 * moves then. Each lasts for another while, so that its end meets the wall at any moment of its tries. Measures, and judges nothing.
 *
 *   npm run bench -- outages [--outages 20] [--kinds "killed,black hole"]
 */
import { parseArgs } from 'node:util';
import { openBrowser } from '../harness/browser.ts';
import { send, submission } from '../harness/client.ts';
import { OutageProxy } from '../harness/outage-proxy.ts';
import {
  type Course,
  course,
  isOfTheRoom,
  isSilent,
  OUTAGES,
  type Outage,
  openWall,
  submitting,
} from '../harness/outages.ts';
import { startRoom } from '../harness/room.ts';
import { randomOf } from '../portal/random.ts';
import { machine, print, quantile } from './report.ts';

const { values } = parseArgs({ options: { outages: { type: 'string', default: '20' }, kinds: { type: 'string' } } });
const count = Number(values.outages);
const kinds = values.kinds?.split(',') ?? OUTAGES;
const random = randomOf('outages');

/** A wall says that nothing comes after two seconds, and is sure of silence after more than six. */
const lasting = (outage: Outage): number => (isSilent(outage) ? 9_000 : 3_000) + random.next() * 6_000;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
function of(courses: readonly Course[], what: 'toldAfter' | 'liveAfter' | 'movesAfter'): string {
  const sorted = courses.map((one) => one[what]).sort((a, b) => a - b);
  return `p50 ${seconds(quantile(sorted, 0.5))}, most ${seconds(sorted.at(-1) ?? Number.NaN)}`;
}

async function main(): Promise<void> {
  process.stdout.write(`${await machine()}\n`);
  await using browser = await openBrowser();
  await using room = await startRoom();
  await send(room, [submission('first')]);
  using _portal = submitting(room);

  async function repeated(outage: Outage): Promise<void> {
    await using proxy = await OutageProxy.before(room.url);
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await openWall(page, proxy);
    const courses: Course[] = [];
    for (let n = 0; n < count; n++) courses.push(...(await course(outage, lasting(outage), room, [{ page, proxy }])));
    await page.close();
    print('outages', [
      {
        what: `${outage}, ${count} times: told after`,
        ours: of(courses, 'toldAfter'),
        goal: isSilent(outage) ? '2.5 s' : '2 s',
      },
      { what: `${outage}, live after its end`, ours: of(courses, 'liveAfter'), goal: '10 s' },
      { what: `${outage}, its number moves after that`, ours: of(courses, 'movesAfter'), goal: '3 s' },
      { what: `${outage}, the wall was`, ours: [...new Set(courses.flatMap(({ states }) => states))].join(', ') },
    ]);
  }

  const asked = OUTAGES.filter((outage) => kinds.includes(outage));
  // What befalls a wall's own line leaves the others alone.
  await Promise.all(asked.filter((outage) => !isOfTheRoom(outage)).map(repeated));
  for (const outage of asked.filter(isOfTheRoom)) await repeated(outage);
}

await main();
