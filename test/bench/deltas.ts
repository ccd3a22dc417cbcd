/**
 * Bytes of the deltas against sending the whole state each time, while the portals of a country report; and whether all
 * viewers that live by deltas show the same, at every sampled number and at the end, as a real client and the server do.
 *
 *   npm run bench -- deltas [--rates 20,200] [--viewers 200] [--seconds 60] [--every 20]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { apply } from '@room/contract';
import { snapshot as served } from '../harness/client.ts';
import { startViewers } from './crowd.ts';
import { joinedViewer, startNational } from './national.ts';
import { print } from './report.ts';
import { stateHash } from './state-hash.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    rates: { type: 'string', default: '20,200' },
    viewers: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    every: { type: 'string', default: '20' },
  },
});
const count = Number(values.viewers);
const hashEvery = Number(values.every);

async function run(rate: number): Promise<void> {
  await using portals = await startNational(rate);
  const { room } = portals;
  await using viewers = startViewers();
  await viewers.ask('connect', { url: room.url, protocol: 'room', count, hashEvery });
  const { viewer, snapshot } = await joinedViewer(room.url);
  let { epoch, seq, state } = snapshot;
  const own = new Map<string, string>();
  let deltas = 0;
  let deltaBytes = 0;
  let wholeBytes = 0;
  viewer.on('delta', (delta) => {
    if (delta.epoch !== epoch || delta.seq !== seq + 1) throw new Error('the real client missed a delta');
    seq = delta.seq;
    state = apply(state, delta.patch);
    own.set(`${epoch}/${seq}`, stateHash(state));
    deltas++;
    deltaBytes += Buffer.byteLength(JSON.stringify(delta));
    wholeBytes += Buffer.byteLength(JSON.stringify({ room: 'now', epoch, seq, state }));
  });
  await viewers.ask('begin', undefined);
  await sleep(Number(values.seconds) * 1_000);
  const last = await served(room);
  const { missed } = await viewers.ask('received', undefined);
  const { hashes, joins } = await viewers.ask('agreement', undefined);
  viewer.disconnect();

  let agreed = 0;
  let sampled = 0;
  for (const [at, found] of hashes) {
    const expected = own.get(at);
    // The first and the last number may have met the start or the end half way.
    if (expected === undefined) continue;
    sampled++;
    if (found.size === 1 && found.has(expected)) agreed++;
  }
  const atEnd =
    last === undefined || own.get(`${last.epoch}/${last.seq}`) !== stateHash(last.state) ? 'NOT equal' : 'equal';
  print('deltas', [
    {
      what: `${rate} events/s, ${deltas} deltas in ${values.seconds} s`,
      ours: `${(deltaBytes / deltas).toFixed(0)} bytes each`,
      peer: `whole states ${(wholeBytes / deltas).toFixed(0)} bytes`,
      ratio: deltaBytes / wholeBytes,
      goal: '<= 0.1',
    },
    {
      what: `state hash of ${count} viewers at ${sampled} numbers, ${missed} deltas missed, ${joins} joined again`,
      ours: `equal at ${agreed} of ${sampled}, with the server at the end ${atEnd}`,
      goal: 'equal at all',
    },
  ]);
}

for (const rate of String(values.rates).split(',').map(Number)) await run(rate);
