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
  projectSnapshot,
  type RoomName,
  type Scope,
  type Snapshot,
  type WallState,
} from '@room/contract';
import { cut } from '../errors.ts';
import { type Asker, Busy, Questions } from '../questions.ts';
import { lengthOf, MOST_DAYS, type PastQueries, pastState } from './past.ts';

const REFRESH_MS = 1_000;
const KEEP_MS = 300_000;
/** Past periods that are kept though nobody looks at them, and all whose states are kept; those used last. */
const MOST_UNSEEN = 64;
const MOST_STATES = 256;

interface PastRoom {
  period: Period;
  /** Undefined until first read, or once let go of. */
  snapshot: Snapshot | undefined;
  /** What viewers were told last; stays when the state is let go of. */
  at: Pick<Snapshot, 'epoch' | 'seq'> | undefined;
  /** On the clock of `performance.now()`. */
  usedAt: number;
  isDirty: boolean;
  /** A refresh was asked for, and is not over. */
  isAsked: boolean;
  isReading: boolean;
}

export interface RoomsOptions {
  catalogue: Catalogue;
  queries: PastQueries;
  current: () => Snapshot | undefined;
  broadcast: (delta: Delta) => void;
  viewers: (room: RoomName) => number;
  report: (message: string) => void;
  questions?: Questions;
}

/** `period` of a past room. */
export type FoundRoom = { ok: true; room: RoomName; period?: Period } | (JoinAnswer & { ok: false });

const noRoom = (reason: string): FoundRoom & { ok: false } => ({ ok: false, code: 'no_such_room', reason });

