/**
 * What the room counts beside dossiers, as data: tasks, from what the audit says of them, and requests over links to national databases.
 * They are of one unit each, an agency or a province, and of a link also of a telecom: no other dimension knows them.
 */
import type { Described } from './measures.ts';

/** By what a task counts: what `TaskNumbers` calls it. `isState`: as it stood at the end of a point, so that it never adds up over time. */
interface TaskEntry extends Described {
  unit: 'tasks';
  told: 'open' | 'overdue' | 'settled';
  isState: boolean;
}

export const TASK_MEASURES = {
  tasksOpen: {
    label: { vi: 'Nhiệm vụ đang mở', en: 'Open tasks' },
    unit: 'tasks',
    better: 'down',
    told: 'open',
    isState: true,
  },
  /** Of those open, past the due day that they had then. */
  tasksOverdue: {
    label: { vi: 'Nhiệm vụ quá hạn', en: 'Overdue tasks' },
    unit: 'tasks',
    better: 'down',
    told: 'overdue',
    isState: true,
  },
  tasksSettled: {
    label: { vi: 'Nhiệm vụ đã kết thúc', en: 'Settled tasks' },
    unit: 'tasks',
    better: 'up',
    told: 'settled',
    isState: false,
  },
} as const satisfies Readonly<Record<string, TaskEntry>>;
export type TaskMeasure = keyof typeof TASK_MEASURES;

interface LinkCountEntry extends Described {
  unit: 'requests';
}

const LINK_COUNTS = {
  linkVolume: { label: { vi: 'Yêu cầu qua kết nối', en: 'Requests over links' }, unit: 'requests', better: 'up' },
  linkErrors: { label: { vi: 'Lỗi kết nối', en: 'Errors of links' }, unit: 'requests', better: 'down' },
} as const satisfies Readonly<Record<string, LinkCountEntry>>;
export type LinkCount = keyof typeof LINK_COUNTS;

/** A share, 0..1, worked out from the counts of whatever it is of. */
interface LinkShareEntry extends Described {
  unit: 'share';
  part: LinkCount;
  whole: LinkCount;
}

const LINK_SHARES = {
  linkErrorShare: {
    label: { vi: 'Tỷ lệ lỗi kết nối', en: 'Error share of links' },
    unit: 'share',
    better: 'down',
    part: 'linkErrors',
    whole: 'linkVolume',
  },
} as const satisfies Readonly<Record<string, LinkShareEntry>>;
export type LinkShare = keyof typeof LINK_SHARES;

export const LINK_MEASURES = { ...LINK_COUNTS, ...LINK_SHARES };
export type LinkMeasure = keyof typeof LINK_MEASURES;

export const PROGRAMME_MEASURES = { ...TASK_MEASURES, ...LINK_MEASURES };
export type ProgrammeMeasure = keyof typeof PROGRAMME_MEASURES;

export const TASKS_COUNTED = Object.keys(TASK_MEASURES) as TaskMeasure[];
export const LINKS_COUNTED = Object.keys(LINK_MEASURES) as LinkMeasure[];

export const isOfTasks = (measure: string): measure is TaskMeasure => Object.hasOwn(TASK_MEASURES, measure);
export const isOfLinks = (measure: string): measure is LinkMeasure => Object.hasOwn(LINK_MEASURES, measure);
export const isOfProgramme = (measure: string): measure is ProgrammeMeasure =>
  Object.hasOwn(PROGRAMME_MEASURES, measure);
export const isLinkShare = (measure: string): measure is LinkShare => Object.hasOwn(LINK_SHARES, measure);

/** By what units these are told apart: one of them in a question, as each task and link is of one unit. */
export const PROGRAMME_DIMENSIONS = ['agency', 'province'] as const;
export type ProgrammeDimension = (typeof PROGRAMME_DIMENSIONS)[number];
export const isProgrammeDimension = (name: string): name is ProgrammeDimension =>
  (PROGRAMME_DIMENSIONS as readonly string[]).includes(name);

/** Counts of one row, or of several together, which add up. */
export type ProgrammeCounts = Partial<Record<TaskMeasure | LinkCount, number>>;

/** Undefined where it is not known; a share of nothing is not. */
export function programmeValue(measure: ProgrammeMeasure, counts: ProgrammeCounts): number | undefined {
  if (!isLinkShare(measure)) return counts[measure];
  const { part, whole } = LINK_SHARES[measure];
  const [failed, all] = [counts[part], counts[whole]];
  return failed === undefined || all === undefined || all <= 0 ? undefined : failed / all;
}
