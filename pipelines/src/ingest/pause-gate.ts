/** Lets work through until it is closed; closed, it stands between two pieces of work with nothing half done. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 100;

export class PauseGate {
  #isClosing = false;
  #isClosed = false;
  #inside = 0;
  #waiting: (() => void)[] = [];

  /** Waits while the gate is closed. What was cut off earlier may still be finished while the gate is closing. */
  async enter(isCutOff: boolean): Promise<void> {
    while (this.#isClosed || (this.#isClosing && !isCutOff)) await this.#change();
    this.#inside++;
  }

  leave(): void {
    this.#inside--;
    this.#tell();
  }

  get isClosed(): boolean {
    return this.#isClosing;
  }

  /** Resolves when nothing is inside and nothing is cut off; disposing what it returns opens the gate. */
  async close(settled: () => Promise<boolean>): Promise<Disposable> {
    if (this.#isClosing) throw new Error('counting is paused already');
    this.#isClosing = true;
    try {
      for (;;) {
        while (this.#inside > 0) await this.#change();
        if ((await settled()) && this.#inside === 0) break;
        if (this.#inside === 0) await sleep(LOOK_MS);
      }
      this.#isClosed = true;
    } catch (error) {
      this.#open();
      throw error;
    }
    return { [Symbol.dispose]: () => this.#open() };
  }

  #open(): void {
    this.#isClosing = false;
    this.#isClosed = false;
    this.#tell();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
