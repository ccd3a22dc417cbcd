/** Directives as they are told, and what may become of them: rows of the database by the contract's shapes, within a scope. */
import { randomUUID } from 'node:crypto';
import {
  type Catalogue,
  DIRECTIVE_KEPT_STATES,
  DIRECTIVE_KINDS,
  type DirectedUnit,
  type Directive,
  type DirectiveBody,
  type DirectiveDecision,
  type DirectiveEntry,
  type DirectiveKeptState,
  type DirectiveOrder,
  type Directives,
  type DirectiveTimeline,
  directiveBodySchema,
  type GivenDirective,
  givenDay,
  isOverdue,
  isReached,
  keptAs,
  localDay,
  owns,
  type Reading,
  type respondedSchema,
  type Scope,
  scopeOf,
  validOn,
} from '@room/contract';
import type {
  AlertRow,
  AlertTable,
  AuditEntry,
  Cause,
  DirectiveMove,
  DirectiveRow,
  DirectiveTable,
  Edit,
} from '@room/database';
import { DIRECTIVE } from '@room/database';
import type { z } from 'zod';
import { HttpError } from '../../errors.ts';
import { type GivenFiles, givenFile, withRemovals } from '../../given-files.ts';
import { alertOf, isSeen } from '../store.ts';
import { entryOf } from '../timeline.ts';
import { assertToCome } from '../to-come.ts';
import { daysLeft, nextReminder } from './schedule.ts';

/** Settled ones that are listed. */
const MOST_SETTLED = 200;
/** Of these the newest may be taken back by the Office. */
const UNDOABLE: readonly string[] = ['changed', 'confirmed', 'sent_back', 'withdrawn'];
const ACTIONS: Readonly<Record<DirectiveDecision, string>> = {
  confirmed: 'confirmed',
  'sent-back': 'sent_back',
  withdrawn: 'withdrawn',
};
/** Of an action of the audit, without the kind that it begins with. */
const whatOf = (action: string): string => action.slice(action.indexOf('.') + 1);

export const NO_DIRECTIVE = 'there is no directive of this id within your scope';

export interface DirectiveStoreOptions {
  table: DirectiveTable;
  alerts: Pick<AlertTable, 'get' | 'some' | 'timeline'>;
  catalogue: Catalogue;
  files: GivenFiles;
}

export class DirectiveStore {
  readonly #options: DirectiveStoreOptions;

  constructor(options: DirectiveStoreOptions) {
    this.#options = options;
  }

  async list(which: 'open' | 'settled', scope: Scope): Promise<Directives> {
    const rows = await this.#options.table.list(which, MOST_SETTLED, 'directive');
    return { directives: await this.tell(rows, scope) };
  }

