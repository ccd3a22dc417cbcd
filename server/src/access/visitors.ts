/**
 * Requests without a key: few at a time, in fair turns, so that those with one never wait behind many; those of people and screens that
 * are known, by name, in a line of their own that goes first, those of strangers by connection; and an answer that is not taken is not
 * kept for ever.
 */

import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { onceClosed } from '../closed.ts';
import { HttpError } from '../errors.ts';
import { Turns } from '../turns.ts';

/** So many begin at once; then they rest for a multiple of the time that took, within bounds: some 300 a second at rest. */
const A_SLICE = 4;
const REST = 8;
const SHORTEST_REST_MS = 10;
const LONGEST_REST_MS = 100;
/** In each of the two lines, and of one name. */
const MOST_WAITING = 512;
const MOST_OF_ONE = 64;
/** Answers of a line that their visitors have not taken yet. */
const MOST_UNDER_WAY = 1_000;
const BUSY_SECONDS = 1;

class Line<Owner> {
  readonly waiting = new Turns<Owner, () => void>();
  /** The oldest first. */
  readonly #underWay = new Set<Response>();

  begin(response: Response): void {
    this.#underWay.add(response);
    // The one that has been taking its answer for longest gives way: a newcomer is always served.
    for (const oldest of this.#underWay) {
      if (this.#underWay.size <= MOST_UNDER_WAY) break;
      this.#underWay.delete(oldest);
      oldest.destroy();
    }
  }

  end(response: Response): void {
    this.#underWay.delete(response);
  }
}

export class Visitors {
  readonly #known = new Line<string>();
  readonly #strangers = new Line<Socket>();
  #left = A_SLICE;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Resolves when it is this request's turn, never for one that is gone by then; `name` where it is known whose it is. Rejects with 503
   * where too many wait.
   */
  async turn({ socket }: Request, response: Response, name?: string): Promise<void> {
    if (name === undefined) {
      await this.#assertRoom(response);
      await this.#wait(this.#strangers, socket, response);
      return;
    }
    const { waiting } = this.#known;
    if (waiting.size >= MOST_WAITING || waiting.of(name) >= MOST_OF_ONE) throw busy();
    await this.#wait(this.#known, name, response);
  }

  /** The same for whoever asks for a socket, whose answer is none of ours. */
  async socketTurn(socket: Socket): Promise<void> {
    if (this.#isFull) throw busy();
    await new Promise<void>((resolve) => {
      const drop = (): void => this.#strangers.waiting.drop(socket, go);
      const go = (): void => {
        socket.removeListener('close', drop);
        resolve();
      };
      socket.once('close', drop);
      this.#strangers.waiting.add(socket, go);
      this.#serve();
    });
  }

  get #isFull(): boolean {
    return this.#strangers.waiting.size >= MOST_WAITING;
  }

  /** Whoever is refused hears it after a moment: at once they would be back at once, and refusing is work too. */
  async #assertRoom(response: Response): Promise<void> {
    if (!this.#isFull) return;
    await sleep(BUSY_SECONDS * 1_000);
    if (this.#isFull || response.destroyed) throw busy();
  }

  #wait<Owner>(line: Line<Owner>, owner: Owner, response: Response): Promise<void> {
    return new Promise<void>((resolve) => {
      const go = (): void => {
        line.begin(response);
        resolve();
      };
      onceClosed(response, () => {
        line.waiting.drop(owner, go);
        line.end(response);
      });
      line.waiting.add(owner, go);
      this.#serve();
    });
  }

  /** Of a slice the last is a stranger's, so that no crowd of either keeps the other out. */
  #take(): (() => void) | undefined {
    const [known, strangers] = [this.#known.waiting, this.#strangers.waiting];
    return this.#left > 1 ? (known.take() ?? strangers.take()) : (strangers.take() ?? known.take());
  }

  #serve(): void {
    while (this.#left > 0) {
      const go = this.#take();
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

const busy = (): HttpError =>
  new HttpError(503, 'busy', 'many others ask at the moment; ask again after the time in Retry-After', BUSY_SECONDS);
