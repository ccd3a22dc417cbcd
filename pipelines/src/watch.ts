/** Who looks at the numbers, as far as this process can tell: what nobody sees may be computed less often. */
export interface Watch {
  readonly isWatched: boolean;
  /** Has `listener` called whenever somebody begins to look after nobody did; returns how to call that off. */
  onWatched(listener: () => void): () => void;
}

/** Walls of other processes are not known: somebody may always look. */
export const ALWAYS_WATCHED: Watch = { isWatched: true, onWatched: () => () => undefined };
