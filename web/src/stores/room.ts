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
  const refusal = ref<string>();
  const newerBuild = ref(false);
  /** The server's clock, in whole seconds: the only "now" of the page. */
  const now = ref(Date.now());

  let serverAhead = 0;
  let firstBuild: string | undefined;
  let tick: ReturnType<typeof setTimeout> | undefined;

  function keepTime(): void {
    const exact = Date.now() + serverAhead;
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
        lostAt.value ??= Date.now() + serverAhead;
      },
      hello: (hello) => {
        serverAhead = hello.now - Date.now();
        keepTime();
        firstBuild ??= hello.build;
        newerBuild.value = hello.build !== firstBuild;
      },
      snapshot: (snapshot) => {
        refusal.value = undefined;
        state.value = snapshot.state;
      },
      delta: (delta) => {
        if (state.value !== undefined) state.value = apply(state.value, delta.patch);
      },
      refused: (answer) => {
        refusal.value = answer.code === 'no_such_room' ? answer.reason : undefined;
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
    refusal,
    newerBuild,
    now,
    open,
    togglePause,
  };
});
