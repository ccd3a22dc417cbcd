import { apply, type RoomName, type WallState } from '@room/contract';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { follow } from '../socket.ts';

/** What the server says, and how well we hear it. */
export const useRoom = defineStore('room', () => {
  const state = shallowRef<WallState>();
  const frozen = shallowRef<{ state: WallState; at: number }>();
  const connected = ref(false);
  const lostAt = ref<number>();
  const newerBuild = ref(false);
  /** The server's clock, in whole seconds: the only "now" of the page. */
  const now = ref(Date.now());

  /** The server's time at an instant of the monotonic clock: a screen whose own clock is set while it shows must not be misled. */
  let known = { server: Date.now(), at: performance.now() };
  const exactNow = (): number => known.server + performance.now() - known.at;
  /** A state is never of the future: where it seems so, a screen that slept has lost time. */
  const learn = (computedAt: number): void => {
    if (computedAt <= exactNow()) return;
    known = { server: computedAt, at: performance.now() };
    keepTime();
  };
  let firstBuild: string | undefined;
  let tick: ReturnType<typeof setTimeout> | undefined;

  function keepTime(): void {
    const exact = exactNow();
    now.value = Math.floor(exact / 1000) * 1000;
    clearTimeout(tick);
    tick = setTimeout(keepTime, 1000 - (exact % 1000) + 1);
  }

  function open(room: RoomName): () => void {
    keepTime();
    const close = follow(room, {
      connected: () => {
        connected.value = true;
        lostAt.value = undefined;
      },
      lost: () => {
        connected.value = false;
        lostAt.value ??= exactNow();
      },
      hello: (hello) => {
        known = { server: hello.now, at: performance.now() };
        keepTime();
        firstBuild ??= hello.build;
        newerBuild.value = hello.build !== firstBuild;
      },
      snapshot: (snapshot) => {
        state.value = snapshot.state;
        learn(snapshot.state.computedAt);
      },
      delta: (delta) => {
        if (state.value === undefined) return;
        state.value = apply(state.value, delta.patch);
        learn(state.value.computedAt);
      },
    });
    return () => {
      close();
      clearTimeout(tick);
    };
  }

  function togglePause(): void {
    frozen.value =
      frozen.value === undefined && state.value !== undefined ? { state: state.value, at: now.value } : undefined;
  }

  return {
    /** What the page shows: the state as it was at the pause, or the newest. */
    shown: computed(() => frozen.value?.state ?? state.value),
    pausedAt: computed(() => frozen.value?.at),
    connected,
    lostAt,
    newerBuild,
    now,
    open,
    togglePause,
  };
});
