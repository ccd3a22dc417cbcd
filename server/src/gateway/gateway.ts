/**
 * The portals' door: parses, decides every event for itself, and answers only when the log has all that it accepted.
 * What it refuses goes into the log too, with its verdict, so that quarantine has one path and one set of coordinates.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Catalogue,
  Counting,
  decode,
  HEADERS,
  type Outcome,
  type PartialEvent,
  partitionKey,
  placeAt,
  placeMark,
  TOPICS,
} from '@room/contract';
import { type EventLog, LogUnavailable, type NewRecord } from '@room/log';
import { within } from '@room/runtime';
import {
  eventKey,
  hashed,
  keptSince,
  type Ledger,
  type Retention,
  type Seen,
  type Standings,
  type Taking,
  WarehouseUnavailable,
} from '@room/warehouse';
import { z } from 'zod';
import { HttpError } from '../errors.ts';
import { refusedTwice } from '../twice.ts';
import type { Arrived } from './binding.ts';
import type { Taken } from './corrected.ts';
import { withoutExtensions } from './extensions.ts';
import type { Intake } from './intake.ts';
import { Lookups } from './lookups.ts';
import { catchingUp, type Tail, type UncountedEvent } from './tail.ts';

export const resultSchema = z
  .strictObject({
    /** Null where the event has none that can be read. */
    id: z.string().nullable(),
    result: z.enum(['accepted', 'duplicate', 'quarantined']),
    code: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'EventResult' });
export type EventResult = z.infer<typeof resultSchema>;

export interface GatewayOptions {
  catalogue: Catalogue;
  log: Pick<EventLog, 'append'>;
  ledger: Pick<Ledger, 'seen' | 'there'>;
  /** Days that counted submissions are kept. */
  keepSubmissions: Retention['submissions'];
  intake: Pick<Intake, 'turn'>;
  isTrial: () => boolean;
  /** What is not in it was counted by then, and is found in the warehouse. */
  tail: Pick<Tail, 'check' | 'get' | 'add' | 'forget' | 'passed' | 'counted' | 'corrected'>;
}

/** No range has this id: the gateway is blind to nobody's rows. */
const NO_RANGE = '0';
/** A warehouse that hangs must not hold the portals: after this it counts as away. */
const SEEN_MS = 3_000;
const LOOK_AGAIN_MS = 250;
/** What is counted between two looks may seem to be there twice: only what stays so is refused. */
const MOST_LOOKS = 4;

/** Ingest decides later, when less is kept: what is accepted here is to be counted there. */
const LATER_MS = 86_400_000;
/** Of an original with more corrections that wait to be counted, ingest alone says what stands where. */
const MOST_WITHOUT = 2_000;

/** Events that are worked on without a pause. */
const SLICE = 50;

/** An event, its bytes and headers as they will stand in the log. */
interface Item {
  value: Buffer;
  headers: Readonly<Record<string, string>>;
  outcome: Outcome;
  key?: string;
  target?: string;
}

/** What is known of originals that lose some by a request: what corrections left of each, and what stands in its places. */
interface Remaining {
  left: ReadonlyMap<string, number>;
  standings: Standings;
}
const NOTHING: Remaining = { left: new Map(), standings: new Map() };

/** A correction and what it corrects, by their keys. */
interface Correcting {
  key: string;
  target: string;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #lookups: Lookups;
  /** The request under way that holds an event or an original, by its key; resolves when it is over. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#lookups = new Lookups(options.ledger, NO_RANGE);
  }

  /** Takes the events of one request from the portal `portal`; resolves once everything accepted is durable. */
  async accept(events: readonly Arrived[], portal: string): Promise<EventResult[]> {
    const { catalogue, intake, tail, isTrial } = this.#options;
    tail.check();
    const now = Date.now();
    const ours = {
      [HEADERS.portal]: portal,
      [HEADERS.received]: String(now),
      ...(isTrial() ? { [HEADERS.trial]: 'true' } : {}),
    };
    const items: Item[] = [];
    for (const slice of slicesOf(events)) {
      await intake.turn(portal, slice.length);
      for (const event of slice) items.push(this.#decide(event, ours, now, catalogue));
    }
    const unread = items.findIndex(({ outcome }) => !outcome.ok && outcome.code === 'not_json');
    if (unread >= 0) throw notJson(unread, items);
    if (items.every(({ outcome }) => !outcome.ok && outcome.code === 'wrong_source'))
      throw new HttpError(
        403,
        'wrong_source',
        `this key may write source ${portal} only, and every event names another one`,
      );
    // What one request brings or takes the next one must know: those with an event or an original in common follow each other.
    return this.#oneByOne(items, async () =>
      this.#store(items, portal, items.some(takesAway) ? await this.#remaining(items) : NOTHING),
    );
  }

