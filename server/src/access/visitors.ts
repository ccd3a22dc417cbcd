/**
 * Requests without a key: few at a time, in fair turns by connection, so that those with one never wait behind many; and an
 * answer that is not taken is not kept for ever.
 */
import type { Socket } from 'node:net';
import type { Request, Response } from 'express';
import { HttpError } from '../errors.ts';
import { Turns } from '../turns.ts';

/** So many begin at once; then they rest for a multiple of the time that took, within bounds: some 300 a second at rest. */
const A_SLICE = 4;
const REST = 8;
const SHORTEST_REST_MS = 10;
const LONGEST_REST_MS = 100;
const MOST_WAITING = 512;
/** Answers that their visitors have not taken yet. */
const MOST_UNDER_WAY = 1_000;
const BUSY_SECONDS = 1;

export class Visitors {
  readonly #waiting = new Turns<Socket, () => void>();
  /** The oldest first. */
  readonly #underWay = new Set<Response>();
  #left = A_SLICE;
  #timer: NodeJS.Timeout | undefined;

  /** Resolves when it is this request's turn, never for one that is gone by then. Rejects with 503 where too many wait. */
  async turn({ socket }: Request, response: Response): Promise<void> {
    this.#assertRoom();
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#underWay.add(response);
        // The one that has been taking its answer for longest gives way: a newcomer is always served.
        for (const oldest of this.#underWay) {
          if (this.#underWay.size <= MOST_UNDER_WAY) break;
          this.#underWay.delete(oldest);
          oldest.destroy();
        }
        resolve();
      };
      response.once('close', () => {
        this.#waiting.drop(socket, go);
        this.#underWay.delete(response);
      });
      this.#wait(socket, go);
    });
  }

  /** The same for whoever asks for a socket, whose answer is none of ours. */
  async socketTurn(socket: Socket): Promise<void> {
    this.#assertRoom();
    await new Promise<void>((resolve) => {
      const drop = (): void => this.#waiting.drop(socket, go);
      const go = (): void => {
        socket.removeListener('close', drop);
        resolve();
      };
      socket.once('close', drop);
      this.#wait(socket, go);
    });
  }

  #assertRoom(): void {
    if (this.#waiting.size >= MOST_WAITING)
      throw new HttpError(
        503,
        'busy',
        'many others ask at the moment; ask again after the time in Retry-After',
        BUSY_SECONDS,
      );
  }

  #wait(socket: Socket, go: () => void): void {
    this.#waiting.add(socket, go);
    this.#serve();
  }

  #serve(): void {
    while (this.#left > 0) {
      const go = this.#waiting.take();
      if (go === undefined) break;
      this.#left--;
      go();
    }
    if (this.#left === A_SLICE || this.#timer !== undefined) return;
    const began = performance.now();
    const rest = (): void => {
      const ms = Math.max(SHORTEST_REST_MS, Math.min((performance.now() - began) * REST, LONGEST_REST_MS));
      this.#timer = setTimeout(() => this.#renew(), ms);
    };
    // By then they were answered, and whatever else came in between took its time.
    this.#timer = setTimeout(rest, 0);
  }

  #renew(): void {
    this.#timer = undefined;
    this.#left = A_SLICE;
    this.#serve();
  }
}
