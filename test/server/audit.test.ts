/** The audit of a room: by HTTP and by the command, and one byte that was changed is found. */
import type { AuditPage, ChainState } from '@room/contract';
import { databaseFrom, openDatabase } from '@room/database';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditFilterOf, knownHead } from '../../server/src/audit/command.ts';
import { NATIONAL } from '../harness/client.ts';
import { childEnv } from '../harness/config.ts';
import { type CookieClient, firstAdministrator, statusOf } from '../harness/cookies.ts';
import { run } from '../harness/process.ts';
import { ROOT, typescript } from '../harness/program.ts';
import { type Room, startRoom } from '../harness/room.ts';

let room: Room;
let administrator: CookieClient;
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
  administrator = await firstAdministrator(room);
  const search = (query: string): Promise<AuditPage> => administrator.told<AuditPage>(`/v1/audit${query}`);
  const { entries } = await search('?action=portal_key.created');
  expect(entries).toMatchObject([
    { sequence: expect.any(Number), who: 'test', kind: 'portal_key', after: { source: NATIONAL } },
  ]);
  expect(JSON.stringify(await search(''))).not.toContain(key);
  for (const asked of ['?action=portal_key.*', '?who=te*', '?who=*es*&kind=portal*', `?subject=${entries[0]?.subject}`])
    expect([asked, (await search(asked)).entries]).toEqual([asked, entries]);
  expect((await search('?who=es*')).entries).toEqual([]);
  const token = { headers: { authorization: `Bearer ${room.operatorToken}` } };
  expect(await statusOf(fetch(`${room.url}/v1/audit`, token))).toBe('403 no_right');

  const listed = await command('list', '--who', 'test');
  expect(JSON.parse(listed.stdout)).toEqual(entries[0]);
  const whole = await command('verify');
  const found = / is ((\d+):[0-9a-f]{64})\n$/.exec(whole.stdout);
  expect([whole.code, whole.output]).toEqual([0, expect.stringMatching(/^\d+ entries, each as it was written/)]);
  expect(Number(found?.[2])).toBeGreaterThan(3);
  expect((await command('verify', '--known', found?.[1] ?? '')).code).toBe(0);
});

it('is verified for an administrator, which is an entry itself, and one byte that was changed is named', async () => {
  const chain = (): Promise<ChainState> => administrator.told<ChainState>('/v1/audit/chain');
  const verified = async (): Promise<ChainState> => {
    await administrator.told('/v1/audit/verify', {});
    await expect.poll(async () => (await chain()).running, { timeout: 20_000, interval: 20 }).toBeUndefined();
    return chain();
  };
  const { entries, last } = await chain();
  expect(last).toBeUndefined();
  expect(await verified()).toMatchObject({ entries: entries + 1, last: { who: 'person:lan', sequence: entries } });

  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  await database.write({ who: 'stranger' }, async ({ query }) => {
    await query.updateTable('audit').set({ who: 'tesu' }).where('sequence', '=', 2).execute();
  });
  expect((await verified()).last).toMatchObject({ sequence: 2, fault: 'changed' });
  const broken = await command('verify');
  expect([broken.code, broken.output]).toEqual([1, expect.stringContaining('entry 2 is the first broken link')]);
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
