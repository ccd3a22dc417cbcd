/**
 * How much the gateway takes in at once, with a share for each portal. Bodies are bounded in bytes, as they arrive, in number
 * and in time; few are unpacked at a time; and the work on them goes in slices and in fair turns among portals, so that
 * sockets, counting and other portals never wait long for a large batch.
 */
import { MAX_BATCH_BYTES } from '@room/contract';
import { TurnBudget } from '@room/runtime';
import { HttpError } from '../errors.ts';
import { Turns } from '../turns.ts';

export interface IntakeOptions {
  /** Bytes of bodies that may be held at once. */
  mostBytes?: number;
  /** Bytes of bodies that may be unpacked at once; a body is several times its size then. */
  mostUnpacked?: number;
  /** Requests that may be under way at once. */
  mostRequests?: number;
  /** Longest time that a body may take, and when its rate is looked at first, milliseconds. */
  bodyMs?: number;
  graceMs?: number;
}

/** Units of work in one turn of the event loop; an event is one unit at every step, some 10 us. */
const UNITS_A_TURN = 100;
const BUSY_SECONDS = 1;
/** Of all bytes, and of all requests, those that one portal may have while others have none. */
const BYTES_OF_ONE = 1 / 2;
const REQUESTS_OF_ONE = 1 / 4;
/** Of its bytes, those beyond which nothing new of a portal is begun. */
const FULL = 3 / 4;
/** Bytes a second that a body must bring after its first seconds. */
const LEAST_RATE = 1024;
const LOOK_MS = 250;
/** A body as small as this does not wait for a large one of another portal. */
const SMALL_BYTES = 64 * 1024;

/** One request under way, from its key to its answer. */
export interface Place {
  readonly portal: string;
  /** Bytes that it holds. */
  bytes: number;
  /** Bytes that came over the connection. */
  arrived: number;
  readonly since: number;
  /** While its body is read or waits, it can be sent away. */
  refuse: ((error: HttpError) => void) | undefined;
  isReading: boolean;
}

interface Share {
  bytes: number;
  places: Set<Place>;
}

export class Intake implements Disposable {
  readonly #mostBytes: number;
  readonly #mostUnpacked: number;
  readonly #mostRequests: number;
  readonly #bodyMs: number;
  readonly #graceMs: number;
  readonly #shares = new Map<string, Share>();
  #bytes = 0;
  #requests = 0;
  #unpacked = 0;
  /** Portals with a body unpacked. */
  readonly #inside = new Map<string, number>();
  readonly #outside = new Turns<string, { place: Place; enter: (counted: number) => void }>();
  readonly #working = new TurnBudget(UNITS_A_TURN, () => this.#goOn());
  readonly #turns = new Turns<string, { units: number; go: () => void }>();
  readonly #timer: NodeJS.Timeout;

  constructor({
    mostBytes = 8 * MAX_BATCH_BYTES,
    mostUnpacked = MAX_BATCH_BYTES / 2,
    mostRequests = 1_024,
    bodyMs = 10_000,
    graceMs = 5_000,
  }: IntakeOptions = {}) {
    this.#mostBytes = mostBytes;
    this.#mostUnpacked = mostUnpacked;
    this.#mostRequests = mostRequests;
    this.#bodyMs = bodyMs;
    this.#graceMs = graceMs;
    this.#timer = setInterval(() => this.#endSlow(), LOOK_MS).unref();
  }

