/**
 * What passes over the links of the catalogue: requests that follow the hours of the day, errors that grow with them, a link that is
 * always worse than the others, and one that dies for some hours in each quarter and tells nothing then. Pure and seeded.
 */
import { addDays, LINK_REPORTED, type Link, linksOf, localDay, startOfDay } from '@room/contract';
import type { Span } from './history.ts';
import type { SimEvent, World } from './model.ts';
import { fixed, randomOf } from './random.ts';
import type { Rate } from './rate.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How often a link reports: live, in the last days of a history, and before. */
const LIVE = 10 * MINUTE;
const RECENT = 6 * HOUR;
const OLD = 12 * HOUR;
const RECENT_DAYS = 7;
/** Before it dies it fails more and more. */
const AILING = 2 * HOUR;
/** Requests of a link, per dossier of the country. */
const REQUESTS = 0.6;

export interface LinkOptions {
  world: World;
  rate: Rate;
  volume: number;
  /** Nothing dies. */
  calm: boolean;
  /** Where history ends and live begins: one link is dead around it, so that a trial shows one at once. */
  around: number;
}

interface Death {
  link: string;
  from: number;
  until: number;
}

/** Links that are dead for a while of the quarter in which an instant lies, and the one around the beginning. */
function deathsAt({ world, calm, around }: LinkOptions, at: number): Death[] {
  const ids = [...linksOf(world.catalogue).keys()];
  if (calm || ids.length === 0) return [];
  const quarter = Math.floor((new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth()) / 3);
  const key = `${world.seed}|link|${quarter}`;
  const pick = (name: string): string => ids[Math.floor(fixed(`${key}|${name}`) * ids.length)] ?? '';
  const from =
    Date.UTC(Math.floor(quarter / 4), (quarter % 4) * 3, 1) + Math.floor(fixed(`${key}|when`) * 88 * 24) * HOUR;
  return [
    { link: pick('who'), from, until: from + (4 + Math.floor(fixed(`${key}|long`) * 12)) * HOUR },
    {
      link: ids[Math.floor(fixed(`${world.seed}|link|now`) * ids.length)] ?? '',
      from: around - 3 * HOUR,
      until: around + 2 * HOUR,
    },
  ];
}

/** Undefined where the link tells nothing: it was dead for most of the interval. */
function reportOf(options: LinkOptions, link: Link, from: number, to: number): SimEvent | undefined {
  const { world, rate, volume } = options;
  const death = deathsAt(options, from).find((each) => each.link === link.id && each.from < to && each.until > from);
  const dead = death === undefined ? 0 : Math.min(to, death.until) - Math.max(from, death.from);
  if (dead > (to - from) / 2) return undefined;
  const dying = deathsAt(options, from).some(
    (each) => each.link === link.id && from < each.from && to > each.from - AILING,
  );
  const day = localDay(from, world.catalogue.timeZone);
  const hour = Math.min(23, Math.floor((from - startOfDay(day, world.catalogue.timeZone)) / HOUR));
  const random = randomOf(`${world.seed}|${link.id}|${from}`);
  const weight = 0.2 + 1.6 * fixed(`${world.seed}|${link.id}`);
  // Long intervals hold the day's mean, short ones their hour.
  const perHour = to - from > 2 * HOUR ? rate.ofDay(day) / 24 : rate.ofDay(day) * rate.ofHour(hour);
  const requests = random.poisson((perHour * volume * REQUESTS * weight * (to - from)) / HOUR / 10);
  const isBad = fixed(`${world.seed}|${link.id}|bad`) < 0.02;
  const load = rate.ofHour(hour) * 24;
  const share = dying ? 0.4 : (isBad ? 0.12 : 0.002 + 0.01 * fixed(`${link.id}|errors`)) * (0.5 + load / 2);
  const failed = Math.min(requests, random.poisson(requests * Math.min(share, 0.9)));
  const timeout = Math.round(failed * (dying ? 0.3 : 0.6));
  const unavailable = dying ? failed - timeout : Math.round((failed - timeout) * 0.5);
  const refused = Math.round((failed - timeout - unavailable) * 0.5);
  const errors = { timeout, unavailable, refused, invalid: failed - timeout - unavailable - refused };
  const id = `k-${from}-${link.id}`;
  const data = {
    database: link.database.code,
    [link.dim]: link.party.code,
    interval: { start: new Date(from).toISOString(), end: new Date(to).toISOString() },
    requests,
    ...(failed === 0 ? {} : { errors }),
    ...(failed < requests ? { lastSuccessAt: new Date(to - 1 - Math.floor(random.next() * 5_000)).toISOString() } : {}),
  };
  const event = { specversion: '1.0', id, source: link.source, type: LINK_REPORTED, simulated: true, data };
  return { source: link.source, id, rootId: id, json: JSON.stringify(event) };
}

const reportsOf = (options: LinkOptions, from: number, to: number): SimEvent[] =>
  [...linksOf(options.world.catalogue).values()].flatMap((link) => reportOf(options, link, from, to) ?? []);

/** Batches of reports from `until` back day by day, without the times that were reported before. */
export function* linkHistory(
  options: LinkOptions & { days: number; until: number; covered: readonly Span[] },
): Generator<SimEvent[]> {
  const { world, days, until, covered } = options;
  const { timeZone } = world.catalogue;
  if (linksOf(world.catalogue).size === 0) return;
  const today = localDay(until, timeZone);
  for (let back = 0; back <= days; back++) {
    const day = addDays(today, -back);
    const next = startOfDay(addDays(day, 1), timeZone);
    const length = back <= RECENT_DAYS ? RECENT : OLD;
    for (let from = startOfDay(day, timeZone); from < Math.min(next, until); from += length)
      for (const span of without(covered, from, Math.min(from + length, next, until)))
        yield reportsOf(options, span.from, span.to);
  }
}

/** What is left of a time, in order. */
function without(covered: readonly Span[], from: number, to: number): Span[] {
  const left: Span[] = [];
  let at = from;
  for (const span of covered.toSorted((one, other) => one.from - other.from)) {
    if (span.to <= at || span.from >= to) continue;
    if (span.from > at) left.push({ from: at, to: span.from });
    at = Math.max(at, span.to);
  }
  if (at < to) left.push({ from: at, to });
  return left;
}

/** From `start` on, each ten minutes, and where a day ends: no interval lies within two. */
export class LiveLinks {
  readonly #options: LinkOptions;
  #reportedTo: number;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#reportedTo = options.around;
  }

  advance(to: number): SimEvent[] {
    const { timeZone } = this.#options.world.catalogue;
    const sent: SimEvent[] = [];
    for (;;) {
      const midnight = startOfDay(addDays(localDay(this.#reportedTo, timeZone), 1), timeZone);
      const until = Math.min(this.#reportedTo + LIVE, midnight);
      if (until > to) return sent;
      sent.push(...reportsOf(this.#options, this.#reportedTo, until));
      this.#reportedTo = until;
    }
  }
}