  async #store(items: readonly Item[], portal: string, { left, standings }: Remaining): Promise<EventResult[]> {
    const { intake, log, tail } = this.#options;
    const seen = await this.#seen(items);

    const counting = new Counting({
      counted: (key) => seen.get(key),
      left: (key) => left.get(key),
      there: (target, event) => standings.get(placeAt(target, event)),
    });
    const accepted: UncountedEvent[] = [];
    const records: NewRecord[] = [];
    const results: EventResult[] = [];
    for (const slice of slicesOf(items)) {
      await intake.turn(portal, slice.length);
      for (const item of slice) {
        const { outcome, key, target } = item;
        const refuse = (code: string, reason: string): void => {
          results.push({ id: idOf(item), result: 'quarantined', code, reason });
          records.push(this.#record(item, portal, { code, reason }));
        };
        if (!outcome.ok || key === undefined) {
          if (!outcome.ok) refuse(outcome.code, outcome.reason);
          continue;
        }
        const { event } = outcome;
        const fault = counting.decide(event, key, target);
        if (fault === 'duplicate') {
          results.push({ id: event.id, result: 'duplicate' });
          continue;
        }
        if (fault !== undefined) {
          refuse(fault.code, fault.reason);
          continue;
        }
        accepted.push({
          key,
          kind: target === undefined ? event.kind : 'correction',
          count: event.kind === 'submission' ? event.count : 0,
          mark: event.kind === 'submission' ? placeMark(event) : 0,
          isJudged: true,
          ...(target === undefined ? {} : { original: target }),
        });
        results.push({ id: event.id, result: 'accepted' });
        records.push(this.#record(item, portal));
      }
    }

    try {
      await log.append(TOPICS.submissions, records);
    } catch (cause) {
      if (cause instanceof LogUnavailable)
        throw new HttpError(
          503,
          'log_unavailable',
          'the events could not be stored durably; none of this request counts as accepted, send it again',
          5,
          { cause },
        );
      throw cause;
    }
    for (const event of accepted) tail.add(event);
    return results;
  }

  /** Decides by what ingest will decide by; its clock is the log's, or this one where that is behind. */
  #decide(
    { value: sent, headers: given }: Arrived,
    ours: Readonly<Record<string, string>>,
    now: number,
    catalogue: Catalogue,
  ): Item {
    const headers = { ...given, ...ours };
    const found: PartialEvent = { event: {} };
    const read = decode({ value: sent, headers, timestamp: now }, catalogue, found);
    const outcome = read.ok ? refusedTwice(sent, given, found.event, read) : read;
    const value = withoutExtensions(sent, found.event);
    if (!outcome.ok) return { value, headers, outcome };
    const { event } = outcome;
    const item: Item = { value, headers, outcome, key: eventKey(event.source, event.id) };
    if (event.kind === 'submission' && event.corrects !== undefined)
      item.target = eventKey(event.source, event.corrects);
    return item;
  }

