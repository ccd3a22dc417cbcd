/** From what was reported of links to how they are doing: of a scope, over some days. Pure. */
import {
  addDays,
  byAttention,
  type Catalogue,
  failedOf,
  HOURLY_DAYS,
  LINK_ERRORS,
  type Link,
  type LinkLatest,
  type LinkStanding,
  type LinkStandings,
  type LinkTrend,
  linkStateOf,
  startOfDay,
  sureShare,
} from '@room/contract';
import type { LinkSums } from '@room/warehouse';

/** Local days, both inclusive, as they are looked at from an instant. */
export interface LinkDays {
  from: string;
  to: string;
  at: number;
}

const HOUR_MS = 3_600_000;

const errorsIn = (sums: readonly LinkSums[]): NonNullable<LinkStanding['errors']> => {
  const errors = { timeout: 0, unavailable: 0, refused: 0, invalid: 0 };
  for (const each of sums) for (const kind of LINK_ERRORS) errors[kind] += each[kind];
  return errors;
};

/** Of the days so far, up to an instant: milliseconds. */
function lengthOf({ from, to, at }: LinkDays, timeZone: string): number {
  const end = Math.min(at, startOfDay(addDays(to, 1), timeZone));
  return Math.max(0, end - startOfDay(from, timeZone));
}

export function standingOf(
  link: Link,
  latest: LinkLatest | undefined,
  days: ReadonlyMap<string, LinkSums>,
  asked: LinkDays,
  { thresholds, timeZone }: Pick<Catalogue, 'thresholds' | 'timeZone'>,
): LinkStanding {
  const sums = [...days.values()];
  const length = lengthOf(asked, timeZone);
  const told = sums.reduce((sum, each) => sum + each.told, 0);
  const share = sureShare(sums.map((each) => ({ part: failedOf(each), whole: each.requests })));
  return {
    id: link.id,
    database: link.database.id,
    dim: link.dim,
    party: link.party.id,
    state: linkStateOf(latest, asked.at, link, thresholds),
    silentAfter: link.silentAfter,
    ...(latest === undefined ? {} : { reportedTo: latest.end }),
    ...(latest?.lastSuccessAt === undefined ? {} : { lastSuccessAt: latest.lastSuccessAt }),
    ...(latest === undefined
      ? {}
      : { judged: { from: latest.start, to: latest.end, requests: latest.requests, failed: failedOf(latest) } }),
    ...(sums.length === 0
      ? {}
      : { requests: sums.reduce((sum, { requests }) => sum + requests, 0), errors: errorsIn(sums) }),
    ...(share === undefined ? {} : { share }),
    reported: length === 0 ? 0 : Math.min(1, told / length),
    replaced: sums.reduce((sum, each) => sum + each.replaced, 0),
  };
}

export function standingsOfLinks(
  links: readonly Link[],
  latest: ReadonlyMap<string, LinkLatest>,
  days: ReadonlyMap<string, ReadonlyMap<string, LinkSums>>,
  asked: LinkDays,
  catalogue: Pick<Catalogue, 'thresholds' | 'timeZone'>,
): LinkStandings {
  const isMadeUp = ({ id }: Link): boolean =>
    latest.get(id)?.simulated === true || [...(days.get(id)?.values() ?? [])].some(({ simulated }) => simulated);
  return {
    at: asked.at,
    from: asked.from,
    to: asked.to,
    links: links
      .map((link) => standingOf(link, latest.get(link.id), days.get(link.id) ?? new Map(), asked, catalogue))
      .sort(byAttention),
    simulated: links.some(isMadeUp),
  };
}

export const grainOf = ({ from, to }: Pick<LinkDays, 'from' | 'to'>): LinkTrend['grain'] =>
  to < addDays(from, HOURLY_DAYS) ? 'hour' : 'day';

/** Every hour or day up to now. */
export function pointsOfLink(
  asked: LinkDays,
  days: ReadonlyMap<string, LinkSums>,
  hours: ReadonlyMap<number, LinkSums>,
  timeZone: string,
): LinkTrend['points'] {
  const point = (at: number, sums: LinkSums | undefined): LinkTrend['points'][number] =>
    sums === undefined ? { at } : { at, requests: sums.requests, failed: failedOf(sums) };
  const points: LinkTrend['points'] = [];
  if (grainOf(asked) === 'day') {
    for (let day = asked.from; day <= asked.to; day = addDays(day, 1)) {
      const at = startOfDay(day, timeZone);
      if (at < asked.at) points.push(point(at, days.get(day)));
    }
    return points;
  }
  const end = Math.min(asked.at, startOfDay(addDays(asked.to, 1), timeZone));
  let toldTo = Number.NEGATIVE_INFINITY;
  for (let at = startOfDay(asked.from, timeZone); at < end; at += HOUR_MS) {
    const sums = hours.get(at);
    toldTo = Math.max(toldTo, at + (sums?.told ?? 0));
    points.push(sums === undefined && at < toldTo ? { at, isWithin: true } : point(at, sums));
  }
  return points;
}
