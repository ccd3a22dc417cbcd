/**
 * Every viewer loses its connection at the same instant, is away, and comes back at the same instant, while the country goes
 * on reporting. Measured until the last one has a snapshot; it counts when its hash is the one that a real client, which
 * stayed, has at the same number. Real clients come back less steeply: each waits a random time, up to 5 s.
 *
 *   npm run bench -- reconnect [--viewers 1000] [--away 60] [--rounds 3]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { apply } from '@room/contract';
import { startViewers } from './crowd.ts';
import { BUSY_RATE, joinedViewer, startNational } from './national.ts';
import { print, quantile } from './report.ts';
import { stateHash } from './state-hash.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    viewers: { type: 'string', default: '1000' },
    away: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
  },
});
const count = Number(values.viewers);
/** Numbers of the pulse that the real client remembers. */
const REMEMBERED = 400;

await using portals = await startNational(BUSY_RATE);
const { room } = portals;
const { viewer, snapshot } = await joinedViewer(room.url);
const known = new Map<string, string>();
let { epoch, seq, state } = snapshot;
viewer.on('delta', (delta) => {
  if (delta.epoch !== epoch || delta.seq !== seq + 1) throw new Error('the viewer that stayed missed a delta');
  seq = delta.seq;
  state = apply(state, delta.patch);
  known.set(`${epoch}/${seq}`, stateHash(state));
  for (const old of known.keys()) {
    if (known.size <= REMEMBERED) break;
    known.delete(old);
  }
});

await using viewers = startViewers();
await viewers.ask('connect', { url: room.url, protocol: 'room', count, hashEvery: 0 });
for (let round = 0; round < Number(values.rounds); round++) {
  await viewers.ask('cut', undefined);
  await sleep(Number(values.away) * 1_000);
  const { delays, hashes } = await viewers.ask('comeBack', count);
  let equal = 0;
  for (const [at, found] of hashes) for (const [hash, seats] of found) if (hash === known.get(at)) equal += seats;
  const sorted = delays.toSorted();
  print('reconnect', [
    {
      what: `${count} viewers at once after ${values.away} s, half of them back after ${(quantile(sorted, 0.5) / 1_000).toFixed(2)} s; ${equal} show what the one that stayed showed`,
      ours: `all after ${((sorted.at(-1) ?? Number.NaN) / 1_000).toFixed(2)} s`,
      goal: `${count} within 2 s`,
    },
  ]);
}
viewer.disconnect();