  /** Runs `work` when no request under way has a key of these. */
  async #oneByOne<T>(items: readonly Item[], work: () => Promise<T>): Promise<T> {
    const keys = new Set<string>();
    for (const { key, target } of items) {
      if (key !== undefined) keys.add(key);
      if (target !== undefined) keys.add(target);
    }
    for (;;) {
      const before = new Set<Promise<void>>();
      for (const key of keys) {
        const holder = this.#underWay.get(key);
        if (holder !== undefined) before.add(holder);
      }
      if (before.size === 0) break;
      await Promise.all(before);
    }
    let over = (): void => undefined;
    const isOver = new Promise<void>((resolve) => {
      over = resolve;
    });
    for (const key of keys) this.#underWay.set(key, isOver);
    try {
      return await work();
    } finally {
      for (const key of keys) this.#underWay.delete(key);
      over();
    }
  }

  /** Of the originals that lose some by these; what nobody knows is missing. */
  async #remaining(items: readonly Item[]): Promise<Remaining> {
    const takings = items.flatMap(({ outcome, target }): Taking[] => {
      const event = outcome.ok ? outcome.event : undefined;
      return target !== undefined && event?.kind === 'submission' && event.count < 0 ? [{ target, event }] : [];
    });
    try {
      for (let looks = 1; ; looks++) {
        const { isSettled, doubted, ...remaining } = await this.#look(takings);
        if (!fallsShort(items, remaining)) return remaining;
        if (looks < MOST_LOOKS && (looks === 1 || !isSettled)) {
          await sleep(LOOK_AGAIN_MS);
          continue;
        }
        if (doubted.length === 0 || !(await this.#forgetRefused(doubted))) return remaining;
      }
    } catch (cause) {
      if (cause instanceof WarehouseUnavailable) throw unchecked(cause);
      throw cause;
    }
  }

  /** What remains, whether that was so a look earlier, and the corrections in it that ingest may refuse. */
  async #look(takings: readonly Taking[]): Promise<Remaining & { isSettled: boolean; doubted: Correcting[] }> {
    const { tail, ledger } = this.#options;
    // Through another server a correction may have come a moment ago.
    if (!(await tail.passed())) throw catchingUp();
    const targets = [...new Set(takings.map(({ target }) => target))];
    const uncounted = targets.map((target) => [...tail.corrected.of(target)]);
    const keys = [...targets, ...uncounted.flat().map(([key]) => key)];
    const seen = await inTime(ledger.seen(keys, NO_RANGE, targets));
    const standings = await this.#standings(
      takings,
      seen,
      new Map(targets.map((target, at) => [target, uncounted[at] ?? []])),
    );
    const left = new Map<string, number>();
    const doubted: Correcting[] = [];
    let isSettled = true;
    for (const [at, target] of targets.entries()) {
      const original = seen.get(target) ?? tail.get(target);
      if (original?.count === undefined || original.kind !== 'submission') continue;
      let rest = original.count + (seen.get(target)?.corrected ?? 0);
      for (const [key, taken] of uncounted[at] ?? []) {
        if (taken.isSeen) {
          tail.corrected.forget(target, key);
          continue;
        }
        rest += taken.count;
        if (seen.has(key)) {
          taken.isSeen = true;
          isSettled = false;
        } else if (!taken.isJudged) doubted.push({ key, target });
      }
      left.set(target, rest);
    }
    return { left, standings, isSettled, doubted };
  }

  /**
   * What stands in the places of these: of what was seen counted the warehouse says it, as rows stand there before anything says that
   * they are counted; of the rest the tail does, and the warehouse leaves it out, though it may have come there meanwhile.
   */
  async #standings(
    takings: readonly Taking[],
    seen: ReadonlyMap<string, Seen>,
    uncounted: ReadonlyMap<string, readonly (readonly [string, Taken])[]>,
  ): Promise<Standings> {
    const { tail, ledger, keepSubmissions, catalogue } = this.#options;
    const standing: [string, string, Pick<Taken, 'count' | 'mark'>][] = [];
    for (const [target, corrections] of uncounted) {
      for (const [key, taken] of corrections) if (!seen.has(key)) standing.push([key, target, taken]);
      const original = seen.has(target) ? undefined : tail.get(target);
      if (original !== undefined) standing.push([target, target, original]);
    }
    if (standing.length > MOST_WITHOUT) return NOTHING.standings;
    const without = standing.map(([key]) => key);
    const since = keptSince(keepSubmissions, Date.now() + LATER_MS);
    const known = takings.filter(({ target }) => seen.has(target) || tail.get(target) !== undefined);
    const found = await inTime(ledger.there(known, NO_RANGE, { timeZone: catalogue.timeZone, since, without }));
    for (const { target, event } of new Map(
      known.map((taking) => [placeAt(taking.target, taking.event), taking]),
    ).values()) {
      const there = found.get(placeAt(target, event));
      if (there === undefined) continue;
      const mark = placeMark(event);
      for (const [, of, taken] of standing) if (of === target && taken.mark === mark) there.count += taken.count;
    }
    return found;
  }

  /** Waits until ingest has decided about these, and forgets what it refused. Whether there was any. */
  async #forgetRefused(doubted: readonly Correcting[]): Promise<boolean> {
    const { tail, ledger } = this.#options;
    const keys = doubted.map(({ key }) => key);
    const before = await inTime(ledger.seen(keys, NO_RANGE));
    const waiting = doubted.filter(({ key }) => !before.has(key));
    if (waiting.length === 0) return false;
    if (!(await tail.counted())) throw catchingUp();
    const after = await inTime(
      ledger.seen(
        waiting.map(({ key }) => key),
        NO_RANGE,
      ),
    );
    const refused = waiting.filter(({ key }) => !after.has(key));
    for (const { key, target } of refused) tail.forget(target, key);
    return refused.length > 0;
  }

  /** What is known of the request's events and of the originals that it corrects. */
  async #seen(items: readonly Item[]): Promise<Map<string, Seen>> {
    const { tail } = this.#options;
    const seen = new Map<string, Seen>();
    const own = new Set(items.flatMap(({ key }) => (key === undefined ? [] : [key])));
    // An original that comes before its correction in the same request need not be looked for.
    const targets = new Set<string>();
    const before = new Set<string>();
    for (const { key, target } of items) {
      if (target !== undefined && !before.has(target)) targets.add(target);
      if (key !== undefined) before.add(key);
    }
    const take = (keys: readonly string[], answer: ReadonlyMap<string, Seen>): void => {
      for (const key of keys) {
        const found = answer.get(key);
        if (found !== undefined) seen.set(key, found);
      }
    };
    const doubted = items.flatMap(({ key, target }) => {
      const recent = key === undefined || target === undefined ? undefined : tail.get(key);
      return recent?.correction === true && !recent.isJudged && key !== undefined && target !== undefined
        ? [{ key, target }]
        : [];
    });
    try {
      if (doubted.length > 0) await this.#forgetRefused(doubted);
    } catch (cause) {
      if (!(cause instanceof WarehouseUnavailable)) throw cause;
    }
    const ask: string[] = [];
    for (const key of new Set([...own, ...targets])) {
      const recent = tail.get(key);
      if (recent === undefined) ask.push(key);
      else seen.set(key, recent);
    }
    try {
      take(ask, await inTime(this.#lookups.ask(ask)));
      const missing = [...targets].filter((key) => !seen.has(key));
      if (missing.length > 0) {
        // Through another server an original may have come a moment ago: whatever stands in the log by now is to be read first.
        if (!(await tail.passed())) throw catchingUp();
        const again = missing.filter((key) => {
          const recent = tail.get(key);
          if (recent !== undefined) seen.set(key, recent);
          return recent === undefined;
        });
        take(again, await inTime(this.#lookups.ask(again)));
      }
    } catch (cause) {
      if (!(cause instanceof WarehouseUnavailable)) throw cause;
      // Repeats are found by ingest all the same; whether an original exists cannot be told, so nothing may be promised.
      if (targets.size > 0) throw unchecked(cause);
    }
    return seen;
  }

  #record(item: Item, portal: string, refused?: { code: string; reason: string }): NewRecord {
    const { value, headers } = item;
    const source = item.outcome.ok ? item.outcome.event.source : portal;
    const root = item.outcome.ok
      ? item.outcome.event.kind === 'submission'
        ? (item.outcome.event.corrects ?? item.outcome.event.id)
        : item.outcome.event.id
      : (item.outcome.rootId ?? hashed(value));
    return {
      key: partitionKey(source, root),
      value,
      headers:
        refused === undefined
          ? headers
          : { ...headers, [HEADERS.verdict]: refused.code, [HEADERS.reason]: refused.reason },
    };
  }
}

function* slicesOf<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < all.length; at += SLICE) yield all.slice(at, at + SLICE);
}

