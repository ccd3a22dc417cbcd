/** A portal whose clock is a day off: what is too far ahead is refused with the reason, what is behind counts where it says. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addDays, localDay, partitionKey, startOfDay, TOPICS } from '@room/contract';
import { EmbeddedLog } from '@room/log';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it, vi } from 'vitest';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { recount } from '../harness/recount.ts';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { sharedBroker } from '../kafka/shared.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const ZONE = 'Asia/Ho_Chi_Minh';
const WAIT = { timeout: 30_000 };
const dayOf = (time: number): string => localDay(time, ZONE);
/** A day that turns between sending and looking would change what is late. */
const untilAwayFromMidnight = async (): Promise<void> => {
  const left = startOfDay(addDays(dayOf(Date.now()), 1), ZONE) - Date.now();
  if (left < MINUTE) await sleep(left + 100);
};
const made = (id: string, time: number, count: number): Record<string, unknown> =>
  submission(id, { count, occurredAt: new Date(time).toISOString() });

it('ahead: more than an hour is quarantined, less counts in its own day; behind: counts late, and the wall says which day', {
  timeout: 240_000,
}, async () => {
  await untilAwayFromMidnight();
  const now = Date.now();
  await using folder = await tempDir('clock');
  {
    // What was counted of yesterday by yesterday: without it today's would be a load, not a change.
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now - DAY);
    await using log = new EmbeddedLog(join(folder.path, 'log'), () => undefined);
    const value = JSON.stringify(made('in-time', now - DAY, 3));
    await log.append(TOPICS.submissions, [{ key: partitionKey(NATIONAL, 'in-time'), value }]);
    clock.mockRestore();
  }
  await using room = await startRoom({ dataDir: folder.path });
  const results = await send(room, [
    made('now', now, 1),
    made('ahead', now + HOUR + 5 * MINUTE, 10),
    made('barely-ahead', now + HOUR - 5 * MINUTE, 20),
    made('behind', now - DAY, 5),
  ]);
  expect(results.map(({ result }) => result)).toEqual(['accepted', 'quarantined', 'accepted', 'accepted']);
  expect(results[1]).toMatchObject({ code: 'time_in_future', reason: expect.stringMatching(/60 min after .*clock/) });

  const today = dayOf(Date.now());
  await expect.poll(async () => (await snapshot(room))?.state.lateChanges, WAIT).toEqual({ [dayOf(now - DAY)]: 5 });
  const state = (await snapshot(room))?.state;
  const ahead = dayOf(now + HOUR - 5 * MINUTE);
  if (dayOf(now) === today) expect(state?.total.submitted).toBe(ahead === today ? 21 : 1);
  await room.stop();
  const days = (await recount(room.dataDir)).cells
    .filter(([table, dim]) => table === 'rollup_day' && dim === 'all')
    .map(([, , , bucket, , reached]) => [bucket, reached]);
  expect(days.sort()).toEqual([
    [dayOf(now - DAY), 8],
    ...(ahead === dayOf(now)
      ? [[ahead, 21]]
      : [
          [dayOf(now), 1],
          [ahead, 20],
        ]),
  ]);
});

it('the clock of a portal that produces to Kafka itself decides nothing: the broker says when it took an event', {
  timeout: 120_000,
}, async (context) => {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID()}.`;
  await using room = await startRoom({
    kafka: brokers,
    env: { KAFKA_PREFIX: prefix, KAFKA_SESSION_TIMEOUT_MS: '6000' },
  });
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const now = Date.now();
  const produce = (id: string, clock: number) => ({
    key: partitionKey(NATIONAL, id),
    value: JSON.stringify(made(id, clock, 1)),
    timestamp: String(clock),
  });
  await producer.send({
    topic: `${prefix}${TOPICS.submissions}`,
    messages: [produce('right', now), produce('ahead', now + 400 * DAY), produce('behind', now - 3 * DAY)],
  });
  await producer.disconnect();
  const cases = async (): Promise<unknown[]> => {
    const authorization = `Bearer ${room.operatorToken}`;
    const response = await fetch(`${room.url}/v1/operator/quarantine`, { headers: { authorization } });
    return ((await response.json()) as { cases: unknown[] }).cases;
  };
  await expect.poll(cases, WAIT).toMatchObject([{ id: 'ahead', code: 'time_in_future' }]);
  await expect.poll(async () => (await snapshot(room))?.state.pipeline.pending, WAIT).toBe(0);
  await room.stop();
  const { ids, cells } = await recount(room.dataDir);
  expect(ids).toEqual(['behind', 'right']);
  expect(cells.filter(([table]) => table === 'rollup_late').map(([, , , bucket]) => bucket)).toEqual([
    dayOf(now - 3 * DAY),
  ]);
});
