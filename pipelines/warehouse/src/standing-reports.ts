/** Which reports of a link stand where several tell of the same time. Pure. */

/** When it is of, and when the log took it: milliseconds since 1970 UTC. */
export interface LinkInterval {
  start: number;
  end: number;
  received: number;
  offset: number;
}

/** The one that the log took last comes first. */
const byLog = (one: LinkInterval, other: LinkInterval): number =>
  other.received - one.received || other.offset - one.offset || other.end - one.end || other.start - one.start;

/**
 * Of reports with unequal starts those that stand, in the order of time: from the one that the log took last back, each that tells of
 * no moment of which one that stands does. So a report takes the place of every earlier one of its time, whatever their cut, and
 * whatever order they are read in; one that is out itself puts no other out.
 */
export function standingReports<T extends LinkInterval>(reports: readonly T[]): T[] {
  const standing: T[] = [];
  for (const report of reports.toSorted(byLog)) {
    const at = firstFrom(standing, report.start);
    const [before, after] = [standing[at - 1], standing[at]];
    if ((before === undefined || before.end <= report.start) && (after === undefined || after.start >= report.end))
      standing.splice(at, 0, report);
  }
  return standing;
}

/** Where the first stands that begins at `start` or later; they are in order. */
function firstFrom(standing: readonly LinkInterval[], start: number): number {
  let [low, high] = [0, standing.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((standing[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
