/** Which scene this screen shows, and which comes next: changed by the room's clock alone, so that all screens of a wall change together. */
import { ORDER_LEAD_MS, type Queries, type ScreenProgram, type Showing, shownAt } from '@room/contract';
import { onBeforeUnmount, type Ref, ref, shallowRef, watch } from 'vue';
import { ask, RequestFailed } from '../app/client.ts';
import { useCatalogue } from '../app/provided.ts';
import { useRoom } from '../stores/room.ts';
import { DRAFT, onDraft, readDraft } from './draft.ts';

/** Milliseconds before its turn in which a scene is drawn unseen. */
const PREPARE_MS = 2_000;
/** What the socket did not tell is found by then; it also bounds what a timer that is late can miss. */
const ASK_EVERY = 30_000;
const LOOK_AT_LEAST = 10_000;
/** Screens of a wall ask at some time of this, so that not all do at once: they have heard before what is ordered holds. */
const SPREAD_MS = ORDER_LEAD_MS / 4;

export interface Turns {
  program: Readonly<Ref<ScreenProgram | undefined>>;
  /** Undefined: there is none, and the screen shows the running day. */
  showing: Readonly<Ref<Showing | undefined>>;
  next: Readonly<Ref<string | undefined>>;
  /** Changes so far. */
  changes: Readonly<Ref<number>>;
  isNaming: Readonly<Ref<boolean>>;
}

export function useTurns(asked: () => Queries['/v1/screen/program']): Turns {
  const catalogue = useCatalogue();
  const room = useRoom();
  const program = shallowRef<ScreenProgram>();
  const showing = shallowRef<Showing>();
  const next = ref<string>();
  const changes = ref(0);
  const isNaming = ref(false);
  let look: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let isGone = false;
  let reloaded: number | undefined;

  function change(): void {
    clearTimeout(look);
    const known = program.value;
    const at = room.exactly();
    const now = known && shownAt(known, catalogue, at);
    if (known === undefined || now === undefined) {
      showing.value = undefined;
      next.value = undefined;
      return;
    }
    if (now.scene !== showing.value?.scene) changes.value++;
    showing.value = now;
    const then = shownAt(known, catalogue, now.until);
    const left = now.until - at;
    next.value = left <= PREPARE_MS && then?.scene !== now.scene ? then?.scene : undefined;
    const { identify } = known.order;
    isNaming.value = identify !== undefined && identify.from <= at && at < identify.until;
    const edges = [identify?.from, identify?.until].filter((edge) => edge !== undefined && edge > at) as number[];
    const soonest = Math.min(left > PREPARE_MS ? left - PREPARE_MS : left, ...edges.map((edge) => edge - at));
    look = setTimeout(change, Math.min(LOOK_AT_LEAST, Math.max(1, Math.ceil(soonest))));
  }

  /** What is ordered once is done once: what stood there when this screen began is done. */
  function reload(at: number | undefined): void {
    if (reloaded === undefined) reloaded = at ?? 0;
    if (at === undefined || at <= reloaded) return;
    reloaded = at;
    setTimeout(() => location.reload(), Math.max(0, at - room.exactly()));
  }

  async function read(): Promise<void> {
    clearTimeout(again);
    try {
      const found = asked().scene === DRAFT ? ofDraft(room.now) : await ask('/v1/screen/program', { query: asked() });
      if (isGone) return;
      reload(found.order.reloadAt);
      program.value = found;
      change();
    } catch (error) {
      // A screen that was taken out of its wall shows the running day; otherwise what is known goes on.
      if (!isGone && error instanceof RequestFailed && error.status === 404) {
        program.value = undefined;
        change();
      }
    }
    if (!isGone) again = setTimeout(() => void read(), ASK_EVERY);
  }
  const soon = (): void => {
    clearTimeout(again);
    again = setTimeout(() => void read(), Math.random() * SPREAD_MS);
  };

  watch(() => [room.scenesTold, room.alertsTold, room.connected], soon);
  watch(asked, () => void read(), { immediate: true });
  const stop = onDraft(() => asked().scene === DRAFT && void read());
  onBeforeUnmount(() => {
    isGone = true;
    stop();
    clearTimeout(look);
    clearTimeout(again);
  });
  return { program, showing, next, changes, isNaming };
}

/** What is being edited, alone. */
function ofDraft(at: number): ScreenProgram {
  const scene = readDraft();
  return {
    at,
    wall: { id: '', name: '', scale: 1 },
    turns: [{ scene: DRAFT, seconds: 60, when: 'always' }],
    day: { from: 0, to: 24 },
    order: {},
    jumps: [],
    scenes: scene === undefined ? {} : { [DRAFT]: scene },
  };
}
