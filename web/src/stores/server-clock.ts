/**
 * The server's clock, told by each of its messages and kept by the monotonic clock in between: what a screen's own clock says,
 * and whether it is set while the page is open, misleads nobody.
 */

/** Milliseconds by which a message may seem to come from the past, as one that waited on its way does. */
const LATE = 1_000;

export class ServerClock {
  #known: { server: number; at: number };

  /** `server` in milliseconds since 1970 UTC; `at` on the clock of `performance.now()`, as below. */
  constructor(server: number, at: number) {
    this.#known = { server, at };
  }

  now(at: number): number {
    return this.#known.server + at - this.#known.at;
  }

  /** A message that was sent at `server` came. The quickest tell best; one that says much less was sent after the clock was set. */
  told(server: number, at: number): void {
    const ahead = server - this.now(at);
    if (ahead > 0 || ahead < -LATE) this.#known = { server, at };
  }
}
