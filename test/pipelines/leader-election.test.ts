/** Who holds the changes topic does the work, until its end was waited for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog } from '@room/log';
import { expect, it } from 'vitest';
import { runWhileLeader } from '../../pipelines/src/leader-election.ts';
import { tempDir } from '../harness/temp.ts';

it('the work begins with the lead, hears what changed, and has ended when giving it up is over', async () => {
  await using folder = await tempDir('leading');
  await using log = new EmbeddedLog(folder.path, () => undefined);
  await log.prepare(roomTopics(1, 86_400_000));
  const said: string[] = [];
  const work = {
    start: () => void said.push('started'),
    stop: async () => {
      await sleep(50);
      said.push('stopped');
    },
  };
  {
    await using _ = await runWhileLeader({
      log,
      group: 'a group',
      begin: () => work,
      leads: (isLeading) => void said.push(isLeading ? 'leads' : 'follows'),
      changed: (led, records) => void said.push(`${led === work} ${records.map(({ value }) => value).join()}`),
    });
    await log.append(TOPICS.changes, [{ key: 'a', value: 'one' }]);
    await expect.poll(() => log.pending(TOPICS.changes, 'a group')).toBe(0);
    expect(said).toEqual(['follows', 'started', 'leads', 'true one']);
  }
  expect(said.at(-1)).toBe('stopped');
  expect(said.filter((word) => word === 'stopped')).toHaveLength(1);
});
