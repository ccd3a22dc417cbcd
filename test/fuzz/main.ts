/**
 * `npm run fuzz [-- --records 1000000 --requests 10000 --seed TEXT]`: generated records to `decode`, generated requests to a room.
 * Prints counts; ends with 1 where anything was not as promised.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { machine } from '../bench/report.ts';
import { NATIONAL, send, submission } from '../harness/client.ts';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { decideMany } from './decode.ts';
import { fuzzGateway } from './gateway.ts';
import { told } from './told.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: 'room' },
  },
});
const { seed } = values;
const SENDERS = 64;
const MOST_PENDING = '1000000000';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

function judge(faults: readonly string[]): void {
  for (const fault of faults) say(`  FAILED: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

async function decode(records: number): Promise<void> {
  const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
  const began = performance.now();
  const { outcomes, longest, faults } = decideMany(seed, records, catalogue);
  const took = (performance.now() - began) / 1_000;
  say(`decode: ${records} records in ${took.toFixed(1)} s, the longest ${longest.toFixed(1)} ms: ${counts(outcomes)}`);
  judge(faults);
}

async function gateway(requests: number): Promise<void> {
  await using data = await tempDir('fuzz');
  await using room = await startRoom({ dataDir: data.path, env: { MAX_PENDING: MOST_PENDING } });
  const began = performance.now();
  const answered = await fuzzGateway(room.url, await room.key(NATIONAL), { seed, requests, senders: SENDERS });
  const took = (performance.now() - began) / 1_000;
  const [after] = await send(room, [submission('after')]);
  const { statuses, accepted, quarantined, longest, faults } = answered;
  const ids = after?.result === 'accepted' ? [...accepted, 'after'] : accepted;
  const { lost, double, more } = await told(room, { accepted: ids, quarantined });
  say(
    `gateway: ${requests} requests in ${took.toFixed(1)} s, the longest ${longest.toFixed(0)} ms: ${counts(statuses)} (0: broken, and no answer); ` +
      `${accepted.length} events accepted, ${quarantined} quarantined; lost ${lost.length}, double ${double.length}, unannounced ${more.length}`,
  );
  judge([
    ...faults,
    ...(after?.result === 'accepted' ? [] : ['the room took no event afterwards']),
    ...[...lost, ...double, ...more].map((id) => `not as told: ${id}`),
  ]);
}

say(await machine());
if (Number(values.records) > 0) await decode(Number(values.records));
if (Number(values.requests) > 0) await gateway(Number(values.requests));
