/** Tasks of plans and resolutions, and of directives: one list of what was ordered, and of what moved since a day. */
import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  addDays,
  byUrgency,
  type Catalogue,
  type Directive,
  type DirectiveBody,
  directiveBodySchema,
  keptAs,
  localDay,
  owns,
  type Scope,
  type SentTask,
  startOfDay,
  type TakenTasks,
  type TaskHistory,
  type TaskImports,
  type TaskSource,
  type Tasks,
  type taskHistoryAskedSchema,
  type UndoneImport,
  validOn,
  type WallTasks,
} from '@room/contract';
import {
  type AuditEntry,
  type Cause,
  type DirectiveRow,
  type DirectiveTable,
  type GivenRow,
  MOST_MOVES,
} from '@room/database';
import { turn } from '@room/runtime';
import type { z } from 'zod';
import { HttpError } from '../../errors.ts';
import { taskHistory } from './history.ts';
import { movedSince } from './moves.ts';
import { nextReminder } from './schedule.ts';
import { standingOfTasks } from './standing.ts';
import type { DirectiveStore } from './store.ts';

/** Days of a quarter: sessions are held about so often. */
export const SESSION_DAYS = 91;
const WEEK_DAYS = 7;
/** Changes, and settled ones, of which the numbers of days are counted: years of a large plan. */
const MOST_STEPS = 200_000;
/** Rows that are looked at without a pause. */
const AT_ONCE = 100;
/** Settled ones that are listed. */
const MOST_SETTLED = 1_000;

export interface TaskStoreOptions {
  table: Pick<
    DirectiveTable,
    | 'some'
    | 'list'
    | 'moves'
    | 'stoodBefore'
    | 'openSince'
    | 'firstGiven'
    | 'isAnySimulated'
    | 'giveAll'
    | 'batches'
    | 'takeBack'
  >;
  directives: Pick<DirectiveStore, 'tell'>;
  catalogue: Catalogue;
}

export class TaskStore {
  readonly #options: TaskStoreOptions;

  constructor(options: TaskStoreOptions) {
    this.#options = options;
  }

  async list(scope: Scope, now: number, asked?: string): Promise<Tasks> {
    const { catalogue } = this.#options;
    const since = asked ?? addDays(localDay(now, catalogue.timeZone), -SESSION_DAYS);
    const { told, moves, isCut } = await this.#since(scope, startOfDay(since, catalogue.timeZone));
    return {
      since,
      tasks: told.map((each) => movedSince(each, moves.get(each.id) ?? [], { since, now, catalogue })).sort(byUrgency),
      isCut,
    };
  }

  /** In numbers, as walls show them. */
  async standing(scope: Scope, now: number): Promise<WallTasks> {
    const { catalogue } = this.#options;
    const from = startOfDay(addDays(localDay(now, catalogue.timeZone), -SESSION_DAYS - 1), catalogue.timeZone);
    const { told, moves, knownFrom } = await this.#since(scope, from);
    return standingOfTasks({
      directives: told,
      moves,
      knownFrom,
      back: { week: WEEK_DAYS, session: SESSION_DAYS },
      now,
      catalogue,
    });
  }

