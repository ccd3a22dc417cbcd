/** What the walls' side tells of itself, for metrics. */
export interface Audience {
  /** Viewers by what they look at. */
  now: number;
  past: number;
  none: number;
  /** Of all of them, those whose connection takes nothing at the moment: what is broadcast does not reach them. */
  stalled: number;
}
