/** What the walls showed is kept: the archive on a real log and engine against a viewer who wrote down what they saw. */
import { randomUUID } from 'node:crypto';
import { diff, FULL_STATE_EVERY, type Json, type Pulse, pulseRecord, TOPICS, type WallState } from '@room/contract';
import { Ledger, ShownStore } from '@room/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startArchive } from '../../../pipelines/src/archive/job.ts';
import { Feed } from '../../../server/src/live/feed.ts';
import { measures, state } from '../../web/room.ts';
import { openStores, type Stores } from '../forecasting/warehouse.ts';
import { rows, submission } from '../warehouse/rows.ts';

/** Within what is kept, whatever the day. */
const START = Date.now() - 2 * 3_600_000;
let stores: Stores;
let store: ShownStore;
beforeAll(async () => {
  stores = await openStores({ timeZone: 'Asia/Ho_Chi_Minh' } as never);
  store = new ShownStore(stores.access);
});
afterAll(() => stores[Symbol.asyncDispose]());

/** The same sequence each time. */
function dice(seed: number): () => number {
  let now = seed;
  return () => {
    now = (now * 1_103_515_245 + 12_345) % 2_147_483_648;
    return now / 2_147_483_648;
  };
}

/** Writes pulses as the job does: an epoch begins whole, and so does each fiftieth record. */
class Pulses {
  #epoch = randomUUID();
  #seq = 0;
  #before: WallState | undefined;
  readonly seen: { at: number; state: WallState }[] = [];
  readonly #viewer = new Feed(
    () => undefined,
    () => undefined,
  );

  takenOver(): void {
    this.#epoch = randomUUID();
    this.#seq = 0;
    this.#before = undefined;
  }

  async tell(shown: WallState): Promise<void> {
    const head = { epoch: this.#epoch, seq: this.#seq, days: [] };
    const isWhole = this.#before === undefined || this.#seq % FULL_STATE_EVERY === 0;
    const pulse: Pulse = isWhole
      ? { kind: 'state', ...head, state: shown }
      : { kind: 'patch', ...head, patch: diff(this.#before, shown) as Json };
    this.#seq++;
    this.#before = shown;
    const record = pulseRecord(pulse);
    this.#viewer.read({ value: Buffer.from(record.value) });
    const current = this.#viewer.current;
    if (current !== undefined) this.seen.push({ at: shown.computedAt, state: current.state });
    await stores.log.append(TOPICS.pulse, [record]);
  }
}

it('at a thousand instants, across restarts and takeovers, what is kept is what a viewer saw', async () => {
  const roll = dice(20_261_119);
  const pulses = new Pulses();
  let archive = await startArchive({ log: stores.log, store, report: () => undefined, writeEveryMs: 0 });
  let at = START;
  let submitted = 0;
  for (let n = 0; n < 900; n++) {
    at += 100 + Math.floor(roll() * 4_900);
    submitted += Math.floor(roll() * 50);
    // A key that goes as well as those that change: patches say both.
    const provinces = roll() < 0.5 ? { '01': measures({ submitted }) } : {};
    await pulses.tell(state({ computedAt: at, events: submitted, total: measures({ submitted }), provinces }));
    if (roll() < 0.01) pulses.takenOver();
    if (roll() < 0.01) {
      await archive[Symbol.asyncDispose]();
      archive = await startArchive({ log: stores.log, store, report: () => undefined, writeEveryMs: 0 });
    }
  }
  await expect.poll(async () => (await store.span())?.to).toBe(at);
  for (let n = 0; n < 1_000; n++) {
    const asked = START + 5_000 + Math.floor(roll() * (at - START - 5_000));
    const saw = pulses.seen.findLast((one) => one.at <= asked);
    expect((await store.at(asked))?.state).toEqual(saw?.state);
  }
  await archive[Symbol.asyncDispose]();
});

it('once a minute the whole is kept, for when records are gone', async () => {
  const [whole] = await stores.access.read<{ minutes: number; kept: number }>(
    `SELECT (SELECT uniqExact(toStartOfMinute(computed_at)) FROM shown_pulse) AS minutes,
       (SELECT uniqExact(toStartOfMinute(computed_at)) FROM shown_minute) AS kept`,
  );
  // What was read on from the middle of an epoch is whole again within fifty records.
  expect(whole?.kept).toBeGreaterThan((whole?.minutes ?? 0) * 0.8);
  const [row] = await stores.access.read<{ at: number }>(
    'SELECT toUnixTimestamp64Milli(computed_at) AS at FROM shown_minute ORDER BY computed_at LIMIT 1 OFFSET 7',
  );
  await stores.access.command('TRUNCATE TABLE shown_pulse');
  // Whoever took over within the minute wrote it once more.
  const asked = (row?.at ?? 0) + 10_000;
  const [last] = await stores.access.read<{ body: string }>(
    `SELECT body FROM shown_minute WHERE toUnixTimestamp64Milli(computed_at) <= ${asked} ORDER BY computed_at DESC LIMIT 1`,
  );
  expect(await store.at(asked)).toEqual({ state: JSON.parse(last?.body ?? ''), by: 'minute' });
});

it('where nothing was computed nothing was shown, and nothing older stands in for it', async () => {
  expect(await store.at(START - 1)).toBeUndefined();
  expect(await store.at(START + 30 * 86_400_000)).toBeUndefined();
});

it('what is known since is told apart: what came late, and what was corrected', async () => {
  const ledger = new Ledger(stores.access);
  const day = '2026-11-19';
  const asOf = Date.parse(`${day}T10:00:00Z`);
  const at = (time: string): string => `${day}T${time}Z`;
  await ledger.insertRange('t:0:1', rows([submission('a', at('09:00:00'), { submitted: 10 })], '1', asOf - 60_000));
  await ledger.insertRange('t:0:2', rows([submission('b', at('09:30:00'), { submitted: 7 })], '2', asOf + 60_000));
  await ledger.insertRange(
    't:0:3',
    rows([submission('c', at('09:00:00'), { submitted: -2, corrects: 'a' })], '3', asOf + 120_000),
  );
  await ledger.insertRange('t:0:4', rows([submission('d', at('11:00:00'), { submitted: 99 })], '4', asOf + 4_000_000));
  const midnight = Date.parse('2026-11-18T17:00:00Z');
  expect(await store.since(midnight, asOf)).toEqual({ submitted: 15, late: 7, corrected: -2, replayed: 0 });
});
