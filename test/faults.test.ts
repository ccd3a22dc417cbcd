/** Kills at random instants, redelivery and re-cut batches: what was acknowledged is counted once, in every rollup. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { type EventResult, post, send, snapshot, submission } from './harness/client.ts';
import { recount } from './harness/recount.ts';
import { type RoomOptions, startRoom } from './harness/room.ts';
import { sharedBroker } from './kafka/shared.ts';

const BATCH = 200;

const embedded = async (): Promise<RoomOptions> => ({});
const kafka = async (context: TestContext): Promise<RoomOptions> => {
  const { brokers, prefix } = await sharedBroker(context);
  return {
    kafka: brokers,
    env: { KAFKA_PREFIX: `${prefix}${randomUUID()}.`, KAFKA_SESSION_TIMEOUT_MS: '6000', KAFKA_PARTITIONS: '3' },
  };
};

/** Seeded, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.each([
  ['embedded', embedded, 8],
  ['Kafka', kafka, 4],
] as const)('with the %s log', (_name, options, kills) => {
  it(`${kills} kills lose nothing that was acknowledged and count nothing twice`, {
    timeout: 240_000,
  }, async (context) => {
    await using room = await startRoom(await options(context));
    const next = random(7);
    const sent = new Map<string, number>();
    const acknowledged = new Set<string>();
    let made = 0;
    for (let kill = 0; kill < kills; kill++) {
      const dying = sleep(100 + next() * 500).then(() => room.kill());
      let alive = true;
      void dying.then(() => {
        alive = false;
      });
      while (alive) {
        const events = Array.from({ length: 1 + Math.floor(next() * BATCH) }, () => {
          // Some are sent again, acknowledged or not, in other company than the first time.
          const id = next() < 0.2 && made > 0 ? `f-${Math.floor(next() * made)}` : `f-${made++}`;
          const count = sent.get(id) ?? 1 + Math.floor(next() * 3);
          sent.set(id, count);
          return submission(id, { count });
        });
        const results = await post(room, events).then(
          async (response) =>
            response.status === 202 ? ((await response.json()) as { results: EventResult[] }).results : [],
          () => [],
        );
        for (const { id, result } of results) if (id !== null && result !== 'quarantined') acknowledged.add(id);
      }
      await dying;
      await room.restart();
    }
    const rest = [...sent].filter(([id]) => !acknowledged.has(id)).map(([id, count]) => submission(id, { count }));
    for (let at = 0; at < rest.length; at += 1_000) await send(room, rest.slice(at, at + 1_000));
    const expected = [...sent.values()].reduce((sum, count) => sum + count, 0);
    await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 60_000 }).toBe(expected);

    await room.stop();
    const counted = await recount(room.dataDir);
    expect(counted.ids).toEqual([...sent.keys()].sort());
    expect(counted.seen).toBe(sent.size);
    expect([...new Set([counted.base, ...Object.values(counted.rollups)])]).toEqual([expected]);
  });
});
