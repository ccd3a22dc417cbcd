/** What the header may claim: measured, never assumed. */
import type { Catalogue, WallState } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Mark, Speech } from './context.ts';

/**
 * `quiet`: nothing came for a moment. `silent`: nothing comes, and nothing says why. `disconnected`: there is no connection. `ahead`: the numbers bear a time that is
 * to come, so that nobody knows how old they are. `stale`: they are older than they may be, or are not computed any more.
 * `refused`: what a page asked for is not shown.
 */
export type ConnectionState =
  | 'loading'
  | 'live'
  | 'quiet'
  | 'stale'
  | 'silent'
  | 'disconnected'
  | 'ahead'
  | 'empty'
  | 'refused';

/** The header tells the two apart; to whoever looks at the numbers, or reads by ear, they are one. */
export const isUnheard = (state: ConnectionState): boolean => state === 'silent' || state === 'disconnected';

/** What is told anew to whoever reads by ear: a hiccup is nothing to them. */
export const heardAs = (state: ConnectionState): string =>
  isUnheard(state) ? 'unheard' : isLive(state) ? 'live' : state;

/** What is shown is as new as it may be. */
export const isLive = (state: ConnectionState): boolean => state === 'live' || state === 'quiet';

export interface Connection {
  state: ConnectionState;
  mark: Mark;
  text: string;
}

/** Milliseconds by which two clocks that are kept may differ, whole seconds of the wall included. */
const CLOCKS_DIFFER = 5_000;
/** A state comes at least each five seconds, and from another process that takes over within ten. */
const COMPUTED_WITHIN = 15_000;

const SECOND = 1_000;
/** How old the running day's numbers are, by the second that is written beside them: every age of a page is this one. */
export const ageOf = ({ coverage, computedAt }: WallState, now: number): number =>
  Math.max(0, now - Math.floor((coverage?.asOf ?? computedAt) / SECOND) * SECOND);

/** Milliseconds after which the running day's numbers are stale: the longest limit among the sources that still report. */
export function staleLimit(state: WallState, catalogue: Catalogue): number {
  const limits = catalogue.sources
    .filter(({ id }) => state.sources[id]?.status === 'reporting' || state.sources[id]?.status === 'late')
    .map(({ lateAfter }) => lateAfter * 1000);
  return Math.max(catalogue.thresholds.staleAfter * 1000, ...limits);
}

export interface Heard {
  connected: boolean;
  /** Since when the server is not heard, by its clock. */
  lostAt: number | undefined;
  /** Nothing says that there is no connection. */
  isSilent: boolean;
  /** Nothing came for longer than it should, on a connection that may only hang. */
  isQuiet: boolean;
}

export function connectionOf(
  state: WallState | undefined,
  { connected, lostAt, isSilent, isQuiet }: Heard,
  catalogue: Catalogue,
  now: number,
  { format, t }: Speech,
): Connection {
  const is = (state: ConnectionState, mark: Mark, key: MessageKey, ms?: number): Connection => ({
    state,
    mark,
    text: ms === undefined ? t(key) : t(key, { age: format.span(ms) }),
  });
  if (!connected && lostAt !== undefined) {
    const unheard = isSilent ? 'silent' : 'disconnected';
    // Where there are numbers their age goes on as it was while they came; a second one, since when nothing is heard, would contradict it.
    return state?.kind === 'now'
      ? is(unheard, 'disconnected', `${unheard}Lag`, ageOf(state, now))
      : is(unheard, 'disconnected', unheard, now - lostAt);
  }
  if (state === undefined) return is('loading', 'none', 'loading');
  if (state.kind === 'now') {
    const sinceComputed = now - state.computedAt;
    if (sinceComputed < -CLOCKS_DIFFER) return is('ahead', 'watch', 'ahead', -sinceComputed);
    if (sinceComputed > COMPUTED_WITHIN) return is('stale', 'watch', 'standing', ageOf(state, now));
  }
  if (state.events === 0) return is('empty', 'none', 'empty');
  if (state.kind === 'past') return is('live', 'ok', 'past');
  if (state.coverage === undefined) return is('live', 'ok', 'live');
  const age = ageOf(state, now);
  if (age > staleLimit(state, catalogue)) return is('stale', 'watch', 'stale', age);
  return isQuiet ? is('quiet', 'few', 'quietLag', age) : is('live', 'ok', 'liveLag', age);
}
