/** The order of deltas after a snapshot: a missed one must never be papered over. */
export interface Position {
  epoch: string;
  seq: number;
}

export type Verdict = 'apply' | 'old' | 'gap';

export function judge(at: Position | undefined, delta: Position): Verdict {
  if (at === undefined || delta.epoch !== at.epoch) return 'gap';
  if (delta.seq <= at.seq) return 'old';
  return delta.seq === at.seq + 1 ? 'apply' : 'gap';
}
