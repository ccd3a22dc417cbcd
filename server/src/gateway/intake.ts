/**
 * How much the gateway takes in at once. Bodies that are read or wait are bounded in bytes, before they are read; few are
 * unpacked at a time; and the work on them goes in slices, so that sockets and counting never wait long for a large batch.
 */
import { MAX_BATCH_BYTES } from '@room/contract';
import { HttpError } from '../errors.ts';

export interface IntakeOptions {
  /** Bytes of bodies that may be on their way in at once. */
  mostBytes?: number;
  /** Bytes of bodies that may be unpacked at once; a body is several times its size then. */
  mostUnpacked?: number;
}

/** Units of work in one turn of the event loop; an event is one unit at every step, some 10 us. */
const UNITS_A_TURN = 100;
const BUSY_SECONDS = 1;

export class Intake {
  readonly #mostBytes: number;
  readonly #mostUnpacked: number;
  #bytes = 0;
  #unpacked = 0;
  readonly #outside: { bytes: number; enter: () => void }[] = [];
  #unitsLeft = UNITS_A_TURN;
  readonly #turns: { units: number; go: () => void }[] = [];
  #isTurning = false;

  constructor({ mostBytes = 8 * MAX_BATCH_BYTES, mostUnpacked = MAX_BATCH_BYTES / 2 }: IntakeOptions = {}) {
    this.#mostBytes = mostBytes;
    this.#mostUnpacked = mostUnpacked;
  }

  /** Keeps room for a body of so many bytes until the result is called. Throws 429 where there is none. */
  reserve(bytes: number): () => void {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#mostBytes)
      throw new HttpError(
        429,
        'busy',
        'more requests are under way than can be taken in at once; send again after the time in Retry-After',
        BUSY_SECONDS,
      );
    this.#bytes += bytes;
    return () => {
      this.#bytes -= bytes;
      bytes = 0;
    };
  }

  /** Waits until a body of so many bytes may be unpacked, first come, first served; the result ends that. */
  async unpack(bytes: number): Promise<Disposable> {
    if (this.#outside.length > 0 || !this.#fits(bytes))
      await new Promise<void>((enter) => void this.#outside.push({ bytes, enter }));
    else this.#unpacked += bytes;
    return {
      [Symbol.dispose]: () => {
        this.#unpacked -= bytes;
        for (let next = this.#outside[0]; next !== undefined && this.#fits(next.bytes); next = this.#outside[0]) {
          this.#outside.shift();
          this.#unpacked += next.bytes;
          next.enter();
        }
      },
    };
  }

  #fits(bytes: number): boolean {
    return this.#unpacked === 0 || this.#unpacked + bytes <= this.#mostUnpacked;
  }

  /** Before work of so many units: at once while this turn of the event loop has some left, in a later turn otherwise. */
  async turn(units: number): Promise<void> {
    if (this.#turns.length > 0 || this.#unitsLeft <= 0)
      await new Promise<void>((go) => void this.#turns.push({ units, go }));
    else this.#unitsLeft -= units;
    this.#renew();
  }

  #renew(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      this.#isTurning = false;
      this.#unitsLeft = UNITS_A_TURN;
      while (this.#unitsLeft > 0) {
        const next = this.#turns.shift();
        if (next === undefined) return;
        this.#unitsLeft -= next.units;
        next.go();
      }
      this.#renew();
    });
  }
}
