/** Whether what a room told its portals is true, by a recount of its warehouse. */
import { setTimeout as sleep } from 'node:timers/promises';
import { scrape } from '../harness/metrics.ts';
import { recount } from '../harness/recount.ts';
import type { Room } from '../harness/room.ts';

const LOOK_MS = 200;

/** Ids: accepted and not counted, counted twice, counted though nobody was told so. */
export interface Untrue {
  lost: string[];
  double: string[];
  more: string[];
}

/** Waits until the room counted all of it, and stops it. */
export async function told(
  room: Room,
  { accepted, quarantined }: { accepted: string[]; quarantined: number },
): Promise<Untrue> {
  const until = performance.now() + 60_000;
  while ((await decided(room)) < accepted.length + quarantined && performance.now() < until) await sleep(LOOK_MS);
  await room.stop();
  const { ids, backlog, links } = await recount(room.dataDir);
  const counted = [...ids, ...backlog, ...links];
  const [was, is] = [new Set(accepted), new Set(counted)];
  return {
    lost: [...was].filter((id) => !is.has(id)),
    double: [
      ...counted.filter((id, at) => counted.indexOf(id) !== at),
      ...accepted.filter((id, at) => accepted.indexOf(id) !== at),
    ],
    more: [...is].filter((id) => !was.has(id)),
  };
}

/** Events that ingest has decided, one way or another. */
async function decided(room: Room): Promise<number> {
  let sum = 0;
  for (const [series, value] of await scrape(room.url, room.operatorToken))
    if (series.startsWith('room_ingest_events_total')) sum += value;
  return sum;
}