function notJson(at: number, items: readonly Item[]): HttpError {
  const outcome = items[at]?.outcome;
  const where = items.length === 1 ? 'the body' : `the body, at event ${at + 1} of ${items.length},`;
  const reason = outcome === undefined || outcome.ok ? '' : outcome.reason;
  return new HttpError(400, 'not_json', `${where} cannot be read: ${reason}`);
}

const idOf = ({ outcome }: Item): string | null => (outcome.ok ? outcome.event.id : (outcome.id ?? null));

/** A warehouse that hangs counts as away. */
const inTime = <T>(answer: Promise<T>): Promise<T> =>
  within(answer, SEEN_MS, () => {
    throw new WarehouseUnavailable(new Error(`no answer within ${SEEN_MS} ms`));
  });

const unchecked = (cause: unknown): HttpError =>
  new HttpError(503, 'warehouse_unavailable', 'corrections cannot be checked now; send the request again', 5, {
    cause,
  });

const takesAway = ({ outcome, target }: Item): boolean =>
  target !== undefined && outcome.ok && outcome.event.kind === 'submission' && outcome.event.count < 0;

/** Whether these would leave less than zero of an original, or in a place of it. */
function fallsShort(items: readonly Item[], { left, standings }: Remaining): boolean {
  const rest = new Map(left);
  const there = new Map([...standings].map(([place, { count }]) => [place, count]));
  for (const { outcome, target } of items) {
    if (target === undefined || !outcome.ok || outcome.event.kind !== 'submission') continue;
    const { event } = outcome;
    const place = placeAt(target, event);
    const [before, at] = [rest.get(target), there.get(place)];
    if (event.count < 0 && (at ?? before ?? -event.count) + event.count < 0) return true;
    if (before !== undefined) rest.set(target, before + event.count);
    if (at !== undefined) there.set(place, at + event.count);
  }
  return false;
}
