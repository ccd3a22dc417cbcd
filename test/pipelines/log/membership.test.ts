/** How long a member of a group may be busy without being taken for dead. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaLog } from '@room/log';
import { expect, it } from 'vitest';
import { sharedBroker } from '../../kafka/shared.ts';

const SESSION_MS = 6_000;

it('what is read at an assignment may take longer than the session', async (context) => {
  const { brokers, prefix } = await sharedBroker(context);
  await using log = new KafkaLog({
    brokers: brokers.split(','),
    prefix,
    replicationFactor: 1,
    sessionTimeout: SESSION_MS,
    report: () => undefined,
  });
  await log.prepare([{ name: 'busy', partitions: 1 }]);
  await log.append('busy', [{ key: 'a', value: 'a' }]);
  let assignments = 0;
  let handled = 0;
  await using _ = await log.subscribe({
    topic: 'busy',
    group: 'readers',
    maxRecords: 10,
    assigned: async () => {
      assignments++;
      await sleep(SESSION_MS + 3_000);
    },
    revoked: () => undefined,
    redelivering: () => undefined,
    handle: async (batch) => {
      await batch.commit({ offset: (batch.records.at(-1)?.offset ?? 0) + 1, metadata: '' });
      handled++;
    },
  });
  await expect.poll(() => log.pending('busy', 'readers'), { timeout: 50_000 }).toBe(0);
  expect([assignments, handled]).toEqual([1, 1]);
});
