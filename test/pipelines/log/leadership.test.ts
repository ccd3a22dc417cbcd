/** Who holds a partition and was told that its group regroups leads again by itself, whatever kafkajs makes of it. */
import { createRequire } from 'node:module';
import { roomTopics, TOPICS } from '@room/contract';
import { KafkaLog } from '@room/log';
import { afterEach, expect, it, type TestContext, vi } from 'vitest';
import { runWhileLeader } from '../../../pipelines/src/leader-election.ts';
import { sharedBroker } from '../../kafka/shared.ts';

const require = createRequire(import.meta.url);
const Broker = require('kafkajs/src/broker');
const errors = require('kafkajs/src/errors');
const { createErrorFromCode } = require('kafkajs/src/protocol/error');

const SESSION_MS = 6_000;
const NOT_COORDINATOR = 16;

afterEach(() => vi.restoreAllMocks());

async function logOf(context: TestContext): Promise<{ log: KafkaLog; said: string[] }> {
  const { brokers, prefix } = await sharedBroker(context);
  const said: string[] = [];
  const log = new KafkaLog({
    brokers: brokers.split(','),
    prefix,
    replicationFactor: 1,
    sessionTimeout: SESSION_MS,
    report: (level, message) => void (level === 'warn' && said.push(message)),
  });
  await log.prepare(roomTopics(1, 86_400_000));
  return { log, said };
}

/** Leads in `log`, and says since when it does not. */
async function lead(log: KafkaLog) {
  const turns: boolean[] = [];
  const leading = await runWhileLeader({
    log,
    group: 'leaders',
    begin: () => ({ start: () => undefined, stop: async () => undefined }),
    leads: (isLeading) => void turns.push(isLeading),
  });
  return {
    isLeading: () => turns.at(-1) === true,
    wasLost: () => turns.slice(turns.indexOf(true)).includes(false),
    [Symbol.asyncDispose]: () => leading[Symbol.asyncDispose](),
  };
}

it('after a coordinator that moved and could not be joined at first', { timeout: 120_000 }, async (context) => {
  const { log } = await logOf(context);
  await using _log = log;
  await using leader = await lead(log);
  await expect.poll(leader.isLeading, { timeout: 15_000 }).toBe(true);
  // What a broker answers that was suspended for a while: first it is no coordinator, then it closes what asks it.
  vi.spyOn(Broker.prototype, 'heartbeat').mockImplementationOnce(async () => {
    throw new errors.KafkaJSProtocolError(createErrorFromCode(NOT_COORDINATOR));
  });
  const join = vi.spyOn(Broker.prototype, 'joinGroup');
  for (let n = 0; n < 3; n++)
    join.mockImplementationOnce(async () => {
      throw new errors.KafkaJSConnectionClosedError('closed', { host: 'nowhere', port: 1 });
    });
  await expect.poll(leader.wasLost, { timeout: 15_000 }).toBe(true);
  const began = performance.now();
  await expect.poll(leader.isLeading, { timeout: 15_000 }).toBe(true);
  expect(performance.now() - began).toBeLessThan(15_000);
  await log.append(TOPICS.changes, [{ key: 'a', value: 'a' }]);
  await expect.poll(() => log.pending(TOPICS.changes, 'leaders'), { timeout: 10_000 }).toBe(0);
});

it('after an error that kafkajs takes for the end: the membership is made anew', async (context) => {
  const { log, said } = await logOf(context);
  await using _log = log;
  await using leader = await lead(log);
  await expect.poll(leader.isLeading, { timeout: 15_000 }).toBe(true);
  vi.spyOn(Broker.prototype, 'fetch').mockImplementationOnce(async () => {
    throw new TypeError('what no broker sends');
  });
  await expect.poll(leader.wasLost, { timeout: 15_000 }).toBe(true);
  await expect.poll(leader.isLeading, { timeout: 15_000 }).toBe(true);
  expect(said.join()).toMatch(/joining .* anew/);
});

it('what is followed goes on too, and its group is gone with its reader', async (context) => {
  const { log } = await logOf(context);
  await using _log = log;
  const groups = vi.spyOn(Broker.prototype, 'joinGroup');
  const seen: string[] = [];
  const tail = await log.tail(TOPICS.pulse, 10, ({ value }) => {
    seen.push(value.toString());
    if (value.toString() === 'bad') throw new Error('nothing to read');
  });
  await log.append(TOPICS.pulse, [{ key: 'a', value: 'one' }]);
  await expect.poll(() => seen, { timeout: 15_000 }).toEqual(['one']);
  vi.spyOn(Broker.prototype, 'fetch').mockImplementationOnce(async () => {
    throw new TypeError('what no broker sends');
  });
  await log.append(
    TOPICS.pulse,
    ['bad', 'two'].map((value) => ({ key: 'a', value })),
  );
  await expect.poll(() => seen, { timeout: 25_000 }).toEqual(['one', 'bad', 'two']);
  const group = (groups.mock.calls.at(-1) as [{ groupId: string }])[0].groupId;
  await tail[Symbol.asyncDispose]();
  const { Kafka, logLevel } = await import('kafkajs');
  const { brokers } = await sharedBroker(context);
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    expect((await admin.listGroups()).groups.map(({ groupId }) => groupId)).not.toContain(group);
  } finally {
    await admin.disconnect();
  }
});
