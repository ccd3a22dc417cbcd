/** Viewers in a process of their own: what came when, what is missing, and whether all of them show the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import { apply, type Delta, type JoinAnswer, type WallState } from '@room/contract';
import { answering } from './child.ts';
import { clock } from './clock.ts';
import { stateHash } from './state-hash.ts';
import { type Protocol, ThinViewer } from './thin-viewer.ts';

const AT_ONCE = 50;
const JOIN_TIMEOUT_MS = 60_000;
/** Enough of a delta's message to hold what stands before its patch. */
const HEAD_BYTES = 160;
const STAMP = '"computedAt":';

export interface Crowd {
  url: string;
  protocol: Protocol;
  count: number;
  /** Every viewer keeps its whole state, as a wall does, and hashes it at each multiple of this number; 0 keeps none. */
  hashEvery: number;
}

export interface Received {
  viewers: number;
  deliveries: number;
  bytes: number;
  /** Deltas that the numbers say were not delivered to a viewer that reads. */
  missed: number;
  /** Delay of each delivery, milliseconds. */
  delays: Float64Array;
}

export interface Agreement {
  /** Different hashes of viewers' states by `epoch/seq`, with how many viewers had each. */
  hashes: Map<string, Map<string, number>>;
  joins: number;
}

interface Seat {
  viewer: ThinViewer;
  stalled: boolean;
  open: boolean;
  joinedAt: number | undefined;
  answer: Buffer | undefined;
  epoch: string;
  seq: number;
  state: WallState | undefined;
}

let crowd: Crowd;
let seats: Seat[] = [];
let received: Omit<Received, 'viewers' | 'delays'> = { deliveries: 0, bytes: 0, missed: 0 };
let delays: number[] = [];
let joins = 0;
const hashes: Agreement['hashes'] = new Map();

function note(seat: Seat): void {
  if (crowd.hashEvery === 0 || seat.state === undefined || seat.seq % crowd.hashEvery !== 0) return;
  const key = `${seat.epoch}/${seat.seq}`;
  const found = hashes.get(key) ?? new Map<string, number>();
  const hash = stateHash(seat.state);
  found.set(hash, (found.get(hash) ?? 0) + 1);
  hashes.set(key, found);
}

function sit(): Seat {
  const seat: Seat = {
    viewer: undefined as unknown as ThinViewer,
    stalled: false,
    open: true,
    joinedAt: undefined,
    answer: undefined,
    epoch: '',
    seq: -1,
    state: undefined,
  };
  seat.viewer = new ThinViewer(crowd.url, crowd.protocol, 'now', {
    joined: (answer) => {
      joins++;
      seat.joinedAt ??= clock();
      seat.answer = answer;
      if (crowd.hashEvery > 0 && answer.length > 0) begin(seat, answer);
    },
    delta: (message) => take(seat, message),
    closed: () => {
      seat.open = false;
    },
  });
  return seat;
}

function begin(seat: Seat, answer: Buffer): void {
  const [given] = JSON.parse(answer.toString()) as [JoinAnswer];
  if (!given.ok) throw new Error(given.reason);
  ({ epoch: seat.epoch, seq: seat.seq, state: seat.state } = given.snapshot);
  note(seat);
}

function take(seat: Seat, message: Buffer): void {
  const now = clock();
  received.deliveries++;
  received.bytes += message.length;
  const stamp = message.lastIndexOf(STAMP) + STAMP.length;
  delays.push(now - Number.parseFloat(message.toString('latin1', stamp, stamp + 20)));
  const [, epoch = '', number] = /"epoch":"([^"]*)","seq":(\d+)/.exec(message.toString('latin1', 0, HEAD_BYTES)) ?? [];
  const seq = Number(number);
  const follows = epoch === seat.epoch && seq === seat.seq + 1;
  if (crowd.hashEvery === 0) {
    if (seat.epoch === epoch && seq > seat.seq) received.missed += seq - seat.seq - 1;
    seat.epoch = epoch;
    seat.seq = seq;
    return;
  }
  if (seat.state === undefined || (epoch === seat.epoch && seq <= seat.seq)) return;
  if (!follows) {
    received.missed++;
    seat.state = undefined;
    seat.viewer.join();
    return;
  }
  const [, delta] = JSON.parse(message.toString('utf8', 2)) as [string, Delta];
  seat.state = apply(seat.state, delta.patch);
  seat.seq = seq;
  note(seat);
}

async function fill(count: number): Promise<Seat[]> {
  const taken: Seat[] = [];
  while (taken.length < count) {
    const row = Array.from({ length: Math.min(AT_ONCE, count - taken.length) }, sit);
    taken.push(...row);
    await joined(row);
  }
  return taken;
}

async function joined(row: readonly Seat[]): Promise<void> {
  const until = clock() + JOIN_TIMEOUT_MS;
  while (row.some(({ joinedAt }) => joinedAt === undefined)) {
    if (clock() > until)
      throw new Error(`${row.filter(({ joinedAt }) => joinedAt === undefined).length} viewers could not join`);
    await sleep(5);
  }
}

export const handlers = {
  connect: async (given: Crowd): Promise<void> => {
    crowd = given;
    seats = await fill(given.count);
  },

  /** From here on everything is counted anew. */
  begin: (_: undefined): void => {
    received = { deliveries: 0, bytes: 0, missed: 0 };
    delays = [];
    hashes.clear();
    joins = 0;
  },

  /** The first `count` viewers stop reading. */
  stall: (count: number): void => {
    for (const seat of seats.slice(0, count)) {
      seat.stalled = true;
      seat.viewer.stall();
    }
  },

  received: (_: undefined): Received => ({
    ...received,
    viewers: seats.filter(({ open, stalled }) => open && !stalled).length,
    delays: Float64Array.from(delays),
  }),

  agreement: (_: undefined): Agreement => ({ hashes, joins }),

  cut: (_: undefined): void => {
    for (const { viewer } of seats) viewer.cut();
  },

  /**
   * All come back at the same instant. Milliseconds until each had its snapshot, and the hash of that snapshot by
   * `epoch/seq`, taken after the last one came.
   */
  comeBack: async (count: number): Promise<{ delays: Float64Array; hashes: Agreement['hashes'] }> => {
    const began = clock();
    hashes.clear();
    seats = Array.from({ length: count }, sit);
    await joined(seats);
    const took = Float64Array.from(seats, ({ joinedAt }) => (joinedAt ?? Number.NaN) - began);
    const found: Agreement['hashes'] = new Map();
    for (const { answer } of seats) {
      const [given] = JSON.parse(String(answer)) as [JoinAnswer];
      if (!given.ok) throw new Error(given.reason);
      const { epoch, seq, state } = given.snapshot;
      const at = found.get(`${epoch}/${seq}`) ?? new Map<string, number>();
      const hash = stateHash(state);
      at.set(hash, (at.get(hash) ?? 0) + 1);
      found.set(`${epoch}/${seq}`, at);
    }
    return { delays: took, hashes: found };
  },

  leave: (_: undefined): void => {
    for (const { viewer } of seats) viewer.close();
    seats = [];
  },
};

answering(handlers);