  /** Those of the rows that are within a scope, in their order. */
  async tell(all: readonly DirectiveRow[], scope: Scope): Promise<Directive[]> {
    const { alerts, files } = this.#options;
    const rows = all.filter((row) => isTheirs(row, scope));
    const came = new Map(
      (await alerts.some([...new Set(rows.flatMap(({ alert }) => alert ?? []))])).map((row) => [row.id, row]),
    );
    return withRemovals(
      files,
      rows.map((row) => this.#told(row, came.get(row.alert ?? ''), scope)),
    );
  }

  /** Undefined where there is none, or its unit is not in the scope. */
  async get(id: string, scope: Scope): Promise<DirectiveTimeline | undefined> {
    const { table, alerts, files } = this.#options;
    const row = await table.get(id);
    if (row === undefined || !isTheirs(row, scope)) return undefined;
    const alert = row.alert === null ? undefined : await alerts.get(row.alert);
    const isAlertSeen = alert !== undefined && isSeen(alert, scope);
    const [own, around] = await Promise.all([table.entries([id]), isAlertSeen ? alerts.timeline(alert.id) : []]);
    const last = own.findLast(({ version }) => version !== null);
    return withRemovals(files, {
      directive: this.#told(row, alert, scope),
      entries: [...around.map(entryOf), ...own.map(directiveEntryOf)].toSorted(
        (one, other) => one.sequence - other.sequence,
      ),
      mayUndo: last !== undefined && last.version === row.version && UNDOABLE.includes(whatOf(last.action)),
    });
  }

  /** Of the unit of an alert alone, or of any where the alert is of the whole country. Refuses others. */
  async give(cause: Cause, { alert: id, unit, ...order }: GivenDirective): Promise<string> {
    const { table, alerts, catalogue } = this.#options;
    const alert = await alerts.get(id);
    if (alert === undefined) throw new HttpError(404, 'no_such_alert', 'there is no alert of this id');
    this.#assertUnit(unit, alert);
    this.#assertDue(order.due);
    this.#assertGiven(order);
    const body: DirectiveBody = { order, reading: JSON.parse(alert.latest) as Reading };
    const given = await table.give(cause, {
      id: randomUUID(),
      kind: 'directive',
      alert: id,
      ...unit,
      state: 'open',
      due: order.due,
      remind_at: instant(nextReminder(order.due, Date.now(), catalogue)),
      body: JSON.stringify(body),
    });
    if (given === undefined)
      throw new HttpError(409, 'too_many', 'this alert has as many directives as it may: change one of them');
    return given.id;
  }

  async change(cause: Cause, id: string, edited: number, order: DirectiveOrder): Promise<void> {
    await this.#move(cause, id, edited, 'changed', (row, body) => {
      assertOpen(row);
      // What was late before may stay so.
      if (order.due !== row.due) this.#assertDue(order.due);
      this.#assertGiven(order);
      return { ...row, due: order.due, body: { ...body, order } };
    });
  }

  async respond(
    cause: Cause,
    scope: Scope,
    id: string,
    { version: edited, file: given, ...response }: z.output<typeof respondedSchema>,
  ): Promise<void> {
    const { catalogue, files } = this.#options;
    if (response.until !== undefined) assertToCome(response.until, catalogue);
    if (response.done !== undefined && response.done > localDay(Date.now(), catalogue.timeZone))
      throw new HttpError(400, 'done_future', 'done: that day is to come; until says by when it will be done');
    const file = await givenFile(files, { who: cause.who, scope }, given);
    await this.#move(
      cause,
      id,
      edited,
      'answered',
      (row, body) => {
        assertOpen(row);
        const givenOn = givenDay({ ...body, given: { at: Date.parse(row.given_at) } }, catalogue.timeZone);
        if (response.done !== undefined && givenOn !== undefined && response.done < givenOn)
          throw doneBeforeGiven(givenOn);
        const said = { ...response, ...(file === undefined ? {} : { file }), who: cause.who, at: Date.now() };
        return { ...row, state: 'answered', body: { ...body, response: said } };
      },
      file === undefined ? undefined : (edit) => files.attachIn(edit, file.id, DIRECTIVE, id),
    );
  }

  async decide(
    cause: Cause,
    id: string,
    edited: number,
    { what, why, due }: { what: DirectiveDecision; why?: string | undefined; due?: string | undefined },
  ): Promise<void> {
    const { table, alerts } = this.#options;
    const { alert = null } = (await table.get(id)) ?? {};
    const latest = alert === null ? undefined : (await alerts.get(alert))?.latest;
    const now = Date.now();
    if (due !== undefined) this.#assertDue(due);
    await this.#move(cause, id, edited, ACTIONS[what], (row, body) => {
      assertOpen(row);
      if (what === 'sent-back' && row.state !== 'answered')
        throw new HttpError(409, 'not_answered', 'it was not answered yet: there is nothing to send back');
      const decided = {
        what,
        ...(why === undefined ? {} : { why }),
        ...(latest === undefined ? {} : { reading: JSON.parse(latest) as Reading }),
        who: cause.who,
        at: now,
      };
      const order = due === undefined ? body.order : { ...body.order, due };
      const isOver = what !== 'sent-back';
      return {
        ...row,
        state: what === 'confirmed' ? 'done' : isOver ? 'withdrawn' : 'open',
        due: order.due,
        settled_at: isOver ? instant(now) : null,
        body: { ...body, order, decided },
      };
    });
  }

  /** Takes the newest change back, where it was the Office's. */
  async undo(cause: Cause, id: string, edited: number): Promise<void> {
    const entries = await this.#options.table.entries([id]);
    const last = entries.findLast(({ version }) => version !== null);
    const before = last?.before as { state: DirectiveKeptState; due: string; settled_at: string | null } | undefined;
    if (
      last === undefined ||
      before === undefined ||
      (last.version === edited && !UNDOABLE.includes(whatOf(last.action)))
    )
      throw new HttpError(409, 'nothing_to_undo', 'the newest change is none of the Office, or it was the first');
    await this.#move(cause, id, edited, 'restored', (row) => ({
      ...row,
      state: before.state,
      due: before.due,
      settled_at: before.settled_at,
      body: keptAs(directiveBodySchema, (before as unknown as { body: unknown }).body),
    }));
  }

  /** Whom a change of this one concerns; everybody where it is not there. */
  async seenBy(id: string): Promise<(scope: Scope) => boolean> {
    const row = await this.#options.table.get(id);
    return row === undefined ? () => true : (scope) => isTheirs(row, scope);
  }

  /** Whether one of this id may be seen. */
  async sees(id: string, scope: Scope): Promise<boolean> {
    const row = await this.#options.table.get(id);
    return row !== undefined && isTheirs(row, scope);
  }

  async #move(
    cause: Cause,
    id: string,
    edited: number,
    what: string,
    to: (row: Moving, body: DirectiveBody) => Moving & { body: DirectiveBody },
    also?: (edit: Edit) => Promise<void>,
  ): Promise<void> {
    const { table, catalogue } = this.#options;
    const kept = (row: DirectiveRow): DirectiveMove => {
      const { state, due, settled_at, body } = to({ ...row, state: stateOf(row.state) }, bodyOf(row));
      // What was answered waits for the Office, not for its unit.
      const isReminded = state === 'open';
      return {
        state,
        due,
        settled_at,
        body: JSON.stringify(body),
        remind_at: isReminded ? instant(nextReminder(due, Date.now(), catalogue)) : null,
      };
    };
    const moved = await table.move(cause, id, edited, what, kept, also);
    if (moved === undefined) throw new HttpError(404, 'no_such_directive', NO_DIRECTIVE);
  }

  #assertUnit({ dim, code }: DirectedUnit, alert: AlertRow): void {
    const { catalogue } = this.#options;
    const units = dim === 'agency' ? catalogue.agencies : catalogue.provinces;
    const unit = units.find(({ id }) => id === code);
    const today = localDay(Date.now(), catalogue.timeZone);
    if (unit === undefined || !validOn(unit, today))
      throw new HttpError(400, 'no_such_unit', `the catalogue has no ${dim} ${code} today`);
    const grant = { agencies: dim === 'agency' ? [code] : [], provinces: dim === 'province' ? [code] : [] };
    if (alert.dim !== 'all' && !isSeen(alert, scopeOf(grant, catalogue)))
      throw new HttpError(400, 'another_unit', 'the alert is of another unit: it would be told what is not its own');
  }

  #assertDue(due: string): void {
    const { catalogue } = this.#options;
    if (due < localDay(Date.now(), catalogue.timeZone))
      throw new HttpError(400, 'due_past', 'the due day is over: choose today or a later one');
  }

  #assertGiven({ givenOn, due }: DirectiveOrder): void {
    if (givenOn === undefined) return;
    if (givenOn > localDay(Date.now(), this.#options.catalogue.timeZone))
      throw new HttpError(400, 'given_future', 'givenOn: that day is to come; say today or an earlier one');
    if (due < givenOn)
      throw new HttpError(400, 'due_before_given', `due: it was given on ${givenOn}; say that day or a later one`);
  }

  #told(row: DirectiveRow, came: AlertRow | undefined, scope: Scope): Directive {
    const { catalogue } = this.#options;
    const now = Date.now();
    const { order, givenBy, reading, of, isSimulated, response, decided } = bodyOf(row);
    const alert = came === undefined || !isSeen(came, scope) ? undefined : alertOf(came);
    const left = daysLeft(row.due, now, catalogue);
    const kept = stateOf(row.state);
    const reached = isReached(order.wanted, decided?.what === 'confirmed' ? decided.reading : alert?.latest);
    const { reading: _, ...decidedPlainly } = decided ?? { what: 'confirmed' as const, who: '', at: 0 };
    return {
      id: row.id,
      kind: DIRECTIVE_KINDS.find((kind) => kind === row.kind) ?? 'directive',
      unit: { dim: row.dim === 'province' ? 'province' : 'agency', code: row.code },
      order,
      ...(givenBy === undefined ? {} : { givenBy }),
      ...(of === undefined ? {} : { of }),
      ...(isSimulated === undefined ? {} : { isSimulated }),
      ...(response === undefined ? {} : { response }),
      ...(decided === undefined ? {} : { decided: alert === undefined ? decidedPlainly : decided }),
      state: kept === 'open' && left < 0 ? 'overdue' : kept,
      version: row.version,
      given: { who: row.given_by, at: Date.parse(row.given_at) },
      ...(row.settled_at === null ? {} : { settledAt: Date.parse(row.settled_at) }),
      ...(alert === undefined ? {} : { alert }),
      ...(alert === undefined || reading === undefined ? {} : { reading }),
      ...(alert === undefined || reached === undefined ? {} : { isReached: reached }),
      ...(response === undefined ? {} : { isAnsweredLate: localDay(response.at, catalogue.timeZone) > order.due }),
      daysLeft: left,
      isOverdue: isOverdue({ state: kept, daysLeft: left }),
    };
  }
}

