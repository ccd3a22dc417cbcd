/**
 * Rooms: the running day, fed by the pulse, and past periods, read once for all their viewers and again when the pulse
 * says that one of their days changed.
 */
import { randomUUID } from 'node:crypto';
import {
  apply,
  type Catalogue,
  type Delta,
  diff,
  type JoinAnswer,
  type Period,
  pastRoom,
  periodOf,
  type RoomName,
  type Snapshot,
} from '@room/contract';
import type { WallQueries } from '@room/warehouse';
import { lengthOf, MOST_DAYS, pastState } from './past.ts';

const REFRESH_MS = 1_000;
const KEEP_MS = 300_000;

interface PastRoom {
  period: Period;
  snapshot: Promise<Snapshot>;
  askedAt: number;
  dirty: boolean;
}

export interface RoomsOptions {
  catalogue: Catalogue;
  queries: WallQueries;
  current: () => Snapshot | undefined;
  broadcast: (delta: Delta) => void;
  viewers: (room: RoomName) => number;
  report: (message: string) => void;
}

export class Rooms implements Disposable {
  readonly #options: RoomsOptions;
  readonly #past = new Map<RoomName, PastRoom>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#refresh(), REFRESH_MS).unref();
  }

  /** The snapshot of a room, or why there is none. */
  async open(room: string): Promise<JoinAnswer> {
    if (room === 'now') {
      const snapshot = this.#options.current();
      return snapshot === undefined
        ? { ok: false, code: 'not_ready', reason: 'the first numbers are being computed; ask again in a second' }
        : { ok: true, snapshot };
    }
    const period = periodOf(room);
    if (period === undefined)
      return {
        ok: false,
        code: 'no_such_room',
        reason: `there is no room ${room.slice(0, 60)}; rooms are now and past:YYYY-MM-DD:YYYY-MM-DD`,
      };
    if (lengthOf(period) > MOST_DAYS)
      return {
        ok: false,
        code: 'no_such_room',
        reason: `the period has ${lengthOf(period)} days; at most ${MOST_DAYS} are shown`,
      };
    try {
      return { ok: true, snapshot: await this.#pastRoom(period) };
    } catch (error) {
      this.#options.report(`cannot read ${room}: ${(error as Error).message}`);
      return { ok: false, code: 'failed', reason: 'the warehouse did not answer; ask again in a few seconds' };
    }
  }

  /** Days that changed: past rooms that show one are read again. */
  changed(days: readonly string[]): void {
    for (const room of this.#past.values())
      if (days.some((day) => room.period.from <= day && day <= room.period.to)) room.dirty = true;
  }

  async #pastRoom(period: Period): Promise<Snapshot> {
    const name = pastRoom(period);
    let room = this.#past.get(name);
    if (room === undefined || room.dirty) {
      room = { period, snapshot: this.#read(period), askedAt: 0, dirty: false };
      this.#past.set(name, room);
      // What failed is not kept: the next viewer tries again.
      room.snapshot.catch(() => this.#past.delete(name));
    }
    room.askedAt = Date.now();
    return room.snapshot;
  }

  async #read(period: Period): Promise<Snapshot> {
    const state = await pastState(this.#options.queries, this.#options.catalogue, period);
    return { room: pastRoom(period), epoch: randomUUID(), seq: 0, state };
  }

  async #refresh(): Promise<void> {
    for (const [name, room] of this.#past) {
      if (this.#options.viewers(name) === 0) {
        if (Date.now() - room.askedAt > KEEP_MS) this.#past.delete(name);
        continue;
      }
      if (!room.dirty) continue;
      room.dirty = false;
      try {
        const before = await room.snapshot;
        const { state } = await this.#read(room.period);
        const patch = diff(before.state, state);
        if (patch === undefined) continue;
        const seq = before.seq + 1;
        room.snapshot = Promise.resolve({ ...before, seq, state: apply(before.state, patch) });
        this.#options.broadcast({ room: name, epoch: before.epoch, seq, patch });
      } catch (error) {
        room.dirty = true;
        this.#options.report(`cannot refresh ${name}: ${(error as Error).message}`);
      }
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
