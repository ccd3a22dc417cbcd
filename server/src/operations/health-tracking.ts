/** Warehouse and log as the server uses them, with each outcome told to whoever must know whether they work. */
import { changeRecord, TOPICS } from '@room/contract';
import type { EventLog } from '@room/log';
import type { Dependency } from '@room/operations';
import type { Reads, Warehouse } from '@room/warehouse';

export function trackedReads(access: Warehouse, reads: Pick<Dependency, 'worked' | 'doubted'>): Warehouse {
  const told = async <T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> => {
    try {
      const rows = await answer;
      reads.worked();
      return rows;
    } catch (error) {
      // It may be the question that is at fault, or its asker who left.
      if (signal?.aborted !== true) reads.doubted();
      throw error;
    }
  };
  const tracked = (from: Reads): Reads => ({
    read: (sql, signal) => told(from.read(sql, signal), signal),
    readBound: (sql, values, signal) => told(from.readBound(sql, values, signal), signal),
  });
  return {
    command: (sql, rows) => access.command(sql, rows),
    ...tracked(access),
    strangers: tracked(access.strangers),
    isOneStore: access.isOneStore,
    bytes: (sql, format) => told(access.bytes(sql, format)),
    [Symbol.asyncDispose]: () => access[Symbol.asyncDispose](),
  };
}

export function trackedAppends(
  log: Pick<EventLog, 'append'>,
  appends: Pick<Dependency, 'worked' | 'failed'>,
): Pick<EventLog, 'append'> {
  return {
    append: async (topic, records) => {
      try {
        await log.append(topic, records);
        appends.worked();
      } catch (error) {
        appends.failed();
        throw error;
      }
    },
  };
}

/** A real append that changes nothing: while portals are turned away nobody else would find out that the log is back. */
export const appendNothing = (log: Pick<EventLog, 'append'>): Promise<void> =>
  log.append(TOPICS.changes, [NOTHING_CHANGED]);

const NOTHING_CHANGED = changeRecord({ days: [] });
