/**
 * Viewers that stop reading. First what it does to the others: their delay with 2 % stalled against none, with recorded
 * deltas. Then what it does to memory, against plain Socket.IO. Loopback's socket buffers swallow some 4 MB a connection
 * before anything waits in the process, so deltas are padded there and the healthy crowd is small.
 *
 *   npm run bench -- stalled [--viewers 1000] [--hertz 4] [--seconds 15] [--rounds 2] [--pad 65536]
 */
import { parseArgs } from 'node:util';
import { type Measured, measure, untilForsaken } from './crowd.ts';
import { recorded } from './national.ts';
import { print, quantile } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    viewers: { type: 'string', default: '1000' },
    hertz: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '2' },
    record: { type: 'string', default: '20' },
    pad: { type: 'string', default: '65536' },
  },
});
const viewers = Number(values.viewers);
const hertz = Number(values.hertz);
const seconds = Number(values.seconds);
const stalled = Math.ceil(viewers * 0.02);
const HEALTHY_BESIDE = 30;
const PADDED_HERTZ = 10;

const recording = await recorded(Number(values.record));

const late = (runs: readonly Measured[]): number =>
  quantile(
    runs.flatMap(({ delays }) => [...delays]).sort((a, b) => a - b),
    0.99,
  );
const withNone: Measured[] = [];
const withSome: Measured[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const load = { viewers, hertz, seconds, pad: 0 };
  withNone.push(await measure('room', recording, { ...load, stalled: 0 }));
  withSome.push(await measure('room', recording, { ...load, stalled }));
}
print('stalled', [
  {
    what: `p99 of delivery to the healthy, ${stalled} of ${viewers} viewers stalled, ${hertz} Hz`,
    ours: `${late(withSome).toFixed(1)} ms`,
    peer: `none stalled ${late(withNone).toFixed(1)} ms`,
    ratio: late(withSome) / late(withNone),
    goal: '<= 1.1',
  },
]);

print('stalled', [
  {
    what: `${stalled} viewers that never read again: out of the room by ping timeout within 30 s, then a closing handshake of 30 s`,
    ours: `the last connection is gone after ${(await untilForsaken(recording, stalled)).toFixed(1)} s`,
  },
]);

const beside = { viewers: stalled + HEALTHY_BESIDE, hertz: PADDED_HERTZ, seconds, stalled, pad: Number(values.pad) };
const ours = await measure('room', recording, beside);
for (const [way, peer] of [
  ['each', 'socket.emit to each'],
  ['emit', 'io.to(room).emit'],
  ['ws', 'raw ws'],
] as const) {
  const theirs = await measure(way, recording, beside);
  const megabytes = ({ grownHeld, grownResident, queued }: Measured): string =>
    `${(grownHeld / 1e6).toFixed(1)} MB held (resident +${(grownResident / 1e6).toFixed(1)}, in connections ${(queued / 1e6).toFixed(1)})`;
  print('stalled', [
    {
      what: `memory after ${seconds} s of ${stalled} stalled viewers, ${(ours.bytes / 1024).toFixed(0)} KiB at ${PADDED_HERTZ} Hz`,
      ours: megabytes(ours),
      peer: `${peer} ${megabytes(theirs)}`,
      ratio: ours.grownHeld / theirs.grownHeld,
      ...(way === 'each' ? { goal: '<= 0.1' } : {}),
    },
  ]);
}
