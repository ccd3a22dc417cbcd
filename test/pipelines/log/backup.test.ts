import { join } from 'node:path';
import { EmbeddedLog } from '@room/log';
import { expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';

const TOPIC = 'events';
const GROUP = 'counting';

it('a copy stands where its log stood at the call, with every record up to then, whatever is counted meanwhile', async () => {
  await using folder = await tempDir('log-copy');
  await using log = new EmbeddedLog(join(folder.path, 'log'), () => undefined);
  const append = (count: number, from: number): Promise<void> =>
    log.append(
      TOPIC,
      Array.from({ length: count }, (_, n) => ({ key: 'k', value: `v${from + n}`.padEnd(1_000, '.') })),
    );
  await append(10_000, 0);
  // One record at a time, so that commits go on while the copy is written.
  await using _counting = await log.subscribe({
    topic: TOPIC,
    group: GROUP,
    maxRecords: 1,
    assigned: async () => undefined,
    revoked: () => undefined,
    redelivering: () => undefined,
    handle: (batch) => batch.commit({ offset: (batch.records[0]?.offset ?? 0) + 1, metadata: 'm' }),
  });
  const stands = async (of: EmbeddedLog): Promise<number> => (await of.committed(TOPIC, GROUP)).get(0)?.offset ?? 0;
  await expect.poll(() => stands(log)).toBeGreaterThan(20);

  const copied = log.backup(join(folder.path, 'copy'));
  const at = await stands(log);
  await append(10, 10_000);
  await copied;
  await expect.poll(() => stands(log)).toBeGreaterThan(at + 20);

  await using copy = new EmbeddedLog(join(folder.path, 'copy'), () => undefined);
  expect(await copy.committed(TOPIC, GROUP)).toEqual(new Map([[0, { offset: at, metadata: 'm' }]]));
  const pending = await copy.pending(TOPIC, GROUP);
  expect([10_000 - at, 10_010 - at]).toContain(pending);
  const values: string[] = [];
  await using _following = await copy.tail(TOPIC, pending + at, ({ value }) => values.push(value.toString()));
  await expect.poll(() => values.length).toBe(pending + at);
  expect(values[at]).toBe(`v${at}`.padEnd(1_000, '.'));
});
