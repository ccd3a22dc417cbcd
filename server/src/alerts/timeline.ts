/** One line of what became of an alert, as the audit has it. */
import type { AlertEntry } from '@room/contract';
import type { AuditEntry } from '@room/database';

export function entryOf({ sequence, at, who, action, after, hash }: AuditEntry): AlertEntry {
  const { reading, answer, outcome, told } = (after ?? {}) as Partial<
    Pick<AlertEntry, 'reading' | 'answer' | 'outcome' | 'told'>
  >;
  return {
    sequence,
    at: Date.parse(at),
    who,
    action,
    ...(reading === undefined ? {} : { reading }),
    ...(answer === undefined ? {} : { answer }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(told === undefined ? {} : { told }),
    hash,
  };
}