  /** All that are open, and those that were settled since an instant, with what moved since it. */
  async #since(
    scope: Scope,
    from: number,
  ): Promise<{ told: Directive[]; moves: Map<string, AuditEntry[]>; isCut: boolean; knownFrom: number }> {
    const { table, directives } = this.#options;
    const [open, settled, all] = await Promise.all([
      table.list('open', 0),
      table.list('settled', MOST_SETTLED + 1),
      table.moves(new Date(from).toISOString()),
    ]);
    const over = settled.filter(({ settled_at: at }) => at !== null && Date.parse(at) >= from);
    const kept = over.slice(0, MOST_SETTLED);
    const isCut = over.length > MOST_SETTLED;
    const told = await directives.tell([...open, ...kept], scope);
    const moves = new Map<string, AuditEntry[]>();
    for (const move of all) moves.set(move.subject, [...(moves.get(move.subject) ?? []), move]);
    // Where not all that moved or was settled is at hand, what stood before the rest of it cannot be told.
    const edges = [
      from,
      ...(all.length < MOST_MOVES ? [] : [Date.parse(all[0]?.at ?? '')]),
      ...(isCut ? [Date.parse(kept.at(-1)?.settled_at ?? '')] : []),
    ];
    return { told, moves, isCut, knownFrom: Math.max(...edges) };
  }

  /** By day, as was known then. Throws 422 where more became of them since than is kept at hand. */
  async history({ from, to, by }: z.output<typeof taskHistoryAskedSchema>, scope: Scope): Promise<TaskHistory> {
    const { table, catalogue } = this.#options;
    const since = new Date(startOfDay(from, catalogue.timeZone)).toISOString();
    const [rows, moves, first] = await Promise.all([
      table.openSince(since, MOST_STEPS),
      table.stoodBefore(since, MOST_STEPS),
      table.firstGiven(),
    ]);
    const settled = rows.filter(({ settled_at: at }) => at !== null).length;
    if (moves === undefined || settled >= MOST_STEPS)
      throw new HttpError(
        422,
        'too_much',
        `from: ${MOST_STEPS} changes or more of tasks since then are not told at once: ask from a later day on`,
      );
    const isTheirs = ({ dim, code }: Pick<DirectiveRow, 'dim' | 'code'>): boolean =>
      owns(scope, dim === 'province' ? 'province' : 'agency', code);
    const knownFrom = Math.min(...first.filter(isTheirs).map(({ given_at: at }) => Date.parse(at)));
    return taskHistory({ rows: rows.filter(isTheirs), moves, knownFrom, from, to, catalogue }, by === 'unit');
  }

  /** The same for questions, which say of an answer whether it is made up. */
  async told(
    asked: z.output<typeof taskHistoryAskedSchema>,
    scope: Scope,
  ): Promise<{ history: TaskHistory; simulated: boolean }> {
    const [history, simulated] = await Promise.all([this.history(asked, scope), this.#options.table.isAnySimulated()]);
    return { history, simulated };
  }

  /** All of them, or none: why they are not taken, one for each row that is not. */
  async give(
    cause: Cause,
    sent: readonly SentTask[],
    { now, isTrial }: { now: number; isTrial: boolean },
  ): Promise<Pick<TakenTasks, 'refused' | 'known' | 'import'>> {
    const { table, catalogue } = this.#options;
    const refused: TakenTasks['refused'] = [];
    const rows = new Map<string, number>();
    const today = localDay(now, catalogue.timeZone);
    const ids = await this.#idsOf(sent);
    for (const [index, task] of sent.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await turn();
      const row = index + 1;
      const id = ids[index] ?? '';
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
      refused.push(...faultsOfDays(task, row, today));
    }
    const batch = randomUUID();
    const known = new Set<string>();
    const there = await table.giveAll(
      cause,
      [...rows.values()].flatMap((row) => {
        const task = sent[row - 1];
        return task === undefined ? [] : [{ ...givenRow(task, now, catalogue), id: ids[row - 1] ?? '' }];
      }),
      {
        isTrial: isTrial || refused.length > 0,
        batch,
        isSame: (row) => {
          const task = sent[(rows.get(row.id) ?? 0) - 1];
          if (task === undefined || !isSent(task, row)) return false;
          known.add(row.id);
          return true;
        },
      },
    );
    for (const id of there) {
      const row = rows.get(id) ?? 0;
      const of = sent[row - 1]?.item ?? '';
      const reason = `number ${of} of this plan is a task already: change that one`;
      refused.push({ row, field: 'item', code: 'thereAlready', of, reason });
    }
    const isTaken = !isTrial && refused.length === 0 && known.size < sent.length;
    return {
      refused: refused.sort((one, other) => one.row - other.row),
      known: known.size,
      ...(isTaken ? { import: batch } : {}),
    };
  }

  /** What was given at once and is there, the newest first. */
  async imports(): Promise<TaskImports> {
    const batches = await this.#options.table.batches();
    return {
      imports: batches.map(({ at, count: tasks, ...batch }) => ({ ...batch, at: Date.parse(at), tasks })),
    };
  }

  /** Takes back those of an import that nobody changed since; undefined where nothing of it is there. */
  async undo(cause: Cause, id: string, isTrial: boolean): Promise<UndoneImport | undefined> {
    const found = await this.#options.table.takeBack(cause, id, { isTrial });
    return (
      found && {
        undone: found.taken.length,
        kept: found.kept.map(({ id: task, dim, code, state, version, body }) => {
          const { of } = keptAs(directiveBodySchema, JSON.parse(body));
          return {
            id: task,
            ...(of === undefined ? {} : { of }),
            unit: { dim: dim === 'province' ? ('province' as const) : ('agency' as const), code },
            state,
            version,
          };
        }),
      }
    );
  }

  /** One that is kept under the id that its letters as they are once made has that one still. */
  async #idsOf(sent: readonly SentTask[]): Promise<string[]> {
    const both = sent.map((task) => ({ id: taskId(task), former: formerId(task) }));
    const asked = both.flatMap(({ id, former }) => (former === id ? [] : former));
    const there = new Set((await this.#options.table.some(asked)).map(({ id }) => id));
    return both.map(({ id, former }) => (there.has(former) ? former : id));
  }

  #isUnit({ unit: { dim, code } }: SentTask): boolean {
    const { catalogue } = this.#options;
    const today = localDay(Date.now(), catalogue.timeZone);
    const units = dim === 'agency' ? catalogue.agencies : catalogue.provinces;
    return units.some((unit) => unit.id === code && validOn(unit, today));
  }
}

function faultsOfDays({ givenOn, due }: SentTask, row: number, today: string): TakenTasks['refused'] {
  if (givenOn === undefined) return [];
  const of = givenOn;
  if (givenOn > today) {
    const reason = `givenOn: ${givenOn} is to come; write the day on which the plan gave it, or leave it out for today`;
    return [{ row, field: 'givenOn', code: 'givenToCome', of, reason }];
  }
  if (due >= givenOn) return [];
  const reason = `due: ${due} is before ${givenOn}, the day on which it was given; write that day or a later one, or mend givenOn`;
  return [{ row, field: 'due', code: 'dueBeforeGiven', of, reason }];
}

const inRowBefore = (row: number, earlier: number, of: string): TakenTasks['refused'][number] => ({
  row,
  field: 'item',
  code: 'inRowBefore',
  of: String(earlier),
  reason: `number ${of} of this plan stands in row ${earlier} already`,
});

/**
 * Files of some systems bring marks apart from their letters, wide letters, or blanks that do not break and several of them: it is the
 * same plan.
 */
const nameOf = (text: string): string => text.normalize('NFKC').replace(/\s+/gu, ' ').trim();

/** A number of a plan is one task, whoever sends it how often: its id is made of both. */
export const taskId = ({ plan, item }: TaskSource): string => idOf([plan, item].map(nameOf));
const formerId = ({ plan, item }: TaskSource): string => idOf([plan, item].map((text) => text.normalize('NFC')));

function idOf(names: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(names)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** Of what a row says, apart from what names it. */
const digestOf = ({ unit, text, head, due, givenOn, wanted }: SentTask): string =>
  createHash('sha256')
    .update(JSON.stringify([unit.dim, unit.code, text, head ?? null, due, givenOn ?? null, wanted]))
    .digest('hex')
    .slice(0, 32);

/** Whether a task was given by this same row, whatever became of it since; of one from before digests were kept, by what stands there. */
function isSent(task: SentTask, { dim, code, body }: Pick<DirectiveRow, 'dim' | 'code' | 'body'>): boolean {
  const { sent, order } = keptAs(directiveBodySchema, JSON.parse(body));
  if (sent !== undefined) return sent === digestOf(task);
  const { unit, text, head, due, givenOn, wanted } = task;
  return (
    isDeepStrictEqual(
      [unit.dim, unit.code, text, head, due, givenOn],
      [dim, code, order.text, order.head, order.due, order.givenOn],
    ) && wanted === order.wanted.text
  );
}

export function givenRow(
  task: SentTask,
  now: number,
  catalogue: Pick<Catalogue, 'timeZone'>,
  more: Partial<DirectiveBody> = {},
): GivenRow {
  const { plan, item, unit, text, head, due, givenOn, wanted } = task;
  const order = {
    text,
    due,
    wanted: { text: wanted },
    ...(head === undefined ? {} : { head }),
    ...(givenOn === undefined ? {} : { givenOn }),
  };
  // Its due day may be put off later: that it had been given by then is kept.
  const isLate = givenOn === undefined && due < localDay(now, catalogue.timeZone);
  const body: DirectiveBody = {
    order,
    of: { plan, item },
    sent: digestOf(task),
    ...(isLate ? { givenBy: due } : {}),
    ...more,
  };
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
