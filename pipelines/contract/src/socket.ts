/** Socket.IO in both directions. */
import type { Json } from './patch.ts';
import type { RoomName } from './room-name.ts';
import type { Snapshot } from './wall.ts';

export interface Delta {
  room: RoomName;
  epoch: string;
  /** The snapshot or delta before it has `seq - 1`; anything else is a gap: join again. */
  seq: number;
  patch: Json;
}

export type JoinAnswer =
  | { ok: true; snapshot: Snapshot }
  | {
      ok: false;
      code: 'no_such_room' | 'not_ready' | 'failed' | 'busy' | 'superseded';
      reason: string;
      /** What `reason` says in numbers, for who words it otherwise: of a period that is too long its `days`, and the `most` there may be. */
      numbers?: Readonly<Record<string, number>>;
    };

/** A viewer is told something at least this often, milliseconds: that nothing comes then means something. */
export const TOLD_WITHIN_MS = 5_000;
/** As often as that where the server and the line have time: who hears nothing for longer says so, and is sure only later. */
export const TOLD_EACH_MS = 1_400;

/** Every message brings the server's clock, `now` in milliseconds since 1970 UTC: it renews the time of walls. */
export interface ServerToClient {
  delta: (delta: Delta, now: number) => void;
  /** Sent once on connect: version of the web build the server carries (a wall reloads on a newer one). */
  hello: (hello: { build: string; now: number }) => void;
  /** Alerts that this viewer may see, or rules, changed: ask for them again. */
  alerts: (now: number) => void;
  /** What walls show in turn changed, or was ordered: ask for it again. */
  scenes: (now: number) => void;
  /** Sent where there was nothing else to tell: the server is there. */
  alive: (now: number) => void;
}

export interface ClientToServer {
  /** Leaves any other room, joins this one and answers with its snapshot; a later join takes the place of one not answered yet. */
  join: (room: RoomName, answer: (answer: JoinAnswer) => void) => void;
}
