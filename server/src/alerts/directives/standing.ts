/** What a wall says of tasks and directives: how many are overdue, with whom, whose turn it is, and what falls due next. Pure. */
import {
  addDays,
  type Catalogue,
  type Directive,
  DUE_DAYS,
  isOverdue,
  localDay,
  MOST_NAMED,
  type TaskDue,
  type WallTasks,
} from '@room/contract';
import type { AuditEntry } from '@room/database';
import { wasOverdue } from './moves.ts';

type Move = Pick<AuditEntry, 'at' | 'before'>;

export interface StandingGround {
  /** All that are open, and those that were settled since `knownFrom`. */
  directives: readonly Directive[];
  /** By directive, since `knownFrom`, the oldest first. */
  moves: ReadonlyMap<string, readonly Move[]>;
  /** What was before that instant is not told. */
  knownFrom: number;
  /** Days back of the two comparisons. */
  back: { week: number; session: number };
  now: number;
  catalogue: Pick<Catalogue, 'timeZone'>;
}

const DAY_MS = 86_400_000;
/** On a wall a task is a line or two. */
const MOST_TEXT = 160;

export function standingOfTasks(ground: StandingGround): WallTasks {
  const { directives, now, catalogue, back } = ground;
  const open = directives.filter(({ settledAt }) => settledAt === undefined);
  const late = open.filter((each) => isOverdue(each));
  const ofOffice = late.filter(isAnswered).length;
  const next = open
    .filter(({ daysLeft }) => daysLeft >= 0 && daysLeft <= DUE_DAYS)
    .toSorted((one, other) => one.daysLeft - other.daysLeft || (one.id < other.id ? -1 : 1));
  return {
    day: localDay(now, catalogue.timeZone),
    open: open.length,
    overdue: late.length,
    ofUnit: late.length - ofOffice,
    ofOffice,
    week: earlier(ground, back.week),
    session: earlier(ground, back.session),
    units: unitsOf(late),
    due: next.slice(0, MOST_NAMED).map((each) => ({ ...namedOf(each), daysLeft: each.daysLeft })),
    dueMore: Math.max(0, next.length - MOST_NAMED),
    late: late
      .toSorted((one, other) => one.daysLeft - other.daysLeft || (one.id < other.id ? -1 : 1))
      .slice(0, MOST_NAMED)
      .map((each) => ({ ...namedOf(each), daysLate: -each.daysLeft })),
    simulated: open.some(({ isSimulated }) => isSimulated === true),
  };
}

/** Of before anything was given nothing is known: a plan brings its backlog along. */
function earlier({ directives, moves, knownFrom, now, catalogue }: StandingGround, days: number): WallTasks['week'] {
  const day = addDays(localDay(now, catalogue.timeZone), -days);
  const at = now - days * DAY_MS;
  if (at < knownFrom || !directives.some(({ given }) => given.at <= at)) return { day };
  return {
    day,
    overdue: directives.filter((each) => wasOverdue(each, moves.get(each.id) ?? [], at, catalogue)).length,
  };
}

const isAnswered = ({ state }: Pick<Directive, 'state'>): boolean => state === 'answered';

/** All that are overdue with a unit, as on its page; of these what it answered, which waits for the Office. */
function unitsOf(late: readonly Directive[]): WallTasks['units'] {
  const units = new Map<string, WallTasks['units'][number]>();
  for (const each of late) {
    const { unit, daysLeft } = each;
    const key = `${unit.dim} ${unit.code}`;
    const before = units.get(key) ?? { unit, overdue: 0, oldest: 0, ofOffice: 0 };
    units.set(key, {
      unit,
      overdue: before.overdue + 1,
      oldest: Math.max(before.oldest, -daysLeft),
      ofOffice: before.ofOffice + (isAnswered(each) ? 1 : 0),
    });
  }
  return [...units.values()].sort(
    (one, other) =>
      other.overdue - one.overdue || other.oldest - one.oldest || (one.unit.code < other.unit.code ? -1 : 1),
  );
}

const namedOf = ({ id, unit, of, order, state }: Directive): Omit<TaskDue, 'daysLeft'> => ({
  id,
  unit,
  text: shortened(order.text),
  ...(of === undefined ? {} : { of }),
  ...(order.head === undefined ? {} : { head: order.head }),
  due: order.due,
  state,
});

/** Its first words on one line, whole ones where it has any. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  if (line.length <= MOST_TEXT) return line;
  const cut = line.slice(0, MOST_TEXT);
  const end = cut.lastIndexOf(' ');
  return `${(end > MOST_TEXT / 2 ? cut.slice(0, end) : cut).trimEnd()} …`;
}
