/** One cause, one finding: episodes of the whole, its parts and its other parts that are the same event seen several times. */
import type { Deviation } from './episodes.ts';

/** An episode, with the series it was found in. */
export interface Located {
  /** Name of the series, as `all` or `province:01`. */
  series: string;
  /** What the series counts by: episodes of one dimension are of different units, of two dimensions perhaps of the same events. */
  dimension: string;
  /** Names of the series that hold this one, as the nation holds a province and the province its services. */
  within: readonly string[];
  episode: Deviation;
  /** It led when it was told before: of series as wide it goes on to, however near their sizes come. */
  isTold?: boolean;
}

export interface CommonCause {
  /** The widest series in which it shows. */
  lead: Located;
  /** The other series in which it shows, largest first. */
  also: Located[];
}

const HOUR = 3_600_000;
/** Share of the shorter of whole and part, of the longer of two parts, for which both must last. */
const OVERLAP = 0.5;
/** A part that is this much of the whole's difference drives it; a smaller one that departs so much more has its own cause. */
const DRIVES = 0.2;
const STRANGER = 2;
/** Parts that are the same events seen by another dimension have sizes this near; units struck by one cause start so soon. */
const SAME_SIZE = 2;
const TOGETHER = 3 * HOUR;

/** Causes by the size of their lead, the largest first. `now` (ms) is the end of what goes on. */
export function foldEpisodes(found: readonly Located[], now: number): CommonCause[] {
  const order = [...found].sort(
    (a, b) =>
      a.within.length - b.within.length ||
      Number(b.isTold ?? false) - Number(a.isTold ?? false) ||
      Math.abs(b.episode.size) - Math.abs(a.episode.size) ||
      a.episode.onset - b.episode.onset ||
      (a.series < b.series ? -1 : 1),
  );
  const causes: CommonCause[] = [];
  for (const it of order) {
    const cause = causes.find(({ lead }) => isSame(lead, it, now));
    if (cause) cause.also.push(it);
    else causes.push({ lead: it, also: [] });
  }
  return causes.sort((a, b) => Math.abs(b.lead.episode.size) - Math.abs(a.lead.episode.size));
}

function isSame(lead: Located, other: Located, now: number): boolean {
  const [a, b] = [lead.episode, other.episode];
  if (a.kind !== b.kind || lead.series === other.series) return false;
  const [lengthA, lengthB] = [(a.end ?? now) - a.onset, (b.end ?? now) - b.onset];
  const shared = Math.min(a.end ?? now, b.end ?? now) - Math.max(a.onset, b.onset);
  if (!(shared > 0)) return false;
  if (other.within.includes(lead.series)) {
    if (shared < OVERLAP * Math.min(lengthA, lengthB)) return false;
    return b.size / a.size >= DRIVES || Math.abs(relative(b)) <= STRANGER * Math.abs(relative(a));
  }
  if (shared < OVERLAP * Math.max(lengthA, lengthB)) return false;
  if (lead.dimension === other.dimension) return Math.abs(a.onset - b.onset) <= TOGETHER;
  const ratio = b.size / a.size;
  return ratio <= SAME_SIZE && ratio >= 1 / SAME_SIZE;
}

const relative = ({ observed, expected, size }: Deviation): number =>
  expected > 0 ? size / expected : observed > 0 ? Number.POSITIVE_INFINITY : 0;
