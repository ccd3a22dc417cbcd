/** The audit of a room: by HTTP and by the command, and one byte that was changed is found. */
import { databaseFrom, openDatabase } from '@room/database';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditFilterOf, knownHead } from '../../server/src/audit/command.ts';
import { NATIONAL } from '../harness/client.ts';
import { childEnv } from '../harness/config.ts';
import { run } from '../harness/process.ts';
import { ROOT, typescript } from '../harness/program.ts';
import { type Room, startRoom } from '../harness/room.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
});
afterAll(() => room[Symbol.asyncDispose]());

const command = (...words: string[]) =>
  run(process.execPath, [...typescript(), 'server/src/audit.ts', ...words], {
    cwd: ROOT,
    env: childEnv({ DATA_DIR: room.dataDir }),
  });

it('is searched and verified, names the first broken link, and tells no key', async () => {
  const key = await room.key(NATIONAL);
  const asked = await fetch(`${room.url}/v1/audit?action=portal_key.created`, {
    headers: { authorization: `Bearer ${room.operatorToken}` },
  });
  const { entries } = (await asked.json()) as { entries: object[] };
  expect(entries).toMatchObject([{ sequence: 1, who: 'test', kind: 'portal_key', after: { source: NATIONAL } }]);
  expect(JSON.stringify(entries)).not.toContain(key);

  const listed = await command('list', '--who', 'test');
  expect(JSON.parse(listed.stdout)).toEqual(entries[0]);
  const whole = await command('verify');
  expect([whole.code, whole.output]).toEqual([0, expect.stringMatching(/^1 entries, each as it was written/)]);
  const end = / is (1:[0-9a-f]{64})\n$/.exec(whole.stdout)?.[1] ?? '';
  expect((await command('verify', '--known', end)).code).toBe(0);

  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  await database.write({ who: 'stranger' }, async ({ query }) => {
    await query.updateTable('audit').set({ who: 'tesu' }).execute();
  });
  const broken = await command('verify');
  expect([broken.code, broken.output]).toEqual([1, expect.stringContaining('entry 1 is the first broken link')]);
});

it('the command refuses what it would misunderstand', () => {
  expect(() => knownHead('1')).toThrow('NUMBER:HASH');
  for (const words of [{ limit: '0' }, { limit: 'x' }, { from: 'yesterday' }, { until: '2026-11-28' }])
    expect(() => auditFilterOf(words)).toThrow(/^--(limit|from|until) is /);
  expect(auditFilterOf({ from: '2026-11-28T00:00:00+07:00', who: 'a' })).toEqual({
    limit: 100,
    from: '2026-11-27T17:00:00.000Z',
    who: 'a',
  });
});
