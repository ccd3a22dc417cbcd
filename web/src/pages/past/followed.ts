/** A period that is over as the room's one connection tells of it: its numbers, each change of them, and why there are none. */
import { type Period, pastRoom, type Snapshot } from '@room/contract';
import { computed, onScopeDispose, type Ref, watch } from 'vue';
import { RequestFailed } from '../../app/client.ts';
import type { Question } from '../../app/queries.ts';
import { useRoom } from '../../stores/room.ts';

/** Milliseconds after which it is asked for again by itself, at the latest. */
export const PAST_AGAIN_AFTER = 2_000;

/** Undefined follows the running day, as does whoever leaves the page. */
export function useFollowedPeriod(period: Readonly<Ref<Period | undefined>>): Question<Snapshot> {
  const room = useRoom();
  watch(period, (asked) => room.follow(asked === undefined ? 'now' : pastRoom(asked)), { immediate: true });
  onScopeDispose(() => room.follow('now'));
  const error = computed(() => {
    const { refusal, lostAt } = room;
    if (lostAt !== undefined) return new RequestFailed('unreachable', 'there is no connection to the server');
    if (refusal === undefined) return null;
    const { code, reason, numbers } = refusal;
    return new RequestFailed(code, reason, code === 'no_such_room' ? 404 : 503, { numbers });
  });
  return {
    data: computed(() => room.past),
    error,
    isFetching: computed(() => !room.connected),
    refetch: () => room.askAgain(),
  };
}
