/**
 * Tasks of plans and resolutions: directives that came of no alert, and are told with what moved since a day. Whatever becomes of one
 * goes by the same steps as of a directive.
 */
import { z } from 'zod';
import {
  DIRECTIVE_STATES,
  type DirectiveState,
  directedUnitSchema,
  directiveSchema,
  isOverdue,
  taskSourceSchema,
} from './directives.ts';
import { absentOr, askedDay, count, instant, plainLines, plainText } from './schema.ts';

/** What the Office writes of one, also as rows of a file. A day that is over is taken: plans bring their backlog along. */
export const sentTaskSchema = z.strictObject({
  ...taskSourceSchema.shape,
  unit: directedUnitSchema,
  text: plainLines(2_000),
  head: absentOr(plainText(200)).meta({ description: 'who answers for it there' }),
  due: askedDay.meta({ description: 'last local day' }),
  givenOn: absentOr(askedDay).meta({ description: 'local day on which the plan gave it; without it, today' }),
  wanted: plainText(500).meta({ description: 'by what it is told that it was done' }),
});
export type SentTask = z.infer<typeof sentTaskSchema>;
export const MOST_TASKS = 1_000;
export const sentTasksSchema = z.strictObject({
  tasks: z.array(sentTaskSchema).min(1).max(MOST_TASKS),
  isTrial: z.boolean().default(false).meta({ description: 'only says what would be refused' }),
});

export const TASK_REFUSALS = ['unknownUnit', 'inRowBefore', 'thereAlready', 'givenToCome', 'dueBeforeGiven'] as const;
export type TaskRefusalCode = (typeof TASK_REFUSALS)[number];
/** What became of them; they are taken all or none. */
export const takenTasksSchema = z.strictObject({
  taken: count,
  known: count.meta({ description: 'rows that were taken before, and change nothing now' }),
  import: absentOr(z.string()).meta({ description: 'by which those that were taken are taken back together' }),
  refused: z.array(
    z.strictObject({
      row: count.meta({ description: 'counts from 1' }),
      field: z.enum(['unit', 'item', 'givenOn', 'due']),
      code: z.enum(TASK_REFUSALS),
      of: z.string(),
      reason: z.string(),
    }),
  ),
});
export type TakenTasks = z.infer<typeof takenTasksSchema>;

/** Tasks that were given at once, and can be taken back together. */
export const taskImportsSchema = z.object({
  imports: z.array(
    z
      .object({
        id: z.string(),
        at: instant,
        who: z.string(),
        tasks: count.meta({ description: 'that are there' }),
        untouched: count.meta({ description: 'of them, those that nobody changed since: they can be taken back' }),
      })
      .meta({ id: 'TaskImport' }),
  ),
});
export type TaskImports = z.infer<typeof taskImportsSchema>;
export const undoneImportSchema = z.object({
  undone: count.meta({ description: 'tasks that are gone, or on trial would be' }),
  kept: z
    .array(
      z.object({
        id: z.string(),
        of: absentOr(taskSourceSchema),
        unit: directedUnitSchema,
        state: z.string(),
        version: count,
      }),
    )
    .meta({ description: 'those that somebody changed or answered since: they stay; withdraw each with a reason' }),
});
export type UndoneImport = z.infer<typeof undoneImportSchema>;

export const tasksAskedSchema = z.strictObject({
  since: absentOr(askedDay).meta({
    description:
      'what moved from the beginning of this local day on is told, as since the last session; 91 days back without it',
  }),
});

/** `new` was not there yet. */
export const STOOD = [...DIRECTIVE_STATES, 'new'] as const;
export const taskSchema = directiveSchema
  .extend({
    age: count.meta({ description: 'local days since it was given' }),
    isAgeLeast: absentOr(z.literal(true)).meta({
      description: 'it was brought here after its due day and does not say when it was given: so long at least',
    }),
    was: absentOr(z.enum(STOOD)).meta({ description: 'how it stood at `since`, where that is another state' }),
    isLateSince: z.boolean().meta({ description: 'overdue now, and not yet at `since`' }),
    dueWas: absentOr(z.string()).meta({ description: 'its due day then, where that is another' }),
    moves: z.array(z.object({ at: instant, who: z.string(), action: z.string() })).meta({
      description: 'what was done with it since, the oldest first',
    }),
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof taskSchema>;
export const tasksSchema = z.object({
  since: z.string(),
  /** Overdue ones first, the longest before; then what waits for the Office; then by due day; then what was settled since. */
  tasks: z.array(taskSchema),
  isCut: z.boolean().meta({ description: 'more were settled since than are listed' }),
});
export type Tasks = z.infer<typeof tasksSchema>;

/** Days of one question. */
export const MOST_HISTORY_DAYS = 366;
export const HISTORY_BY = ['none', 'unit'] as const;
export const taskHistoryAskedSchema = z
  .strictObject({
    from: askedDay.meta({ description: 'first local day' }),
    to: askedDay.meta({ description: `last local day; at most ${MOST_HISTORY_DAYS} days` }),
    by: z.enum(HISTORY_BY).default('none').meta({ description: 'unit: a row for each that had any' }),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'is before from' });

const historyNumbers = {
  open: z.array(count).meta({ description: 'not settled at the end of each day, as was known then; of today by now' }),
  overdue: z.array(count).meta({ description: 'of those, past the due day that they had then' }),
  settled: z.array(count).meta({ description: 'done or withdrawn on that day' }),
};
export const taskHistorySchema = z.object({
  days: z.array(z.string()).meta({
    description:
      'local days; numbers stand in their order. Those before the first was given, of which nothing is known, are absent',
  }),
  all: z.object(historyNumbers).meta({ id: 'TaskNumbers' }),
  rows: z
    .array(z.object({ unit: directedUnitSchema, ...historyNumbers }))
    .meta({ description: 'by unit, where asked' }),
});
export type TaskHistory = z.infer<typeof taskHistorySchema>;
export type TaskNumbers = TaskHistory['all'];

const ORDER: Readonly<Record<DirectiveState, number>> = { overdue: 0, answered: 1, open: 2, done: 3, withdrawn: 4 };
type Ranked = Pick<Task, 'state' | 'daysLeft' | 'id'> & { settledAt?: number };
export const byUrgency = (one: Ranked, other: Ranked): number =>
  Number(isOverdue(other)) - Number(isOverdue(one)) ||
  (isOverdue(one) ? one.daysLeft - other.daysLeft : 0) ||
  ORDER[one.state] - ORDER[other.state] ||
  (other.settledAt ?? 0) - (one.settledAt ?? 0) ||
  one.daysLeft - other.daysLeft ||
  (one.id < other.id ? -1 : 1);
