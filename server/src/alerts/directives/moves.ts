/** How directives and tasks stood on an earlier day, by what became of them since. Pure. Instants are milliseconds since 1970 UTC. */
import {
  addDays,
  type Catalogue,
  DIRECTIVE_KEPT_STATES,
  type Directive,
  daysBetween,
  givenAtLatest,
  givenDay,
  localDay,
  type Task,
} from '@room/contract';
import type { AuditEntry } from '@room/database';

/** Told of one; of more the newest. */
const MOST_TOLD = 20;

interface Stood {
  state: string;
  due: string;
  settled_at?: string | null;
}

/** `moves`: of this one, since the beginning of the day `since`, the oldest first. */
export function movedSince(
  directive: Directive,
  moves: readonly Pick<AuditEntry, 'at' | 'who' | 'action' | 'before'>[],
  { since, now, catalogue }: { since: string; now: number; catalogue: Pick<Catalogue, 'timeZone'> },
): Task {
  const today = localDay(now, catalogue.timeZone);
  // A plan may be brought here long after it was decided: its tasks are as old as they are there.
  const given = givenAtLatest(directive, catalogue.timeZone);
  const isAgeLeast = givenDay(directive, catalogue.timeZone) === undefined;
  const own = moves.filter(({ before }) => before != null);
  const first = own[0]?.before as Stood | undefined;
  const due = first?.due ?? directive.order.due;
  const kept = DIRECTIVE_KEPT_STATES.find((state) => state === first?.state) ?? keptOf(directive);
  // As that day began.
  const stood = given >= since ? 'new' : kept === 'open' && due < addDays(since, -1) ? 'overdue' : kept;
  const wasOverdue = (kept === 'open' || kept === 'answered') && due < addDays(since, -1);
  return {
    ...directive,
    isLateSince: directive.isOverdue && !wasOverdue,
    age: Math.max(0, daysBetween(given, today)),
    ...(isAgeLeast ? { isAgeLeast } : {}),
    ...(stood === directive.state ? {} : { was: stood }),
    ...(stood === 'new' || due === directive.order.due ? {} : { dueWas: due }),
    moves: own.slice(-MOST_TOLD).map(({ at, who, action }) => ({ at: Date.parse(at), who, action })),
  };
}

const keptOf = ({ state }: Directive) => (state === 'overdue' ? 'open' : state);

/** Whether it was overdue at an instant of the past, by what became of it since (`moves`, the oldest first). */
export function wasOverdue(
  { given, settledAt, order }: Pick<Directive, 'given' | 'settledAt' | 'order'>,
  moves: readonly Pick<AuditEntry, 'at' | 'before'>[],
  at: number,
  { timeZone }: Pick<Catalogue, 'timeZone'>,
): boolean {
  if (given.at > at) return false;
  const next = moves.find((move) => move.before != null && Date.parse(move.at) > at);
  const stood = next?.before as Stood | undefined;
  // What was settled may be changed later still: it was open until it was settled.
  const settled = stood === undefined ? settledAt : Date.parse(stood.settled_at ?? '');
  const isOpen =
    (stood === undefined ? settledAt === undefined : ['open', 'answered'].includes(stood.state)) || (settled ?? 0) > at;
  return isOpen && (stood?.due ?? order.due) < localDay(at, timeZone);
}
