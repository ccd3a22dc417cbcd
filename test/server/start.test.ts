import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';

describe('a room that cannot start says why and what to do', () => {
  it('a taken port', async () => {
    await using room = await startRoom();
    await expect(startRoom({ env: { PORT: new URL(room.url).port } })).rejects.toThrow(
      /port \d+ on 127\.0\.0\.1 is taken.*PORT/s,
    );
  });

  it('a second room on the same data', async () => {
    await using room = await startRoom();
    await expect(startRoom({ dataDir: room.dataDir })).rejects.toThrow(/another room runs on .*DATA_DIR/s);
  });

  it('data that cannot be written', async () => {
    await using folder = await tempDir('start');
    const file = join(folder.path, 'file');
    await writeFile(file, '');
    await expect(startRoom({ dataDir: join(file, 'data') })).rejects.toThrow(/cannot write to .*DATA_DIR/s);
  });

  it.each<[name: string, value: string, more?: Record<string, string>]>([
    ['PORT', 'abc'],
    ['KAFKA_SASL_MECHANISM', 'gssapi', { KAFKA_BROKERS: '127.0.0.1:9' }],
    ['CLICKHOUSE_URL', 'not a url'],
    ['CATALOGUE', '/nowhere'],
    ['MAX_PENDING', '0'],
    ['KEEP_MINUTES_DAYS', '1'],
  ])('a wrong %s', async (name, value, more = {}) => {
    await expect(startRoom({ env: { ...more, [name]: value } })).rejects.toThrow(name);
  });
});

it('a room that was killed does not lock out the next one, and a stopped one has ended cleanly', async () => {
  await using room = await startRoom();
  await room.kill();
  await room.restart();
  await room.stop();
  expect(room.logs()).not.toMatch(/killed, because|"level":60/);
});
