/** How many tasks were open, overdue and settled on each of some days, as was known then. Pure. Instants are milliseconds since 1970 UTC. */
import { addDays, type Catalogue, localDay, startOfDay, type TaskHistory, type TaskNumbers } from '@room/contract';
import type { StoodBefore, StoodRow } from '@room/database';

export interface HistoryGround {
  rows: readonly StoodRow[];
  /** Of any of them since the first day, the oldest first. */
  moves: readonly StoodBefore[];
  /** The first was given then, and of before nothing is known: infinite where none ever was. */
  knownFrom: number;
  from: string;
  to: string;
  catalogue: Pick<Catalogue, 'timeZone'>;
}

export function taskHistory(
  { rows, moves, knownFrom, from, to, catalogue: { timeZone } }: HistoryGround,
  byUnit: boolean,
): TaskHistory {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1))
    if (knownFrom < startOfDay(addDays(day, 1), timeZone)) days.push(day);
  const ends = days.map((day) => startOfDay(addDays(day, 1), timeZone));
  const none = (): TaskNumbers => ({ open: days.map(() => 0), overdue: days.map(() => 0), settled: days.map(() => 0) });
  const all = none();
  const units = new Map<string, TaskHistory['rows'][number]>();
  const own = new Map<string, StoodBefore[]>();
  for (const move of moves) {
    const there = own.get(move.subject);
    if (there === undefined) own.set(move.subject, [move]);
    else there.push(move);
  }
  for (const row of rows) {
    const { id, dim, code } = row;
    const key = `${dim} ${code}`;
    const unit = byUnit
      ? (units.get(key) ?? { unit: { dim, code } as TaskHistory['rows'][number]['unit'], ...none() })
      : undefined;
    let hasAny = units.has(key);
    const changes = own.get(id) ?? [];
    const given = Date.parse(row.given_at);
    // The first change after a day says how it stood at its end.
    let next = 0;
    for (const [n, day] of days.entries()) {
      const end = ends[n] ?? 0;
      if (given >= end) continue;
      while (next < changes.length && Date.parse(changes[next]?.at ?? '') < end) next++;
      const stood = changes[next]?.before ?? row;
      const settledAt = stood.settled_at == null ? undefined : Date.parse(stood.settled_at);
      const kind = kindOf(stood.due, settledAt, { day, end, timeZone });
      for (const numbers of [all, ...(unit === undefined ? [] : [unit])])
        for (const name of kind) numbers[name][n] = (numbers[name][n] ?? 0) + 1;
      hasAny ||= kind.length > 0;
    }
    if (unit !== undefined && hasAny) units.set(key, unit);
  }
  return {
    days,
    all,
    rows: [...units.values()].sort((one, other) => (keyOf(one.unit) < keyOf(other.unit) ? -1 : 1)),
  };
}

const keyOf = ({ dim, code }: TaskHistory['rows'][number]['unit']): string => `${dim} ${code}`;

function kindOf(
  due: string,
  settledAt: number | undefined,
  { day, end, timeZone }: { day: string; end: number; timeZone: string },
): (keyof TaskNumbers)[] {
  if (settledAt === undefined || settledAt >= end) return due < day ? ['open', 'overdue'] : ['open'];
  return localDay(settledAt, timeZone) === day ? ['settled'] : [];
}
