/**
 * What the portals reported before: minute counts in which every province has its own total for the hour and the country
 * a smooth minute. An hour is fixed by seed and date alone, so any later run repeats its ids and its counts.
 */
import { addDays, localDay } from '@room/contract';
import {
  backlogEvents,
  countedEvent,
  intervalText,
  pick,
  type SimEvent,
  type SimProvince,
  type World,
} from './model.ts';
import { type Random, randomOf } from './random.ts';
import type { Rate } from './rate.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Events an hour grow with the root of its volume: these bound 90 days of the default country to about a quarter of a million. */
const ENTRY_DETAIL = 1;
const FINISH_DETAIL = 0.45;
const STATUS_DETAIL = 0.2;
const RARE = 0.1;
const CORRECTED = 0.005;
const CORRECTED_AFTER_HOURS = 2;
const BACKLOG_HOUR = 17;
const GOLDEN = 0.618_033_988_749_895;

export interface HistoryOptions {
  world: World;
  rate: Rate;
  /** Local days before the day of `until`. */
  days: number;
  /** End of the history; a minute that is not over then is left out. */
  until: number;
  volume: number;
  /** Times that were reported before, and are left out. */
  covered: readonly Span[];
}

export interface Span {
  from: number;
  to: number;
}

interface Placed {
  minute: number;
  event: SimEvent;
  correction?: SimEvent;
}

interface Ticket {
  province: SimProvince;
  at: number;
  count: number;
  /** Share of the hour that has passed. */
  place: number;
  minute: number;
}

/** Batches of events: the running day first, which a wall shows, then back day by day; a correction follows its original. */
export function* historyEvents(options: HistoryOptions): Generator<SimEvent[]> {
  const { world, rate, until, covered } = options;
  const today = localDay(until, world.catalogue.timeZone);
  const corrections: SimEvent[][] = [];
  const isCovered = (at: number): boolean => covered.some(({ from, to }) => at >= from && at < to);
  for (let back = 0; back <= options.days; back++) {
    const day = addDays(today, -back);
    for (const { at, hour } of rate.hoursOf(day)) {
      if (at + MINUTE > until) break;
      const events = corrections.length >= CORRECTED_AFTER_HOURS ? (corrections.shift() ?? []) : [];
      const later: SimEvent[] = [];
      corrections.push(later);
      if (covered.some(({ from, to }) => from <= at && at + HOUR <= to)) {
        yield events;
        continue;
      }
      for (const { minute, event, correction } of hourOf(options, day, hour, at)) {
        const end = at + (minute + 1) * MINUTE;
        if (end > until || isCovered(end - MINUTE)) continue;
        events.push(event);
        if (correction !== undefined) later.push(correction);
      }
      if (hour === BACKLOG_HOUR && !isCovered(at))
        events.push(...backlogEvents(world, rate.openAt(day, hour) * options.volume, at));
      yield events;
    }
  }
}

function hourOf({ world, rate, volume }: HistoryOptions, day: string, hour: number, at: number): Placed[] {
  const name = `h${world.seed}-${new Date(at).toISOString().slice(0, 13)}`;
  const random = randomOf(name);
  const times = Array.from({ length: 60 }, (_, minute) =>
    intervalText(at + minute * MINUTE, at + (minute + 1) * MINUTE),
  );
  const index = Math.floor(at / HOUR);
  const placed: Placed[] = [];
  const place = (ticket: Ticket, status: number, count: number, onTime?: boolean): void => {
    const cell = ticket.province.cells[ticket.at];
    if (cell === undefined || count === 0) return;
    const counted = {
      id: `${name}-${placed.length}`,
      status,
      count,
      time: times[ticket.minute] ?? '',
      ...(onTime === undefined ? {} : { onTime }),
    };
    const event = countedEvent(cell, counted);
    if (random.next() >= CORRECTED) placed.push({ minute: ticket.minute, event });
    else {
      const taken = -Math.max(1, Math.round(count * (0.1 + 0.5 * random.next())));
      const correction = countedEvent(cell, { ...counted, id: `${counted.id}c`, count: taken, corrects: counted.id });
      placed.push({ minute: ticket.minute, event, correction });
    }
  };

  const entries = rate.ofDay(day) * rate.ofHour(hour) * volume;
  for (const ticket of ticketsOf(world, random, entries, ENTRY_DETAIL, index, rate.minutesOf(hour)))
    place(ticket, world.entry, ticket.count);

  const finished = rate.finishedOn(day) * rate.officeHour(hour) * volume;
  if (finished === 0) return placed;
  for (const step of world.reached) {
    if (step.share < RARE && (hour + step.status) % 4 !== 0) continue;
    const expected = finished * step.share * (step.share < RARE ? 4 : 1);
    const detail = step.judged ? FINISH_DETAIL : STATUS_DETAIL;
    for (const ticket of ticketsOf(world, random, expected, detail, index, rate.minutesOf(hour))) {
      if (!step.judged) {
        place(ticket, step.status, ticket.count);
        continue;
      }
      const onTime = random.round(ticket.count * (ticket.province.cells[ticket.at]?.onTime ?? 1));
      place(ticket, step.status, onTime, true);
      place(ticket, step.status, ticket.count - onTime, false);
    }
  }
  return placed;
}

/**
 * Poisson totals by province, each split over its cells by systematic sampling and spread over the hour, so that no half of it holds
 * most of a province; then laid along the minutes by mass.
 */
function ticketsOf(
  world: World,
  random: Random,
  expected: number,
  detail: number,
  index: number,
  minutes: readonly number[],
): Ticket[] {
  const tickets: Ticket[] = [];
  const wanted = detail * Math.sqrt(expected);
  let mass = 0;
  world.provinces.forEach((province, at) => {
    const total = random.poisson(expected * province.share);
    mass += total;
    const parts = Math.min(total, Math.max(1, random.round(wanted * province.share)));
    // Successive hours start where the last ones left gaps, so that small cells get their share over a day.
    const start = (index * GOLDEN + at * Math.SQRT2) % 1;
    const base = Math.floor(total / parts);
    const order = shuffled(parts, random);
    const phase = 0.25 + 0.5 * random.next();
    for (let part = 0; part < parts; part += 1)
      tickets.push({
        province,
        at: pick(province.sums, (part + start) / parts),
        count: base + ((part + index) % parts < total % parts ? 1 : 0),
        place: ((order[part] ?? 0) + phase) / parts,
        minute: 0,
      });
  });
  tickets.sort((a, b) => a.place - b.place);
  let passed = 0;
  let minute = 0;
  let bound = minutes[0] ?? 1;
  for (const ticket of tickets) {
    while (minute < 59 && (passed + ticket.count / 2) / mass > bound) {
      minute += 1;
      bound += minutes[minute] ?? 0;
    }
    ticket.minute = minute;
    passed += ticket.count;
  }
  return tickets;
}

function shuffled(length: number, random: Random): number[] {
  const order = Array.from({ length }, (_, at) => at);
  for (let at = length - 1; at > 0; at -= 1) {
    const other = Math.floor(random.next() * (at + 1));
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return order;
}