  /** A place for one more request of `portal`, until `leave`. Throws 429 where it has too many. */
  enter(portal: string): Place {
    const share = this.#shares.get(portal) ?? { bytes: 0, places: new Set() };
    if (share.places.size >= this.#mostRequests * REQUESTS_OF_ONE) throw busy();
    // What it would bring could not be kept.
    if (share.places.size > 0 && share.bytes >= this.#mostBytes * BYTES_OF_ONE * FULL) throw busy();
    if (this.#requests >= this.#mostRequests) {
      if (share.places.size >= this.#mostRequests / this.#portalsWith(portal)) throw busy();
      this.#sendAway(({ places }) => places.size);
    }
    this.#shares.set(portal, share);
    const place = { portal, bytes: 0, arrived: 0, since: performance.now(), refuse: undefined, isReading: true };
    share.places.add(place);
    this.#requests++;
    return place;
  }

  /**
   * Keeps room for so many bytes more. Where the portal is over its share its youngest request gives way, or those that grow
   * together would all be refused; throws 429 where that is this one. Others give way where it is not.
   */
  take(place: Place, bytes: number): void {
    const share = this.#shares.get(place.portal);
    if (share === undefined || !share.places.has(place)) return;
    // One body fits whatever its size.
    const isOver = (most: number): boolean => share.bytes > place.bytes && share.bytes + bytes > most;
    const giveWay = (): void => {
      const youngest = youngestOf(share, (one) => one === place || (one.bytes > 0 && one.refuse !== undefined));
      if (youngest === undefined || youngest === place) throw busy();
      this.#refuse(youngest, busy());
    };
    while (isOver(this.#mostBytes * BYTES_OF_ONE)) giveWay();
    while (this.#bytes + bytes > this.#mostBytes) {
      if (isOver(this.#mostBytes / this.#shares.size)) giveWay();
      else if (!this.#sendAway((one) => (one === share ? 0 : one.bytes))) break;
    }
    place.bytes += bytes;
    share.bytes += bytes;
    this.#bytes += bytes;
  }

  /** The body is whole: from now on it takes the time it takes. */
  arrived(place: Place): void {
    place.isReading = false;
  }

  /** The request is over. */
  leave(place: Place): void {
    const share = this.#shares.get(place.portal);
    if (share === undefined || !share.places.delete(place)) return;
    this.#requests--;
    this.#bytes -= place.bytes;
    share.bytes -= place.bytes;
    if (share.places.size === 0) this.#shares.delete(place.portal);
    place.refuse?.(new HttpError(400, 'aborted', 'the sender left before it was answered; send it again'));
  }

  #portalsWith(portal: string): number {
    return this.#shares.size + (this.#shares.has(portal) ? 0 : 1);
  }

  /** Refuses the youngest request of the portal that has most and can be refused; false where there is none. */
  #sendAway(held: (share: Share) => number): boolean {
    const shares = [...this.#shares.values()].filter((share) => held(share) > 0).sort((a, b) => held(b) - held(a));
    for (const share of shares) {
      const place = youngestOf(share, ({ refuse }) => refuse !== undefined);
      if (place === undefined) continue;
      this.#refuse(place, busy());
      return true;
    }
    return false;
  }

  #refuse(place: Place, error: HttpError): void {
    const { refuse } = place;
    place.refuse = undefined;
    this.leave(place);
    refuse?.(error);
  }

  #endSlow(): void {
    const now = performance.now();
    for (const { places } of [...this.#shares.values()])
      for (const place of [...places]) {
        const ms = now - place.since;
        if (!place.isReading || ms < this.#graceMs) continue;
        if (ms < this.#bodyMs && place.arrived >= (ms / 1_000) * LEAST_RATE) continue;
        this.#refuse(
          place,
          new HttpError(408, 'too_slow', `the body was not complete in time; send it within ${this.#bodyMs / 1_000} s`),
        );
      }
  }

  /** Waits until a body that has arrived may be unpacked, in fair turns among portals; the result ends that. */
  async unpack(place: Place): Promise<Disposable> {
    const { portal } = place;
    const counted =
      this.#fits(place) && (this.#outside.size === 0 || this.#isSmall(place))
        ? this.#begin(place)
        : await new Promise<number>((resolve, reject) => {
            const waiting = { place, enter: resolve };
            this.#outside.add(portal, waiting);
            place.refuse = (error) => {
              this.#outside.drop(portal, waiting);
              reject(error);
            };
          });
    return {
      [Symbol.dispose]: () => {
        this.#unpacked -= counted;
        const inside = (this.#inside.get(portal) ?? 1) - 1;
        if (inside > 0) this.#inside.set(portal, inside);
        else this.#inside.delete(portal);
        for (let next = this.#outside.next; next !== undefined && this.#fits(next.place); next = this.#outside.next) {
          this.#outside.take();
          next.enter(this.#begin(next.place));
        }
      },
    };
  }

  /** Returns the bytes that count: those let in beside the others do not, or a large body would wait for ever behind them. */
  #begin(place: Place): number {
    const isPast = (this.#outside.size > 0 || !this.#isRoom(place)) && this.#isSmall(place);
    const counted = isPast ? 0 : place.bytes;
    place.refuse = undefined;
    this.#unpacked += counted;
    this.#inside.set(place.portal, (this.#inside.get(place.portal) ?? 0) + 1);
    return counted;
  }

  #fits(place: Place): boolean {
    return this.#isRoom(place) || this.#isSmall(place);
  }

  #isRoom({ bytes }: Place): boolean {
    return this.#unpacked === 0 || this.#unpacked + bytes <= this.#mostUnpacked;
  }

  /** One small body for each portal goes beside whatever is unpacked. */
  #isSmall({ bytes, portal }: Place): boolean {
    return bytes <= SMALL_BYTES && !this.#inside.has(portal) && this.#outside.of(portal) === 0;
  }

  /** Before work of so many units: at once while this turn of the event loop has some left, in a later turn otherwise. */
  async turn(portal: string, units: number): Promise<void> {
    if (this.#turns.size > 0 || this.#working.isSpent)
      await new Promise<void>((go) => void this.#turns.add(portal, { units, go }));
    else this.#working.take(units);
  }

  #goOn(): void {
    while (!this.#working.isSpent) {
      const next = this.#turns.take();
      if (next === undefined) return;
      this.#working.take(next.units);
      next.go();
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

const youngestOf = ({ places }: Share, among: (place: Place) => boolean): Place | undefined =>
  [...places].reverse().find(among);

const busy = (): HttpError =>
  new HttpError(
    429,
    'busy',
    'this portal has more requests under way than can be taken in at once; send again after the time in Retry-After',
    BUSY_SECONDS,
  );
