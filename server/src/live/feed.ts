/** Follows the pulse topic and keeps the running day's state: every server of a room has the same one at the same number. */
import { apply, type Delta, diff, type Pulse, readPulse, type Snapshot } from '@room/contract';

/** Why a record cannot be read is said at most so often, milliseconds: the job writes five a second. */
const SAID_EVERY = 60_000;

export class Feed {
  #current: Snapshot | undefined;
  /** How old it was when it came, and when that was on the clock of `performance.now()`. */
  #age = { ms: 0, at: 0 };
  readonly #former = new Set<string>();
  readonly #onDelta: (delta: Delta) => void;
  readonly #onDays: (days: readonly string[]) => void;
  readonly #onUnknown: () => void;
  readonly #report: (level: 'warn', message: string) => void;
  #saidAt = Number.NEGATIVE_INFINITY;

  /** `onUnknown`: what was told of changed days may have been missed, so any may have changed. */
  constructor(
    onDelta: (delta: Delta) => void,
    onDays: (days: readonly string[]) => void,
    onUnknown: () => void = () => undefined,
    report: (level: 'warn', message: string) => void = () => undefined,
  ) {
    this.#onDelta = onDelta;
    this.#onDays = onDays;
    this.#onUnknown = onUnknown;
    this.#report = report;
  }

  /** Undefined until the first full state. */
  get current(): Snapshot | undefined {
    return this.#current;
  }

  /** Milliseconds since the state was computed, whatever the clock has been set to since it came; undefined without one. */
  get ageMs(): number | undefined {
    return this.#current === undefined ? undefined : this.#age.ms + (performance.now() - this.#age.at);
  }

  #took(snapshot: Snapshot): void {
    this.#current = snapshot;
    this.#age = { ms: Math.max(0, Date.now() - snapshot.state.computedAt), at: performance.now() };
  }

  /** Takes a record of the topic. One that cannot be read, as a later version's, is passed over, and the state grows old. */
  read({ value }: { value: Uint8Array }): void {
    const read = readPulse(value);
    if (read.ok) {
      this.receive(read.value);
      return;
    }
    const now = performance.now();
    if (now - this.#saidAt < SAID_EVERY) return;
    this.#saidAt = now;
    this.#onUnknown();
    this.#report('warn', `a record of the pulse is passed over: ${read.why}`);
  }

  receive(pulse: Pulse): void {
    if (this.#former.has(pulse.epoch)) return;
    const before = this.#current;
    if (pulse.kind === 'patch') {
      // In mid-epoch, or after a lost record, only the next full state can tell.
      if (before === undefined || before.epoch !== pulse.epoch) return;
      // A producer's retry can store a record twice.
      if (pulse.seq <= before.seq) return;
      if (before.seq + 1 !== pulse.seq) {
        this.#current = undefined;
        this.#onUnknown();
        return;
      }
      this.#took({ ...before, seq: pulse.seq, state: apply(before.state, pulse.patch) });
      this.#onDelta({ room: 'now', epoch: pulse.epoch, seq: pulse.seq, patch: pulse.patch });
    } else {
      if (before?.epoch === pulse.epoch && pulse.seq <= before.seq) return;
      if (before?.epoch !== pulse.epoch) {
        if (before !== undefined) this.#former.add(before.epoch);
        // Whoever computed before may have known of changes that it told nobody, or told while nothing was read here.
        this.#onUnknown();
      }
      this.#took({ room: 'now', epoch: pulse.epoch, seq: pulse.seq, state: pulse.state });
      // Viewers of another epoch see that it is not theirs and ask for a snapshot.
      this.#onDelta({
        room: 'now',
        epoch: pulse.epoch,
        seq: pulse.seq,
        patch: diff(before?.state ?? {}, pulse.state) ?? {},
      });
    }
    if (pulse.days.length > 0) this.#onDays(pulse.days);
  }
}
