/** What the pulse tells of itself, for metrics and readiness. */
export interface PulseObserver {
  /** This process computes the pulse from now on, or no longer. */
  leads(isLeading: boolean): void;
  /** The wall's state was read and computed, in so many milliseconds. */
  computed(ms: number): void;
  /** It went to the servers: it says something new, or the last one is a while ago. */
  published(): void;
  /** It could not be computed or published, and is tried again. */
  failed(): void;
}
