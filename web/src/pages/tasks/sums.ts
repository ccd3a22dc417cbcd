/** What a list of tasks comes to, in all and by unit. Pure. */
import type { DirectedUnit, Task } from '@room/contract';

export interface TaskSums {
  open: number;
  overdue: number;
  waiting: number;
  doneSince: number;
  lateSince: number;
  movedDue: number;
  /** Days that the longest overdue one is late; 0 where none is. */
  oldest: number;
}

export function sumsOf(tasks: readonly Task[]): TaskSums {
  const n = (is: (task: Task) => boolean): number => tasks.filter(is).length;
  return {
    open: n(({ settledAt }) => settledAt === undefined),
    overdue: n(({ isOverdue }) => isOverdue),
    waiting: n(({ state }) => state === 'answered'),
    doneSince: n(({ state }) => state === 'done'),
    lateSince: n(({ isLateSince }) => isLateSince),
    movedDue: n(({ order, dueWas }) => dueWas !== undefined && dueWas < order.due),
    oldest: Math.max(0, ...tasks.filter(({ isOverdue }) => isOverdue).map(({ daysLeft }) => -daysLeft)),
  };
}

/** Those that owe most that is overdue first. */
export function byUnit(tasks: readonly Task[]): { unit: DirectedUnit; sums: TaskSums }[] {
  const units = new Map<string, Task[]>();
  for (const task of tasks) {
    const key = `${task.unit.dim} ${task.unit.code}`;
    units.set(key, [...(units.get(key) ?? []), task]);
  }
  return [...units.values()]
    .flatMap((own) => (own[0] === undefined ? [] : [{ unit: own[0].unit, sums: sumsOf(own) }]))
    .sort(
      (one, other) =>
        other.sums.overdue - one.sums.overdue ||
        other.sums.oldest - one.sums.oldest ||
        other.sums.open - one.sums.open ||
        (one.unit.code < other.unit.code ? -1 : 1),
    );
}

export const hasMoved = ({ was, dueWas, moves }: Task): boolean =>
  was !== undefined || dueWas !== undefined || moves.length > 0;
