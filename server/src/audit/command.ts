/** The words of the audit command. */
import { instantOf } from '@room/contract';
import type { AuditFilter, Head } from '@room/database';
import { UsageError } from '../command.ts';

export const USAGE = `usage: audit verify [--known NUMBER:HASH] | audit list [--who W] [--action A] [--kind K] [--subject S] [--from T] [--until T] [--limit N]
  verify   goes through all entries and names the first that is missing or was changed; prints the end of the chain
  --known  an end of the chain that was printed earlier and noted elsewhere: it must still be in it
  list     entries, newest first: by whom, what was done, to what kind of thing and which of them, between two instants;
           lan* begins with it, *lan* holds it`;

const MOST = 10_000;

/** Throws where it is not what `verify` prints. */
export function knownHead(text: string): Head {
  const [, sequence = '', hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (hash === '') throw new UsageError(`--known is ${text}; give the end of a chain as verify prints it, NUMBER:HASH`);
  return { sequence: Number(sequence), hash };
}

type Words = Partial<Record<'who' | 'action' | 'kind' | 'subject' | 'from' | 'until' | 'limit', string | undefined>>;

export function auditFilterOf({ from, until, limit = '100', ...rest }: Words): AuditFilter {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > MOST)
    throw new UsageError(`--limit is ${limit}; it must be a whole number from 1 to ${MOST}`);
  const filter: AuditFilter = { limit: most };
  for (const name of ['who', 'action', 'kind', 'subject'] as const) {
    const value = rest[name];
    if (value !== undefined) filter[name] = value;
  }
  if (from !== undefined) filter.from = instant('from', from);
  if (until !== undefined) filter.until = instant('until', until);
  return filter;
}

function instant(name: string, text: string): string {
  const at = instantOf(text);
  if (Number.isNaN(at)) throw new UsageError(`--${name} is ${text}; give an instant as 2026-11-28T00:00:00+07:00`);
  return new Date(at).toISOString();
}
