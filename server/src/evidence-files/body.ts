/** Brings a file in: as many bytes as its sender said, bounded in bytes and in time, and beside no more than memory bears. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { MOST_FILE_BYTES } from '@room/contract';
import { HttpError } from '../errors.ts';

/** Of all files under way. */
const MOST_UNDER_WAY_BYTES = 60_000_000;
const MOST_OF_ONE = 2;
const BUSY_SECONDS = 2;
/** For the whole of a file: 10 MB by half a megabit a second. */
export const ARRIVES_MS = 180_000;
/** Of the rate by which it is whole in time, that which it must have on average once its first seconds are over: lines falter. */
const LEAST_OF_RATE = 1 / 4;
const GRACE_MS = 10_000;
const LOOK_MS = 250;

/** Places for files that are on their way. */
export class Arrivals {
  readonly #ofOwner = new Map<string, number>();
  #bytes = 0;

  /** Throws 429 or 503 where there is none; the place is free once it is disposed of. */
  enter(owner: string, size: number): Disposable {
    const own = this.#ofOwner.get(owner) ?? 0;
    if (own >= MOST_OF_ONE)
      throw new HttpError(
        429,
        'too_many_at_once',
        `${MOST_OF_ONE} files at a time may be brought by one person: wait for one`,
        BUSY_SECONDS,
      );
    if (this.#bytes + size > MOST_UNDER_WAY_BYTES)
      throw new HttpError(503, 'busy', 'many others bring files at the moment; try again', BUSY_SECONDS);
    this.#ofOwner.set(owner, own + 1);
    this.#bytes += size;
    return {
      [Symbol.dispose]: () => {
        this.#bytes -= size;
        const left = (this.#ofOwner.get(owner) ?? 1) - 1;
        if (left > 0) this.#ofOwner.set(owner, left);
        else this.#ofOwner.delete(owner);
      },
    };
  }
}

/** How many bytes its sender says; throws where they are none, too many, packed, or not said. */
export function sizeOf({ headers }: Pick<IncomingMessage, 'headers'>): number {
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    throw new HttpError(415, 'encoding', 'a file is sent as it is, without content-encoding');
  const size = Number(headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(size))
    throw new HttpError(411, 'length_required', 'say how many bytes the file has, in Content-Length');
  if (size === 0) throw new HttpError(400, 'file_empty', 'the file is empty');
  if (size > MOST_FILE_BYTES)
    throw new HttpError(
      413,
      'file_too_large',
      `a file has at most ${MOST_FILE_BYTES / 1e6} MB: make it smaller, or publish it and give a link`,
      undefined,
      { numbers: { most: MOST_FILE_BYTES / 1e6 } },
    );
  return size;
}

/**
 * Rejects with 400 where it ends early, and with 408 where it comes so slowly that it only holds the place of others: nothing of it is
 * kept then.
 */
export function readFile(
  request: IncomingMessage,
  size: number,
  { graceMs = GRACE_MS, lookMs = LOOK_MS }: { graceMs?: number; lookMs?: number } = {},
): Promise<{ bytes: Buffer; sha256: string }> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    const since = performance.now();
    let chunks: Buffer[] = [];
    let come = 0;
    const look = setInterval(() => {
      const ms = performance.now() - since;
      if (ms < graceMs || come >= (LEAST_OF_RATE * size * ms) / ARRIVES_MS) return;
      over();
      chunks = [];
      reject(
        new HttpError(408, 'too_slow', 'the file came too slowly, and nothing of it is kept; send it by a faster line'),
      );
    }, lookMs);
    const over = (): void => {
      clearInterval(look);
      request.off('data', arrived).off('end', ended).off('close', gone).off('error', gone);
    };
    const arrived = (chunk: Buffer): void => {
      hash.update(chunk);
      chunks.push(chunk);
      come += chunk.byteLength;
    };
    const gone = (): void => {
      over();
      chunks = [];
      reject(new HttpError(400, 'aborted', 'the file ended early, and nothing of it is kept; send it again'));
    };
    const ended = (): void => {
      over();
      const bytes = Buffer.concat(chunks);
      if (bytes.byteLength === size) resolve({ bytes, sha256: hash.digest('hex') });
      else gone();
    };
    request.on('data', arrived).on('end', ended).on('close', gone).on('error', gone);
  });
}
