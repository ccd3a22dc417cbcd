/** Tasks of plans and resolutions, and of directives: one list of what was ordered, and of what moved since a day. */
import { createHash } from 'node:crypto';
import {
  addDays,
  byUrgency,
  type Catalogue,
  type DirectiveBody,
  localDay,
  owns,
  type Scope,
  type SentTask,
  startOfDay,
  type TakenTasks,
  type TaskHistory,
  type TaskSource,
  type Tasks,
  type taskHistoryAskedSchema,
  validOn,
} from '@room/contract';
import { type AuditEntry, type Cause, type DirectiveTable, type GivenRow, MOST_MOVES } from '@room/database';
import type { z } from 'zod';
import { HttpError } from '../../errors.ts';
import { taskHistory } from './history.ts';
import { movedSince } from './moves.ts';
import { nextReminder } from './schedule.ts';
import type { DirectiveStore } from './store.ts';

/** Days of a quarter: sessions are held about so often. */
const SESSION_DAYS = 91;
/** Settled ones that are listed. */
const MOST_SETTLED = 1_000;

export interface TaskStoreOptions {
  table: Pick<DirectiveTable, 'list' | 'moves' | 'openSince' | 'giveAll'>;
  directives: Pick<DirectiveStore, 'tell'>;
  catalogue: Catalogue;
}

export class TaskStore {
  readonly #options: TaskStoreOptions;

  constructor(options: TaskStoreOptions) {
    this.#options = options;
  }

  async list(scope: Scope, now: number, asked?: string): Promise<Tasks> {
    const { table, directives, catalogue } = this.#options;
    const since = asked ?? addDays(localDay(now, catalogue.timeZone), -SESSION_DAYS);
    const from = startOfDay(since, catalogue.timeZone);
    const [open, settled, moves] = await Promise.all([
      table.list('open', 0),
      table.list('settled', MOST_SETTLED + 1),
      table.moves(new Date(from).toISOString()),
    ]);
    const over = settled.filter(({ settled_at: at }) => at !== null && Date.parse(at) >= from);
    const told = await directives.tell([...open, ...over.slice(0, MOST_SETTLED)], scope);
    const bySubject = new Map<string, AuditEntry[]>();
    for (const move of moves) bySubject.set(move.subject, [...(bySubject.get(move.subject) ?? []), move]);
    return {
      since,
      tasks: told
        .map((each) => movedSince(each, bySubject.get(each.id) ?? [], { since, now, catalogue }))
        .sort(byUrgency),
      isCut: over.length > MOST_SETTLED,
    };
  }

  /** By day, as was known then. Throws 422 where more became of them since than is kept at hand. */
  async history({ from, to, by }: z.output<typeof taskHistoryAskedSchema>, scope: Scope): Promise<TaskHistory> {
    const { table, catalogue } = this.#options;
    const since = new Date(startOfDay(from, catalogue.timeZone)).toISOString();
    const [rows, moves] = await Promise.all([table.openSince(since, MOST_MOVES), table.moves(since)]);
    const settled = rows.filter(({ settled_at: at }) => at !== null).length;
    if (moves.length >= MOST_MOVES || settled >= MOST_MOVES)
      throw new HttpError(
        422,
        'too_much',
        `from: ${MOST_MOVES} changes or more of tasks since then are not told at once: ask from a later day on`,
      );
    const theirs = rows.filter(({ dim, code }) => owns(scope, dim === 'province' ? 'province' : 'agency', code));
    return taskHistory({ rows: theirs, moves, from, to, catalogue }, by === 'unit');
  }

  /** All of them, or none: why they are not taken, one for each row that is not. */
  async give(
    cause: Cause,
    sent: readonly SentTask[],
    { now, isTrial }: { now: number; isTrial: boolean },
  ): Promise<TakenTasks['refused']> {
    const { table, catalogue } = this.#options;
    const refused: TakenTasks['refused'] = [];
    const rows = new Map<string, number>();
    sent.forEach((task, index) => {
      const row = index + 1;
      const id = taskId(task);
      const earlier = rows.get(id);
      if (earlier !== undefined) refused.push(inRowBefore(row, earlier, task.item));
      else rows.set(id, row);
      if (!this.#isUnit(task)) {
        const { dim, code } = task.unit;
        refused.push({
          row,
          field: 'unit',
          code: 'unknownUnit',
          of: code,
          reason: `the catalogue has no ${dim} ${code} today`,
        });
      }
    });
    const there = await table.giveAll(
      cause,
      [...rows.values()].flatMap((row) => {
        const task = sent[row - 1];
        return task === undefined ? [] : [givenRow(task, now, catalogue)];
      }),
      { isTrial: isTrial || refused.length > 0 },
    );
    for (const id of there) {
      const row = rows.get(id) ?? 0;
      const of = sent[row - 1]?.item ?? '';
      const reason = `number ${of} of this plan is a task already: change that one`;
      refused.push({ row, field: 'item', code: 'thereAlready', of, reason });
    }
    return refused.sort((one, other) => one.row - other.row);
  }

  #isUnit({ unit: { dim, code } }: SentTask): boolean {
    const { catalogue } = this.#options;
    const today = localDay(Date.now(), catalogue.timeZone);
    const units = dim === 'agency' ? catalogue.agencies : catalogue.provinces;
    return units.some((unit) => unit.id === code && validOn(unit, today));
  }
}

const inRowBefore = (row: number, earlier: number, of: string): TakenTasks['refused'][number] => ({
  row,
  field: 'item',
  code: 'inRowBefore',
  of: String(earlier),
  reason: `number ${of} of this plan stands in row ${earlier} already`,
});

/** A number of a plan is one task, whoever sends it how often: its id is made of both. */
export function taskId({ plan, item }: TaskSource): string {
  const hex = createHash('sha256')
    // Files of some systems bring marks apart from their letters: it is the same plan.
    .update(JSON.stringify([plan, item].map((text) => text.normalize('NFC'))))
    .digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

export function givenRow(
  { plan, item, unit, text, head, due, wanted }: SentTask,
  now: number,
  catalogue: Pick<Catalogue, 'timeZone'>,
  more: Partial<DirectiveBody> = {},
): GivenRow {
  const order = { text, due, wanted: { text: wanted }, ...(head === undefined ? {} : { head }) };
  const body: DirectiveBody = { order, of: { plan, item }, ...more };
  return {
    id: taskId({ plan, item }),
    kind: 'task',
    alert: null,
    ...unit,
    state: 'open',
    due,
    remind_at: new Date(nextReminder(due, now, catalogue)).toISOString(),
    body: JSON.stringify(body),
  };
}
