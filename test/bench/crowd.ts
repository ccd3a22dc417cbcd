/** One sender and its viewers, each in a process of its own, for one measurement. */
import { type Child, startChild } from './child.ts';
import type { Recording, Sent, handlers as senderHandlers, Way } from './sender.ts';
import type { Received, handlers as viewerHandlers } from './viewers.ts';

export type Sender = Child<typeof senderHandlers>;
export type Viewers = Child<typeof viewerHandlers>;

const SENDER = './sender.ts';
const VIEWERS = './viewers.ts';
/** Before the clock runs: code is compiled, connections are warm. */
const WARM_UP_SECONDS = 2;

export const startViewers = (): Viewers => startChild(VIEWERS);

export interface Load {
  viewers: number;
  hertz: number;
  seconds: number;
  /** Viewers that stop reading before the clock runs. */
  stalled: number;
  /** Bytes added to each delta. */
  pad: number;
}

export interface Measured extends Sent, Omit<Received, 'bytes'> {
  microsecondsEach: number;
}

/** Sends `recording` to viewers of `load` in this way. */
export async function measure(way: Way, recording: Recording, load: Load): Promise<Measured> {
  const { hertz, seconds, stalled, pad } = load;
  await using sender: Sender = startChild(SENDER, ['--expose-gc']);
  await using viewers = startViewers();
  const url = await sender.ask('start', { way, recording });
  const protocol = way.startsWith('ws') ? 'plain' : 'room';
  await viewers.ask('connect', { url, protocol, count: load.viewers, hashEvery: 0 });
  await sender.ask('send', { hertz, seconds: WARM_UP_SECONDS, pad: 0 });
  await viewers.ask('stall', stalled);
  await viewers.ask('begin', undefined);
  const sent = await sender.ask('send', { hertz, seconds, pad });
  const received = await viewers.ask('received', undefined);
  return { ...received, ...sent, microsecondsEach: (sent.cpuSeconds / received.deliveries) * 1e6 };
}

/** Seconds until the connections of all viewers that stopped reading are gone, while one that reads stays. */
export async function untilForsaken(recording: Recording, stalled: number): Promise<number> {
  await using sender: Sender = startChild(SENDER, ['--expose-gc']);
  await using viewers = startViewers();
  const url = await sender.ask('start', { way: 'room', recording });
  await viewers.ask('connect', { url, protocol: 'room', count: stalled + 1, hashEvery: 0 });
  await viewers.ask('stall', stalled);
  const began = performance.now();
  for (let clients = stalled + 1; clients > 1; )
    ({ clients } = await sender.ask('send', { hertz: 4, seconds: 0.5, pad: 0 }));
  return (performance.now() - began) / 1_000;
}
