/** Why a process cannot do its job, or all of it. Anyone may read it, so it names no address and quotes no error: the log does. */
export interface Cause {
  code: string;
  reason: string;
  /** What an operator does about it, or that it passes by itself. */
  remedy: string;
  /** Without this the process goes on with its job: it is told, and is no reason to send it nothing. */
  isMinor?: true;
}

/** Whether a process can do its job though these causes hold. */
export const isReady = (causes: readonly Cause[]): boolean => causes.every(({ isMinor }) => isMinor === true);
