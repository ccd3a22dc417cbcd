/**
 * Events a second that the gateway makes durable, each answered only then, one to a request and in batches. The peer is a
 * bare Express handler that parses the same requests and appends them to a log of the same kind, in a process of its own:
 * no key, no check, no look-up of repeats, and no counting beside it, which the room does meanwhile in the same process.
 *
 *   npm run bench -- gateway [--batches 1,100,1000] [--senders 32] [--seconds 10] [--logs embedded,kafka]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NATIONAL, snapshot } from '../harness/client.ts';
import { Unavailable } from '../harness/need.ts';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { startBroker } from '../kafka/broker.ts';
import type { handlers as bareHandlers } from './bare-gateway.ts';
import { startChild } from './child.ts';
import type { handlers, Posted } from './posters.ts';
import { print, quantile } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    batches: { type: 'string', default: '1,100,1000' },
    senders: { type: 'string', default: '32' },
    seconds: { type: 'string', default: '10' },
    logs: { type: 'string', default: 'embedded,kafka' },
  },
});
const WARM_UP_SECONDS = 2;
/** Large batches from few portals: so many senders would measure the queue before the log. */
const LARGE = 1_000;
const SENDERS_OF_LARGE = 4;

async function run(log: string, brokers: string | undefined): Promise<void> {
  await using directory = await tempDir('bare');
  await using bare = startChild<typeof bareHandlers>('./bare-gateway.ts');
  await using posters = startChild<typeof handlers>('./posters.ts');
  // The door is measured, not the brake.
  const env = { MAX_PENDING: '1000000000' };
  await using room = await startRoom({ env, ...(brokers === undefined ? {} : { kafka: brokers }) });
  const keys = [{ source: NATIONAL, key: await room.key(NATIONAL) }];
  const peer = await bare.ask('start', {
    directory: directory.path,
    ...(brokers === undefined ? {} : { brokers }),
  });
  let sent = 0;
  for (const batch of String(values.batches).split(',').map(Number)) {
    const senders = batch >= LARGE ? SENDERS_OF_LARGE : Number(values.senders);
    const post = async (url: string, prefix: string): Promise<Posted> => {
      const load = { url, keys, senders, batch };
      const warm = await posters.ask('post', { ...load, seconds: WARM_UP_SECONDS, prefix: `${prefix}w` });
      const posted = await posters.ask('post', { ...load, seconds: Number(values.seconds), prefix });
      if (url === room.url) sent += warm.accepted + posted.accepted;
      return posted;
    };
    const theirs = await post(peer, `p${batch}`);
    const ours = await post(room.url, `r${batch}`);
    // What waits to be counted must not slow the next line down.
    while (((await snapshot(room))?.state.events ?? 0) < sent) await sleep(250);
    const rate = ({ accepted, took }: Posted): number => accepted / took;
    const p99 = ({ delays }: Posted): string =>
      `p50 ${quantile(delays, 0.5).toFixed(1)}, p99 ${quantile(delays, 0.99).toFixed(1)} ms`;
    print('gateway', [
      {
        what: `${batch === 1 ? 'single events' : `batches of ${batch}`}, ${log} log, ${senders} senders`,
        ours: `${rate(ours).toFixed(0)} events/s, ${p99(ours)}`,
        peer: `bare Express + log ${rate(theirs).toFixed(0)} events/s, ${p99(theirs)}`,
        ratio: rate(ours) / rate(theirs),
      },
    ]);
  }
}

for (const log of String(values.logs).split(',')) {
  try {
    await using broker = log === 'kafka' ? await startBroker() : undefined;
    await run(log, broker?.brokers);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    print('gateway', [{ what: `${log} log`, ours: `not measured: ${error.message}` }]);
  }
}
