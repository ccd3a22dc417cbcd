/** A room whose database is away: walls and counting go on, edits say so, and nobody is sent elsewhere for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { childEnv } from '../harness/config.ts';
import { readiness, scrape } from '../harness/metrics.ts';
import { orSkip } from '../harness/need.ts';
import { run } from '../harness/process.ts';
import { ROOT, typescript } from '../harness/program.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { startPostgres } from '../postgres/server.ts';

const AWAY_S = 30;
const PATIENCE = { timeout: 30_000, interval: 100 };
const submitted = async (room: Room): Promise<number | undefined> => (await snapshot(room))?.state.total.submitted;

const portalKey = (room: Room, url: string, ...words: string[]) =>
  run(process.execPath, [...typescript(), 'server/src/keys.ts', ...words], {
    cwd: ROOT,
    env: childEnv({ DATA_DIR: room.dataDir, DATABASE_URL: url }),
  });
const edit = (room: Room): Promise<Response> =>
  fetch(`${room.url}/v1/operator/set-up`, {
    method: 'POST',
    headers: { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' },
    body: '{}',
  });

it('counts and shows for as long as it is away, starts without it, and obeys it once it is back', {
  timeout: 300_000,
}, async (context) => {
  await using postgres = await orSkip(context, startPostgres());
  // Whether anybody has an account is not known without it: walls that must come up all the same are open by their settings.
  await using room = await startRoom({ env: { DATABASE_URL: postgres.url, VISITORS: 'view' } });
  await send(room, [submission('before')]);
  expect((await edit(room)).status).toBe(200);

  await postgres.stop();
  for (let n = 0; n < AWAY_S; n++) {
    expect(await send(room, [submission(`away-${n}`)])).toMatchObject([{ result: 'accepted' }]);
    await sleep(1_000);
  }
  await vi.waitFor(async () => expect(await submitted(room)).toBe(AWAY_S + 1), PATIENCE);
  await vi.waitFor(
    async () => expect(await readiness(room.url)).toEqual({ status: 200, causes: ['database'] }),
    PATIENCE,
  );
  const away = async () => (await scrape(room.url, room.operatorToken)).get('room_database_away');
  expect(await away()).toBe(1);
  const refused = await edit(room);
  const { error } = (await refused.json()) as { error: { code: string; reason: string } };
  expect([refused.status, error.code]).toEqual([503, 'database_away']);
  expect(error.reason).not.toMatch(/127\.0\.0\.1|ECONN/);
  const made = await portalKey(room, postgres.url, 'create', NATIONAL);
  expect([made.code, made.output]).toEqual([1, expect.stringContaining('the database does not answer')]);

  // Walls come up without it; a portal whose key cannot be known yet is asked to wait, and not sent away.
  await room.restart();
  await vi.waitFor(async () => expect(await submitted(room)).toBe(AWAY_S + 1), PATIENCE);
  await expect(send(room, [submission('early')])).rejects.toThrow(/answered 503.*keys_unknown/);

  await postgres.start();
  await vi.waitFor(async () => expect(await readiness(room.url)).toEqual({ status: 200, causes: [] }), PATIENCE);
  expect(await away()).toBe(0);
  await send(room, [submission('after')]);
  expect((await portalKey(room, postgres.url, 'revoke', NATIONAL)).output).toBe('1 keys revoked\n');
  await vi.waitFor(() => expect(send(room, [submission('late')])).rejects.toThrow('answered 401'), PATIENCE);
});