export class Rooms implements Disposable {
  readonly #options: RoomsOptions;
  readonly #questions: Questions;
  /** The one used last stands last. */
  readonly #past = new Map<RoomName, PastRoom>();
  readonly #projections = new WeakMap<Snapshot, Map<string, Snapshot>>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#questions = options.questions ?? new Questions();
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS).unref();
  }

  /** The room of this name, or why there is none: known without a look at any number. */
  find(name: string): FoundRoom {
    if (name === 'now') return { ok: true, room: name };
    const period = periodOf(name);
    if (period === undefined)
      return noRoom(`there is no room ${cut(name, 60)}; rooms are now and past:YYYY-MM-DD:YYYY-MM-DD`);
    const days = lengthOf(period);
    if (days > MOST_DAYS)
      return {
        ...noRoom(`the period has ${days} days; at most ${MOST_DAYS} are shown`),
        numbers: { days, most: MOST_DAYS },
      };
    return { ok: true, room: pastRoom(period), period };
  }

  /** The snapshot of a room within a scope, or why there is none. An asker who is gone is answered too: nobody hears it. */
  async open(name: string, scope: Scope, asker: Asker = { owner: {} }): Promise<JoinAnswer> {
    const found = this.find(name);
    if (!found.ok) return found;
    const opened = await this.#whole(found, asker);
    return opened.ok ? { ok: true, snapshot: this.#projected(opened.snapshot, scope) } : opened;
  }

  /** Made once for each scope that asks. */
  #projected(whole: Snapshot, scope: Scope): Snapshot {
    const projected = this.#projections.get(whole) ?? new Map<string, Snapshot>();
    const snapshot = projected.get(scope.key) ?? projectSnapshot(whole, scope);
    this.#projections.set(whole, projected.set(scope.key, snapshot));
    return snapshot;
  }

  async #whole({ room, period }: FoundRoom & { ok: true }, asker: Asker): Promise<JoinAnswer> {
    if (period === undefined) {
      const snapshot = this.#options.current();
      return snapshot === undefined
        ? { ok: false, code: 'not_ready', reason: 'the first numbers are being computed; ask again in a second' }
        : { ok: true, snapshot };
    }
    try {
      return { ok: true, snapshot: await this.#pastRoom(period, asker) };
    } catch (error) {
      if (asker.signal?.aborted === true)
        return {
          ok: false,
          code: 'superseded',
          reason: 'a later question of the same viewer took the place of this one',
        };
      if (error instanceof Busy)
        return {
          ok: false,
          code: 'busy',
          reason: 'many past periods are asked for at the moment; ask again in a second',
        };
      this.#options.report(`cannot read ${room}: ${(error as Error).message}`);
      return { ok: false, code: 'failed', reason: 'the warehouse did not answer; ask again in a few seconds' };
    }
  }

  /** Days that changed: past rooms that show one are read again. */
  changed(days: readonly string[]): void {
    for (const room of this.#past.values())
      if (days.some((day) => room.period.from <= day && day <= room.period.to)) room.isDirty = true;
  }

  /** Any day may have changed. */
  changedAll(): void {
    for (const room of this.#past.values()) room.isDirty = true;
  }

  async #pastRoom(period: Period, asker: Asker): Promise<Snapshot> {
    const name = pastRoom(period);
    const room = this.#past.get(name);
    if (room?.snapshot === undefined || room.isDirty)
      return this.#questions.ask(name, (signal) => this.#read(period, signal), asker);
    this.#use(name, room);
    return room.snapshot;
  }

  #use(name: RoomName, room: PastRoom): void {
    room.usedAt = performance.now();
    this.#past.delete(name);
    this.#past.set(name, room);
  }

  /** One at a time for each room: equal questions share a read. Viewers there are go on by a delta. */
  async #read(period: Period, signal: AbortSignal): Promise<Snapshot> {
    const name = pastRoom(period);
    const room = this.#past.get(name) ?? {
      period,
      snapshot: undefined,
      at: undefined,
      usedAt: 0,
      isDirty: false,
      isAsked: false,
      isReading: false,
    };
    this.#use(name, room);
    room.isReading = true;
    // What changes from here on may be in the read or not, and is read again.
    room.isDirty = false;
    try {
      const state = await pastState(this.#options.queries, this.#options.catalogue, period, signal);
      return this.#goOn(name, room, state);
    } catch (error) {
      room.isDirty = true;
      throw error;
    } finally {
      room.isReading = false;
      this.#letGo();
    }
  }

  #goOn(name: RoomName, room: PastRoom, state: WallState): Snapshot {
    const { snapshot: before, at } = room;
    if (before !== undefined) {
      const patch = diff(before.state, state);
      if (patch === undefined) return before;
      const seq = before.seq + 1;
      room.snapshot = { ...before, seq, state: apply(before.state, patch) };
      this.#options.broadcast({ room: name, epoch: before.epoch, seq, patch });
    } else if (at !== undefined) {
      // What its viewers show is not known any more: a number left out makes them ask.
      const seq = at.seq + 2;
      room.snapshot = { room: name, epoch: at.epoch, seq, state };
      this.#options.broadcast({ room: name, epoch: at.epoch, seq, patch: {} });
    } else room.snapshot = { room: name, epoch: randomUUID(), seq: 0, state };
    const { epoch, seq } = room.snapshot;
    room.at = { epoch, seq };
    return room.snapshot;
  }

  /** Forgets what was used longest ago where there is too much; of a room with viewers only the state. */
  #letGo(): void {
    if (this.#past.size <= MOST_UNSEEN) return;
    const unseen: RoomName[] = [];
    let states: PastRoom[] = [];
    for (const [name, room] of this.#past) {
      if (room.isReading) continue;
      if (this.#options.viewers(name) === 0) unseen.push(name);
      else if (room.snapshot !== undefined) states.push(room);
    }
    for (const name of unseen.slice(0, Math.max(0, unseen.length - MOST_UNSEEN))) this.#past.delete(name);
    states = states.slice(0, Math.max(0, states.length + MOST_UNSEEN - MOST_STATES));
    for (const room of states) room.snapshot = undefined;
  }

  #refresh(): void {
    const now = performance.now();
    for (const [name, room] of this.#past) {
      if (room.isReading || room.isAsked) continue;
      if (this.#options.viewers(name) === 0) {
        if (now - room.usedAt > KEEP_MS) this.#past.delete(name);
      } else if (room.isDirty) void this.#readAgain(name, room);
    }
  }

  async #readAgain(name: RoomName, room: PastRoom): Promise<void> {
    room.isAsked = true;
    try {
      await this.#questions.ask(name, (signal) => this.#read(room.period, signal), { owner: room });
    } catch (error) {
      if (!(error instanceof Busy)) this.#options.report(`cannot refresh ${name}: ${(error as Error).message}`);
    } finally {
      room.isAsked = false;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
