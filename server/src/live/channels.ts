/** Who looks at which room, and within which scope: a viewer has one seat at a time. */
import type { RoomName, Scope } from '@room/contract';

/** Viewers who are shown the same. */
export interface Channel<V> {
  scope: Scope;
  viewers: Set<V>;
}

export class Channels<V extends object> {
  readonly #rooms = new Map<RoomName, Map<string, Channel<V>>>();
  readonly #seats = new Map<V, { room: RoomName; key: string }>();

  /** Leaves any other room. */
  join(viewer: V, room: RoomName, scope: Scope): void {
    this.leave(viewer);
    const { key } = scope;
    const channels = this.#rooms.get(room) ?? new Map<string, Channel<V>>();
    const channel = channels.get(key) ?? { scope, viewers: new Set() };
    this.#rooms.set(room, channels.set(key, channel));
    channel.viewers.add(viewer);
    this.#seats.set(viewer, { room, key });
  }

  leave(viewer: V): void {
    const seat = this.#seats.get(viewer);
    if (seat === undefined) return;
    this.#seats.delete(viewer);
    const channels = this.#rooms.get(seat.room);
    const channel = channels?.get(seat.key);
    channel?.viewers.delete(viewer);
    if (channel?.viewers.size === 0) channels?.delete(seat.key);
    if (channels?.size === 0) this.#rooms.delete(seat.room);
  }

  roomOf(viewer: V): RoomName | undefined {
    return this.#seats.get(viewer)?.room;
  }

  /** One for each scope that has viewers. */
  of(room: RoomName): Iterable<Channel<V>> {
    return this.#rooms.get(room)?.values() ?? [];
  }

  viewers(room: RoomName): number {
    let viewers = 0;
    for (const channel of this.of(room)) viewers += channel.viewers.size;
    return viewers;
  }
}
