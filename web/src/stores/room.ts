import { apply, type RoomName, type Snapshot, type WallState } from '@room/contract';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { type Connection, connect, type Link, type Refusal } from '../socket.ts';
import { ServerClock } from './server-clock.ts';

/** The build that this page is of, as its document says; undefined where it was not built. */
const ownBuild = (): string | undefined => document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content;

/** What the server says, and how well we hear it. */
export const useRoom = defineStore('room', () => {
  const state = shallowRef<WallState>();
  const past = shallowRef<Snapshot>();
  const refusal = shallowRef<Refusal & { room: RoomName }>();
  const frozen = shallowRef<{ state: WallState; at: number }>();
  const followed = ref<RoomName>('now');
  const link = ref<Link>();
  const isQuiet = ref(false);
  const lostAt = ref<number>();
  /** Counts what the server told of alerts: whoever shows them asks again when it changes. */
  const alertsTold = ref(0);
  /** The same of what walls show in turn. */
  const scenesTold = ref(0);
  const newerBuild = ref<string>();
  /** The server's clock, in whole seconds: the only "now" of the page. */
  const now = ref(Date.now());

  const clock = new ServerClock(Date.now(), performance.now());
  let connection: Connection | undefined;
  let tick: ReturnType<typeof setTimeout> | undefined;

  function keepTime(): void {
    const exact = clock.now(performance.now());
    now.value = Math.floor(exact / 1000) * 1000;
    clearTimeout(tick);
    tick = setTimeout(keepTime, 1000 - (exact % 1000) + 1);
  }

  function take(snapshot: Snapshot): void {
    refusal.value = undefined;
    if (snapshot.room === 'now') state.value = snapshot.state;
    else past.value = snapshot;
  }

  /** Connects to the server, for as long as the page is there. */
  function open(): void {
    keepTime();
    connection = connect(followed.value, {
      time: (told) => {
        clock.told(told, performance.now());
        keepTime();
      },
      build: (build) => {
        const own = ownBuild();
        newerBuild.value = own === undefined || build === own ? undefined : build;
      },
      link: (next, since) => {
        if (next === 'open') lostAt.value = undefined;
        else lostAt.value ??= clock.now(since);
        link.value = next;
      },
      quiet: (next) => {
        isQuiet.value = next;
      },
      snapshot: take,
      delta: ({ room, epoch, seq, patch }) => {
        const before = room === 'now' ? state.value : past.value?.state;
        if (before !== undefined) take({ room, epoch, seq, state: apply(before, patch) });
      },
      alerts: () => alertsTold.value++,
      scenes: () => scenesTold.value++,
      refused: (room, refused) => {
        refusal.value = { ...refused, room };
      },
    });
  }

  /** Whose numbers the page shows: the running day's, or those of a period that is over. */
  function follow(room: RoomName): void {
    if (room === followed.value) return;
    followed.value = room;
    refusal.value = undefined;
    connection?.follow(room);
  }

  function togglePause(): void {
    frozen.value =
      frozen.value === undefined && state.value !== undefined ? { state: state.value, at: now.value } : undefined;
  }

  /** What the page shows of the running day: the state as it was at the pause, or the newest. */
  const shown = computed(() => frozen.value?.state ?? state.value);

  return {
    shown,
    /** A period that is over, as it is known now; undefined unless it is the one that is followed. */
    past: computed(() => (past.value?.room === followed.value ? past.value : undefined)),
    /** Of the two, the one that the page shows. */
    current: computed(() =>
      followed.value === 'now' ? shown.value : past.value?.room === followed.value ? past.value.state : undefined,
    ),
    /** Why there are no numbers of what is followed. */
    refusal,
    pausedAt: computed(() => frozen.value?.at),
    connected: computed(() => link.value === 'open'),
    isSilent: computed(() => link.value === 'silent'),
    isQuiet,
    lostAt,
    newerBuild,
    alertsTold,
    scenesTold,
    now,
    /** To the millisecond, for what happens on all screens at once. */
    exactly: () => clock.now(performance.now()),
    open,
    follow,
    askAgain: () => connection?.again(),
    togglePause,
  };
});
