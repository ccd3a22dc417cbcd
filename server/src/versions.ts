/** What something that is edited was, version by version, as the audit has it. */
import type { Version } from '@room/contract';
import type { AuditEntry } from '@room/database';

const CHANGES = ['created', 'changed', 'removed', 'restored'] as const;

/** `bodyOf` reads what an earlier version of the room wrote, too. */
export function versionsOf<T>(entries: readonly AuditEntry[], bodyOf: (after: unknown) => T): Version<T>[] {
  return entries
    .filter(({ version }) => version !== null)
    .map(({ version, who, at, action, why, after }) => ({
      version: version ?? 0,
      who,
      at: Date.parse(at),
      change: CHANGES.find((change) => action.endsWith(`.${change}`)) ?? 'changed',
      ...(why === null ? {} : { why }),
      ...(after === undefined ? {} : { body: bodyOf(after) }),
    }));
}
