/** The broker stands still for a while and goes on: whoever led before leads again, and what arrives is counted and shown. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NATIONAL, post, snapshot, submission } from '../harness/client.ts';
import { scrape } from '../harness/metrics.ts';
import { type Room, startRoom } from '../harness/room.ts';
import type { Broker } from '../kafka/broker.ts';

export interface Hiccup {
  stoppedMs: number;
  /** From SIGCONT until the last moment at which pulse or forecasts had no leader; 0 where both had one all the time. */
  leaderMs: number;
  /** From SIGCONT until an event sent afterwards stands on the wall. */
  shownMs: number;
}

export interface Hiccups {
  broker: Broker;
  prefix: string;
  /** Milliseconds that the broker stands still, each time. */
  stops: readonly number[];
  sessionTimeout: number;
  tell?: (hiccup: Hiccup, number: number) => void;
}

/** Within so long there must be a leader again. */
export const LEADER_MS = 15_000;
/** Appending and counting come after; a busy machine takes its time over them. */
export const SHOWN_MS = 30_000;

const LOOK_MS = 100;
/** The broker comes back for moments before it is back for good: long enough to answer some questions, too short for a new group. */
const FLAPS = 3;
const FLAP_MS = 900;
/** Who has led for so long without a break is back. */
const QUIET_MS = 5_000;
const GIVE_UP_MS = 60_000;

async function leads(room: Room): Promise<boolean> {
  const metrics = await scrape(room.url, room.operatorToken);
  return metrics.get('room_pulse_leading') === 1 && metrics.get('room_forecasting_leading') === 1;
}

/** Sends one event until it is acknowledged; a broker that just woke up may refuse it. */
async function sendOne(room: Room, id: string): Promise<void> {
  for (;;) {
    const { status } = await post(room, [submission(id)], NATIONAL);
    if (status === 202) return;
    await sleep(LOOK_MS);
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > GIVE_UP_MS) throw new Error(`${what}: not within ${GIVE_UP_MS / 1_000} s`);
    await sleep(LOOK_MS);
  }
}

export async function hiccups({ broker, prefix, stops, sessionTimeout, tell }: Hiccups): Promise<Hiccup[]> {
  await using room = await startRoom({
    kafka: broker.brokers,
    env: { KAFKA_PREFIX: prefix, KAFKA_SESSION_TIMEOUT_MS: String(sessionTimeout), KAFKA_PARTITIONS: '2' },
  });
  const shows = async (total: number): Promise<boolean> => (await snapshot(room))?.state.total.submitted === total;
  await until('a leader at the start', () => leads(room));
  await sendOne(room, 'first');
  await until('the first event', () => shows(1));
  const found: Hiccup[] = [];
  for (const [n, stoppedMs] of stops.entries()) {
    for (let flap = 1; flap < FLAPS; flap++) {
      await broker.kill('SIGSTOP');
      await sleep(stoppedMs);
      await broker.kill('SIGCONT');
      await sleep((FLAP_MS * flap) / FLAPS);
    }
    await broker.kill('SIGSTOP');
    await sleep(stoppedMs);
    const began = performance.now();
    await broker.kill('SIGCONT');
    let leaderMs = 0;
    let shownMs: number | undefined;
    const sent = sendOne(room, `hiccup-${n}`);
    await until(`a leader and the event of hiccup ${n + 1}`, async () => {
      const at = performance.now() - began;
      if (!(await leads(room))) leaderMs = performance.now() - began;
      if (shownMs === undefined && (await shows(n + 2))) shownMs = performance.now() - began;
      return shownMs !== undefined && at - leaderMs > QUIET_MS;
    });
    await sent;
    const hiccup = { stoppedMs, leaderMs: Math.round(leaderMs), shownMs: Math.round(shownMs ?? 0) };
    tell?.(hiccup, n + 1);
    found.push(hiccup);
  }
  return found;
}
