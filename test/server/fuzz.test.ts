import { expect, it } from 'vitest';
import { fuzzGateway } from '../fuzz/gateway.ts';
import { told } from '../fuzz/told.ts';
import { NATIONAL, send, submission } from '../harness/client.ts';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';

it('answers 400 generated requests by 2xx or 4xx, and counts what it accepted, and nothing else', async () => {
  await using data = await tempDir('fuzz');
  await using room = await startRoom({ dataDir: data.path });
  const options = { seed: 'suite', requests: 400, senders: 32 };
  const answered = await fuzzGateway(room.url, await room.key(NATIONAL), options);
  expect(answered.faults).toEqual([]);
  for (const status of ['202', '400', '404', '413', '415'])
    expect([status, (answered.statuses[status] ?? 0) > 0]).toEqual([status, true]);
  expect(answered.accepted.length).toBeGreaterThan(100);

  expect(await send(room, [submission('after')])).toEqual([{ id: 'after', result: 'accepted' }]);
  const { accepted, quarantined } = answered;
  expect(await told(room, { accepted: [...accepted, 'after'], quarantined })).toEqual({
    lost: [],
    double: [],
    more: [],
  });
});
