/**
 * What one delivery of a delta costs the server, and how late it is, against a bare WebSocket server that sends the same
 * bytes at the same rate to as many clients. The deltas are recorded from a room with a country's portals; each sender and
 * its viewers are processes of their own, one pair after the other. The pulse sends four a second at most: 10 Hz is beyond
 * what a room does, so the room's sockets are driven directly, in every line alike. Once with all viewers in one scope, once over 20.
 *
 *   npm run bench -- broadcast [--viewers 1000,2000] [--hertz 2,10] [--seconds 20] [--record 20] [--rounds 2]
 */
import { parseArgs } from 'node:util';
import { type Measured, measure } from './crowd.ts';
import { recorded } from './national.ts';
import { print, quantile } from './report.ts';
import type { Way } from './sender.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    viewers: { type: 'string', default: '1000,2000' },
    hertz: { type: 'string', default: '2,10' },
    seconds: { type: 'string', default: '20' },
    record: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '2' },
  },
});
const numbers = (text: unknown): number[] => String(text).split(',').map(Number);
/** Ways by turns, so that a busy moment of the machine meets all of them. */
async function rounds(ways: readonly Way[], run: (way: Way) => Promise<Measured>): Promise<Map<Way, Measured[]>> {
  const runs = new Map<Way, Measured[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) runs.get(way)?.push(await run(way));
  return runs;
}

const recording = await recorded(Number(values.record));
const size = recording.deltas.reduce((sum, delta) => sum + JSON.stringify(delta).length, 0) / recording.deltas.length;
print('broadcast', [{ what: `${recording.deltas.length} recorded deltas`, ours: `${size.toFixed(0)} bytes each` }]);

for (const viewers of numbers(values.viewers))
  for (const hertz of numbers(values.hertz)) {
    const load = { viewers, hertz, seconds: Number(values.seconds), stalled: 0, pad: 0 };
    const runs = await rounds(['ws', 'ws-ping', 'room', 'room-scopes', 'volatile'], (way) =>
      measure(way, recording, load),
    );
    const cost = (way: Way): number => {
      const all = runs.get(way) ?? [];
      const deliveries = all.reduce((sum, run) => sum + run.deliveries, 0);
      return (all.reduce((sum, run) => sum + run.cpuSeconds, 0) / deliveries) * 1e6;
    };
    const late = (way: Way): number => {
      const all = (runs.get(way) ?? []).flatMap(({ delays }) => [...delays]).sort((a, b) => a - b);
      return quantile(all, 0.99);
    };
    const missed = (runs.get('room') ?? []).reduce((sum, run) => sum + run.missed, 0);
    const what = `${viewers} viewers at ${hertz} Hz`;
    print('broadcast', [
      {
        what: `CPU a delivery, ${what}`,
        ours: `${cost('room').toFixed(1)} us`,
        peer: `raw ws ${cost('ws').toFixed(1)} us`,
        ratio: cost('room') / cost('ws'),
        goal: '<= 1.25',
      },
      {
        what: 'the same, a peer that pings as often',
        ours: `${cost('room').toFixed(1)} us`,
        peer: `raw ws with pings ${cost('ws-ping').toFixed(1)} us`,
        ratio: cost('room') / cost('ws-ping'),
      },
      {
        what: 'the same, viewers over 20 scopes',
        ours: `${cost('room-scopes').toFixed(1)} us`,
        peer: `over one ${cost('room').toFixed(1)} us`,
        ratio: cost('room-scopes') / cost('room'),
        goal: '<= 1.3',
      },
      {
        what: `the same, plain Socket.IO (volatile emit to the room)`,
        ours: `${cost('volatile').toFixed(1)} us`,
        peer: `raw ws ${cost('ws').toFixed(1)} us`,
        ratio: cost('volatile') / cost('ws'),
      },
      {
        what: `p99 of delivery, ${what}, ${missed} missed`,
        ours: `${late('room').toFixed(1)} ms`,
        peer: `raw ws ${late('ws').toFixed(1)} ms`,
        ratio: late('room') / late('ws'),
        goal: '<= 100 ms',
      },
    ]);
  }
