import { access } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startRoom } from './room.ts';

test('a room answers, comes back where it was after a kill, and leaves nothing behind', async () => {
  let dataDir = '';
  let pid = 0;
  {
    await using room = await startRoom();
    dataDir = room.dataDir;
    const before = room.url;
    expect((await fetch(`${room.url}/healthz`)).status).toBe(200);
    await room.kill();
    await expect(fetch(`${before}/healthz`)).rejects.toThrow();
    await room.restart();
    expect(room.url).toBe(before);
    expect((await fetch(`${room.url}/healthz`)).status).toBe(200);
    expect(room.logs().match(/"msg":"listening"/g)).toHaveLength(2);
    pid = room.pid ?? 0;
  }
  await expect(access(dataDir)).rejects.toThrow();
  expect(() => process.kill(pid, 0)).toThrow();
});

test('a room that cannot start says why', async () => {
  await expect(startRoom({ catalogue: '/nowhere' })).rejects.toThrow(/CATALOGUE/);
});
