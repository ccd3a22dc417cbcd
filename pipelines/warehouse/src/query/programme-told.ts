/** What is known of tasks and links in a period and at its points, unit by unit, in counts that add up over units. Pure. */
import {
  addDays,
  failedOf,
  type Link,
  localDay,
  type Period,
  type ProgrammeCounts,
  type Query,
  startOfDay,
  TASK_MEASURES,
  TASKS_COUNTED,
  type TaskHistory,
  type TaskNumbers,
} from '@room/contract';
import type { LinkSums } from '../links.ts';

export interface Told {
  /** Of the whole period; absent where nothing is known. */
  whole?: ProgrammeCounts;
  points: ReadonlyMap<string, ProgrammeCounts>;
}

/** Of one period. */
export interface ToldSide {
  rows: readonly { unit: { dim: string; code: string }; told: Told }[];
  /** What is known although no unit has any: of tasks zero from the first on, of links nothing. */
  base: Told;
  asOf?: number;
  coverage?: number;
  simulated: boolean;
}

const NONE: Told = { points: new Map() };
export const NOTHING_TOLD: ToldSide = { rows: [], base: NONE, simulated: false };

/** By day, as its history tells them; a state stands at a point's end, what was settled adds up in it. */
export function toldOfTasks(
  { days, all, rows }: TaskHistory,
  { period, grain, now, timeZone }: { period: Period; grain: Query['grain']; now: number; timeZone: string },
): Omit<ToldSide, 'simulated'> {
  const told = (numbers: TaskNumbers): Told => {
    const of = (from: number, to: number): ProgrammeCounts =>
      Object.fromEntries(
        TASKS_COUNTED.map((measure) => {
          const { told: name, isState } = TASK_MEASURES[measure];
          const values = numbers[name].slice(isState ? to - 1 : from, to);
          return [measure, values.reduce((sum, value) => sum + value, 0)];
        }),
      );
    const points = new Map<string, ProgrammeCounts>();
    if (grain !== 'total')
      for (let from = 0; from < days.length; ) {
        const at = pointOf(days[from] ?? '', grain);
        let to = from + 1;
        while (to < days.length && pointOf(days[to] ?? '', grain) === at) to++;
        points.set(at, of(from, to));
        from = to;
      }
    return days.length === 0 ? NONE : { whole: of(0, days.length), points };
  };
  const zero = (): number[] => all.open.map(() => 0);
  return {
    rows: rows.map(({ unit, ...numbers }) => ({ unit, told: told(numbers) })),
    base: told({ open: zero(), overdue: zero(), settled: zero() }),
    ...(days.length === 0 ? {} : { asOf: Math.min(now, startOfDay(addDays(period.to, 1), timeZone)) }),
  };
}

const pointOf = (day: string, grain: Query['grain']): string => (grain === 'month' ? day.slice(0, 7) : day);

/** `links` are those that are asked for; `sums` of each by day, or by the instant at which an hour begins. */
export function toldOfLinks(
  links: readonly Link[],
  sums: ReadonlyMap<string, ReadonlyMap<string | number, LinkSums>>,
  { period, grain, now, timeZone }: { period: Period; grain: Query['grain']; now: number; timeZone: string },
): ToldSide {
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  const [start, end] = [startOfDay(period.from, timeZone), startOfDay(addDays(period.to, 1), timeZone)];
  const labelOf = (at: string | number): string | undefined => {
    if (typeof at === 'string') return grain === 'total' ? '' : pointOf(at, grain);
    return at < start || at >= end ? undefined : `${localDay(at, timeZone)}T${hour.format(at)}`;
  };
  const rows: { unit: { dim: string; code: string }; told: Told }[] = [];
  let [toldMs, asOf, simulated] = [0, 0, false];
  for (const link of links) {
    const points = new Map<string, ProgrammeCounts>();
    let whole: ProgrammeCounts | undefined;
    for (const [at, one] of sums.get(link.id) ?? []) {
      const label = labelOf(at);
      if (label === undefined) continue;
      const counts = { linkVolume: one.requests, linkErrors: failedOf(one) };
      points.set(label, added(points.get(label), counts));
      whole = added(whole, counts);
      toldMs += one.told;
      asOf = Math.max(asOf, one.last);
      simulated ||= one.simulated;
    }
    if (whole !== undefined) rows.push({ unit: { dim: link.dim, code: link.party.id }, told: { whole, points } });
  }
  const length = Math.max(0, Math.min(now, end) - start) * links.length;
  return {
    rows,
    base: NONE,
    ...(asOf === 0 ? {} : { asOf }),
    ...(length === 0 ? {} : { coverage: Math.min(1, toldMs / length) }),
    simulated,
  };
}

/** Counts of both together; what is known of one alone is known. */
export function added(one: ProgrammeCounts | undefined, other: ProgrammeCounts): ProgrammeCounts {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other) as [keyof ProgrammeCounts, number][])
    sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
