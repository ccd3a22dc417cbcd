/**
 * Keeps what the walls showed: follows the pulse topic as a group of its own, one process at a time, and writes its records in
 * company. Their place is committed after they are written, so a kill brings them again, and they replace themselves.
 */
import { apply, type Pulse, readPulse, TOPICS, type WallState } from '@room/contract';
import type { Batch, EventLog } from '@room/log';
import type { ShownPulse, ShownStore } from '@room/warehouse';

const GROUP = 'archive';
const MINUTE_MS = 60_000;
/** So long records wait for company: an insert of one costs as much as one of a hundred. */
const WRITE_EVERY_MS = 5_000;
const MOST_RECORDS = 200;

export interface ArchiveOptions {
  log: Pick<EventLog, 'subscribe'>;
  store: Pick<ShownStore, 'writePulses' | 'writeMinutes'>;
  report: (level: 'warn', message: string) => void;
  /** Milliseconds. */
  writeEveryMs?: number;
}

export async function startArchive({
  log,
  store,
  report,
  writeEveryMs = WRITE_EVERY_MS,
}: ArchiveOptions): Promise<AsyncDisposable> {
  let keeper = new Keeper();
  let writtenAt = Number.NEGATIVE_INFINITY;
  /** Why records could not be read, each said once. */
  const unread = new Set<string>();
  const anew = (): void => {
    keeper = new Keeper();
  };
  return log.subscribe({
    topic: TOPICS.pulse,
    group: GROUP,
    maxRecords: MOST_RECORDS,
    assigned: async () => anew(),
    revoked: anew,
    redelivering: anew,
    handle: async (batch: Batch) => {
      for (const { value } of batch.records) {
        const read = readPulse(value);
        if (read.ok) keeper.take(read.value, value);
        else if (!unread.has(read.why)) {
          unread.add(read.why);
          report('warn', `records of the pulse are not kept: ${read.why}`);
        }
      }
      const now = performance.now();
      if (keeper.size < MOST_RECORDS && now - writtenAt < writeEveryMs) return;
      const { pulses, minutes } = keeper.taken();
      await store.writePulses(pulses);
      await store.writeMinutes(minutes);
      await batch.commit({ offset: batch.next, metadata: '' });
      writtenAt = now;
    },
  });
}

/** What was read and not written yet, and the state that it leads to. */
class Keeper {
  #pulses: ShownPulse[] = [];
  #minutes: WallState[] = [];
  #last: { epoch: string; seq: number; state: WallState } | undefined;
  #minute = Number.NaN;

  get size(): number {
    return this.#pulses.length;
  }

  take(pulse: Pulse, body: Uint8Array): void {
    const { epoch, seq } = pulse;
    const before = this.#last;
    if (before?.epoch === epoch && seq <= before.seq) return;
    const base = before?.epoch === epoch && before.seq + 1 === seq ? before.state : undefined;
    const state = pulse.kind === 'state' ? pulse.state : base && apply(base, pulse.patch);
    this.#last = state && { epoch, seq, state };
    // A patch says when it was computed, whether or not what it builds on is known.
    const computedAt = state?.computedAt ?? told(pulse);
    if (computedAt === undefined) return;
    this.#pulses.push({ computedAt, epoch, seq, body });
    const minute = Math.floor(computedAt / MINUTE_MS);
    if (state === undefined || minute === this.#minute) return;
    this.#minute = minute;
    this.#minutes.push(state);
  }

  taken(): { pulses: ShownPulse[]; minutes: WallState[] } {
    const taken = { pulses: this.#pulses, minutes: this.#minutes };
    this.#pulses = [];
    this.#minutes = [];
    return taken;
  }
}

function told(pulse: Pulse): number | undefined {
  const { patch } = pulse as Extract<Pulse, { kind: 'patch' }>;
  const at = (patch as { computedAt?: unknown }).computedAt;
  return typeof at === 'number' ? at : undefined;
}
