/** What one process at a time does: the one that holds the changes topic under a group of the work's own. */
import { TOPICS } from '@room/contract';
import type { Batch, EventLog } from '@room/log';
import { within } from '@room/runtime';

/** Made anew each time that this process takes the lead. */
export interface Work {
  start(): void;
  /** Resolves when nothing is read or written any more. */
  stop(): Promise<void>;
}

export interface LeaderElectionOptions<Led extends Work> {
  log: Pick<EventLog, 'subscribe'>;
  group: string;
  begin: () => Led;
  /** This process leads from now on, or no longer. */
  leads: (isLeading: boolean) => void;
  /** What changed, before it is committed; undefined where only the membership matters. */
  changed?: (work: Led, records: Batch['records']) => void;
}

/** Who holds this one leads, however many partitions the topic was made with. */
const LED_PARTITION = 0;
/** Records of one look at what changed. */
const MAX_RECORDS = 500;
/** A log or a warehouse that is away must not keep the process from ending. */
const STOP_MS = 4_000;

export async function runWhileLeader<Led extends Work>(options: LeaderElectionOptions<Led>): Promise<AsyncDisposable> {
  const { log, group, begin, leads, changed } = options;
  let leading: Led | undefined;
  let stopped: Promise<void> = Promise.resolve();
  /** Assignments and losses so far: what one began while it waited ends with the next. */
  let turns = 0;

  /** Whoever asks again waits for the same end. */
  const stop = (): Promise<void> => {
    const work = leading;
    turns++;
    leading = undefined;
    leads(false);
    if (work !== undefined) stopped = work.stop();
    return stopped;
  };

  const subscription = await log.subscribe({
    topic: TOPICS.changes,
    group,
    maxRecords: MAX_RECORDS,
    assigned: async (partitions) => {
      const ended = stop();
      const turn = turns;
      await ended;
      if (turn !== turns || !partitions.includes(LED_PARTITION)) return;
      leading = begin();
      leading.start();
      leads(true);
    },
    revoked: () => void stop(),
    redelivering: () => undefined,
    handle: async (batch) => {
      if (leading !== undefined) changed?.(leading, batch.records);
      await batch.commit({ offset: batch.next, metadata: '' });
    },
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await subscription[Symbol.asyncDispose]();
      await stop();
    },
  };
}

/** Resolves when `done` does, or after as long as an end may take. */
export const ended = (done: Promise<void>): Promise<void> => within(done, STOP_MS);