type Moving = Pick<DirectiveRow, 'due' | 'given_at' | 'settled_at'> & { state: DirectiveKeptState };

const doneBeforeGiven = (given: string): HttpError =>
  new HttpError(
    400,
    'done_before_given',
    `done: it was given on ${given}; say that day or a later one, or have the Office write the day on which it was given`,
  );

const instant = (at: number): string => new Date(at).toISOString();
const stateOf = (text: string): DirectiveKeptState => DIRECTIVE_KEPT_STATES.find((state) => state === text) ?? 'open';
const bodyOf = ({ body }: Pick<DirectiveRow, 'body'>): DirectiveBody => keptAs(directiveBodySchema, JSON.parse(body));

export const isTheirs = ({ dim, code }: Pick<DirectiveRow, 'dim' | 'code'>, scope: Scope): boolean =>
  owns(scope, dim === 'province' ? 'province' : 'agency', code);

function assertOpen({ state }: { state: DirectiveKeptState }): void {
  if (state === 'done' || state === 'withdrawn')
    throw new HttpError(409, 'settled', 'it is settled: take that back first, or give another');
}

const isDecision = (what: string): boolean => Object.values(ACTIONS).includes(what);

/** What was said by it, and no reading: those are of the alert. */
function directiveEntryOf({
  sequence,
  at,
  who,
  action,
  subject,
  version,
  before,
  after,
  why,
  hash,
}: AuditEntry): DirectiveEntry {
  const { body, told } = (after ?? {}) as { body?: DirectiveBody; told?: DirectiveEntry['told'] };
  const what = whatOf(action);
  // Sent back with a later due day, it is another order.
  const due = (before as { due?: string } | null)?.due ?? body?.order.due;
  const isOrder =
    what === 'given' || what === 'changed' || what === 'restored' || (what === 'sent_back' && due !== body?.order.due);
  const said = why ?? (isDecision(what) ? body?.decided?.why : undefined);
  return {
    sequence,
    at: Date.parse(at),
    who,
    action,
    directive: subject,
    ...(version === null ? {} : { version }),
    ...(told === undefined ? {} : { told }),
    ...(body !== undefined && isOrder ? { order: body.order } : {}),
    ...(what === 'answered' && body?.response !== undefined ? { response: body.response } : {}),
    ...(said === undefined ? {} : { why: said }),
    hash,
  };
}
