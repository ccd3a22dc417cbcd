/** Brings the warehouse up to date before counting begins: one process at a time, and while no other one counts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { changeRecord, INGEST_GROUP, TOPICS } from '@room/contract';
import type { EventLog } from '@room/log';
import { type Access, type Dialect, migrate, outstanding } from '@room/warehouse';
import { decodePending } from './range.ts';

export interface UpgradeOptions {
  access: Access;
  dialect: Dialect;
  /** Its topics exist. */
  log: Pick<EventLog, 'subscribe' | 'append' | 'committed' | 'members'>;
  report: (level: 'info' | 'warn', message: string) => void;
  /** Milliseconds to wait until members of an earlier version have stopped counting. */
  patience?: number;
}

const GROUP = 'upgrade';
/** A member that died leaves its group after a session timeout only. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 500;
/** Filling a table with years of events takes its time. */
const HOLD_MS = 6 * 3_600_000;

export async function upgradeWarehouse(options: UpgradeOptions): Promise<void> {
  const { access, dialect, log, report } = options;
  if ((await outstanding(access, dialect)).length === 0) return;
  await alone(log, () =>
    migrate(access, dialect, {
      unsettled: async () => {
        await untilNobodyCounts(options);
        return unsettled(log);
      },
      report: (message) => report('info', message),
    }),
  );
}

/**
 * Runs `work` in the handler of a record: until it is done the partition stays with this process, whoever joins meanwhile,
 * and passes on at once if the process dies.
 */
async function alone<T>(log: Pick<EventLog, 'subscribe' | 'append'>, work: () => Promise<T>): Promise<T> {
  await log.append(TOPICS.changes, [changeRecord({ days: [] })]);
  let subscribed: Promise<AsyncDisposable> | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      let hasBegun = false;
      subscribed = log.subscribe({
        topic: TOPICS.changes,
        group: GROUP,
        maxRecords: 1,
        holdMs: HOLD_MS,
        assigned: async () => undefined,
        revoked: () => undefined,
        redelivering: () => undefined,
        handle: async () => {
          if (hasBegun) return;
          hasBegun = true;
          await work().then(resolve, reject);
        },
      });
      subscribed.catch(reject);
    });
  } finally {
    await (await subscribed)?.[Symbol.asyncDispose]();
  }
}

/** What another process counts while a table is being filled would be missing from it for ever. */
async function untilNobodyCounts({ log, report, patience = PATIENCE_MS }: UpgradeOptions): Promise<void> {
  const until = performance.now() + patience;
  for (let said = false; ; said = true) {
    const members = await log.members(INGEST_GROUP);
    if (members === 0) return;
    if (performance.now() > until)
      throw new Error(
        `${members} pipelines of an earlier version are still counting; stop them to upgrade, then start again`,
      );
    if (!said)
      report('warn', `waiting for ${members} pipelines of an earlier version to stop, to upgrade the warehouse`);
    await sleep(LOOK_MS);
  }
}

async function unsettled(log: Pick<EventLog, 'committed'>): Promise<string[]> {
  const committed = await log.committed(TOPICS.submissions, INGEST_GROUP);
  return [...committed].flatMap(([partition, { metadata }]) => {
    const pending = decodePending(metadata);
    if (pending === undefined) return [];
    if (pending.id === '')
      throw new Error(
        `partition ${partition} has a range up to offset ${pending.last} whose insert was cut off by an earlier version; ` +
          'start that version once so that the range is finished, stop it, then upgrade',
      );
    return [pending.id];
  });
}
