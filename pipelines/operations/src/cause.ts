/** Why a process cannot do its job. Anyone may read it, so it names no address and quotes no error: the log does. */
export interface Cause {
  code: string;
  reason: string;
  /** What an operator does about it, or that it passes by itself. */
  remedy: string;
}
