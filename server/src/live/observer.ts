/** What the walls' side tells of itself, for metrics. */
import type { WallState } from '@room/contract';

export interface Audience {
  /** Viewers by what they look at. */
  now: number;
  past: number;
  none: number;
  /** Of all of them, those whose connection takes nothing at the moment: what is broadcast does not reach them. */
  stalled: number;
}

export interface LiveObserver {
  /** A state was handed to the sockets; `isPrompt` where nothing made it wait and it holds other numbers. */
  delivered(state: Pick<WallState, 'pipeline' | 'computedAt'>, isPrompt: boolean): void;
  /** So many viewers could not take a delta, which nobody keeps for them. */
  dropped(deltas: number): void;
  /** A viewer asked again for the room that it is in: a delta did not reach it. */
  resynced(): void;
}
