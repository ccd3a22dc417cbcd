/** Reports of links through the gateway and past it, on a real broker: each counts once, and of one interval the later one is meant. */
import { randomUUID } from 'node:crypto';
import { partitionKey, TOPICS } from '@room/contract';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { send } from '../../harness/client.ts';
import { recount } from '../../harness/recount.ts';
import { startRoom } from '../../harness/room.ts';
import { tempDir } from '../../harness/temp.ts';
import { sharedBroker } from '../../kafka/shared.ts';

const JUSTICE = 'urn:portal:agency:MOJ';
const VNPT = 'urn:telecom:vnpt';
const HALF_HOUR = 1_800_000;
/** Noon there, of a day that is over: no interval lies within two days, whenever this runs. */
const NOON = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000 + 5 * 3_600_000;
const at = (half: number): string => new Date(NOON + half * HALF_HOUR).toISOString();

const report = (id: string, half: number, data: object = {}, source = JUSTICE): Record<string, unknown> => ({
  specversion: '1.0',
  id,
  source,
  type: 'link.reported',
  data: {
    database: 'NDB01',
    ...(source === VNPT ? { telecom: 'VNPT' } : { agency: 'MOJ' }),
    interval: { start: at(half), end: at(half + 1) },
    requests: 100,
    errors: { timeout: 10 },
    lastSuccessAt: at(half + 1),
    ...data,
  },
});

it('count once in the base table and in every rollup, also sent again, restated or past the gateway', async (context) => {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID()}.`;
  await using folder = await tempDir('links');
  const dataDir = folder.path;
  const env = { KAFKA_PREFIX: prefix, KAFKA_SESSION_TIMEOUT_MS: '6000', KAFKA_PARTITIONS: '3' };
  await using room = await startRoom({ kafka: brokers, dataDir, env });
  const first = await send(room, [report('r-0', 0), report('r-1', 1), report('r-0', 5)], JUSTICE);
  expect(first.map(({ result }) => result)).toEqual(['accepted', 'accepted', 'duplicate']);
  expect(await send(room, [report('r-1', 1)], JUSTICE)).toMatchObject([{ result: 'duplicate' }]);
  expect(await send(room, [report('t-0', 0, {}, VNPT)], VNPT)).toMatchObject([{ result: 'accepted' }]);
  // A key writes its own source, and a source its own links.
  expect(await send(room, [report('t-1', 1, { telecom: undefined, agency: 'MOJ' }, VNPT)], VNPT)).toMatchObject([
    { result: 'quarantined', code: 'wrong_link' },
  ]);
  expect(await send(room, [report('ok', 3), report('t-2', 2, {}, VNPT)], JUSTICE)).toMatchObject([
    { result: 'accepted' },
    { result: 'quarantined', code: 'wrong_source' },
  ]);

  const producer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const message = (event: Record<string, unknown>) => ({
    key: partitionKey(String(event['source']), String(event['id'])),
    value: JSON.stringify(event),
  });
  const restated = report('r-1-again', 1, { requests: 80, errors: { invalid: 1 } });
  const { data, ...attributes } = report('binary', 4);
  const binary = {
    ...message(attributes),
    value: JSON.stringify(data),
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)])),
    },
  };
  for (let time = 0; time < 2; time++)
    await producer.send({
      topic: `${prefix}${TOPICS.submissions}`,
      messages: [message(restated), binary, message(report('r-0', 0)), message(report('m', 2, { agency: 'MOF' }))],
    });
  await producer.disconnect();

  const cases = async (): Promise<string[]> => {
    const headers = { authorization: `Bearer ${room.operatorToken}` };
    const response = await fetch(`${room.url}/v1/operator/quarantine`, { headers });
    return ((await response.json()) as { cases: { code: string }[] }).cases.map(({ code }) => code).sort();
  };
  await expect.poll(cases, { timeout: 40_000 }).toEqual(['wrong_link', 'wrong_link', 'wrong_link', 'wrong_source']);
  const pending = async (): Promise<unknown> => {
    const response = await fetch(`${room.url}/readyz`);
    return response.ok;
  };
  await expect.poll(pending, { timeout: 20_000 }).toBe(true);
  await room.stop();

  const counted = ['binary', 'ok', 'r-0', 'r-1', 'r-1-again', 't-0'];
  const found = await recount(dataDir);
  expect(found.links).toEqual(counted);
  expect(found.seen).toBe(counted.length);
  const of = (table: string): unknown[] =>
    found.cells.filter(([name]) => name === table).map(([, , code, , events]) => [code, events]);
  const sums = [
    ['population agency MOJ', 5],
    ['population telecom VNPT', 1],
  ];
  expect(of('rollup_link_interval').sort()).toEqual(sums);
  expect(of('rollup_link_latest').sort()).toEqual(sums);
});
