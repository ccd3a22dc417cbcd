/** Events that could not be counted, as an operator sees them. */

/**
 * `open`: waits for somebody. `replayed`: sent through counting again; what failed again is a case of its own. `closed`: somebody decided
 * that it is not to be counted. `deleted`: the same, and its content is gone.
 */
export const CASE_STATES = ['open', 'replayed', 'closed', 'deleted'] as const;
export type CaseState = (typeof CASE_STATES)[number];

export interface QuarantineCase {
  quarantineId: string;
  portal: string;
  source: string;
  id: string;
  topic: string;
  partition: number;
  offset: number;
  /** Instants as texts of RFC 3339. */
  receivedAt: string;
  code: string;
  reason: string;
  state: CaseState;
  /** Since when it is not open any more, by whom (as the audit names them), and why they said; null where nobody did. */
  resolvedAt: string | null;
  resolvedBy: string | null;
  resolvedWhy: string | null;
}

/** With its bytes, as UTF-8 and as they are; empty where they were deleted. */
export interface QuarantineContent extends QuarantineCase {
  headers: Readonly<Record<string, string | { base64: string }>>;
  event: string;
  bytesBase64: string;
}

export interface QuarantineCause {
  code: string;
  source: string;
  cases: number;
}

export interface QuarantineList {
  /** All that are open, whatever was asked for; and as many as were asked for, listed or not. */
  waiting: number;
  matching: number;
  /** What is open, by why and whose, most first. */
  causes: readonly QuarantineCause[];
  cases: readonly QuarantineCase[];
}

/** `duplicate`: its id was counted before. `undecided`: counting has not come to it yet. */
export const REPLAY_RESULTS = ['counted', 'duplicate', 'refused', 'undecided'] as const;
export type ReplayResult = (typeof REPLAY_RESULTS)[number];

export interface ReplayedCase {
  quarantineId: string;
  /** Of the event. */
  id: string;
  result: ReplayResult;
  /** Of what was refused again: why, and the new case. */
  code?: string;
  reason?: string;
  refusedAs?: string;
}

export interface Replay {
  replayed: number;
  /** Whether others match that one call does not take. */
  more: boolean;
  results: Readonly<Record<ReplayResult, number>>;
  cases: readonly ReplayedCase[];
}
