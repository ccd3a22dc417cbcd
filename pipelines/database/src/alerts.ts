/** Instances of rules and what rings: written by the one process that evaluates, answered by people through any server. */
import type { AuditEntry, Cause } from './audit.ts';
import { type AuditPage, entryOf, searchAudit } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import { Conflict } from './errors.ts';
import type { AlertInstanceRow, AlertRow } from './tables.ts';

/** Changes of it are followed by this name; the subject is the alert. Its events leave by the channel of the same name. */
export const ALERT = 'alert';

/** What became of an alert, as it leaves the room. */
export interface AlertEvent {
  alert: string;
  /** As in the audit: `alert.fired`. */
  action: string;
  at: string;
  who: string;
  /** With its reading, its outcome, or its answer. */
  after?: unknown;
}

export type AlertMove = Pick<AlertRow, 'state' | 'since' | 'latest'> & Partial<Pick<AlertRow, 'ended_at' | 'outcome'>>;

/** One instance that changed, with what that does to its alert. */
export interface InstanceChange {
  /** Version that it was changed from; 0 where it had no row. */
  from: number;
  /** `version` is that before. Undefined: normal again. */
  to: AlertInstanceRow | undefined;
  key: Pick<AlertInstanceRow, 'rule' | 'dim' | 'code'>;
  begins?: AlertRow;
  moves?: { id: string; set: AlertMove };
  /** What the audit says of the alert, as `alert.fired`. */
  told?: { alert: string; action: string; after: unknown };
}

/** When what became of an alert did, as the ledger has it: milliseconds since 1970 UTC. */
export interface AlertMilestones {
  id: string;
  dim: string;
  code: string;
  began: number;
  acknowledged?: number;
  answered?: number;
  ended?: number;
  outcome?: string;
}

const MILESTONE_ACTIONS = ['alert.fired', 'alert.unknown', 'alert.acknowledged', 'alert.answered', 'alert.ended'];

/** Of a timeline: the last of them. */
const MOST_ENTRIES = 200;

export class AlertTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  instances(): Promise<AlertInstanceRow[]> {
    return this.#database.read((query) => query.selectFrom('alert_instance').selectAll().execute());
  }

  get(id: string): Promise<AlertRow | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst(),
    );
  }

  some(ids: readonly string[]): Promise<AlertRow[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.#database.read((query) => query.selectFrom('alert').selectAll().where('id', 'in', ids).execute());
  }

  /** Of the same rule, that began before: the newest first. */
  earlier({ rule, began_at, id }: Pick<AlertRow, 'rule' | 'began_at' | 'id'>, limit: number): Promise<AlertRow[]> {
    return this.#database.read((query) =>
      query
        .selectFrom('alert')
        .selectAll()
        .where('rule', '=', rule)
        .where('began_at', '<=', began_at)
        .where('id', '<>', id)
        .orderBy('began_at', 'desc')
        .limit(limit)
        .execute(),
    );
  }

  /** The newest first: all that are open, or the last `limit` that ended. */
  list(which: 'open' | 'ended', limit: number): Promise<AlertRow[]> {
    return this.#database.read((query) => {
      const all = query.selectFrom('alert').selectAll();
      return (
        which === 'open'
          ? all.where('ended_at', 'is', null).orderBy('began_at', 'desc')
          : all.where('ended_at', 'is not', null).orderBy('ended_at', 'desc').limit(limit)
      ).execute();
    });
  }

  /** All of it or nothing. Throws `Conflict` where somebody else changed one of the instances meanwhile. */
  apply(cause: Cause, changes: readonly InstanceChange[]): Promise<void> {
    return this.#database.write(cause, async (edit) => {
      for (const change of changes) await applyOne(edit, change);
    });
  }

  /** Notes that rules were looked at, and the newest readings of alerts, by id; no word of it goes into the audit. */
  async looked(at: string, latest: ReadonlyMap<string, string>): Promise<void> {
    await this.#database.write({ who: 'room' }, async ({ query }) => {
      await query
        .insertInto('alert_look')
        .values({ id: 1, at })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ at }))
        .execute();
      for (const [id, reading] of latest)
        await query.updateTable('alert').set({ latest: reading }).where('id', '=', id).execute();
    });
  }

  /** When rules were looked at last; undefined before the first time. */
  async lookedAt(): Promise<string | undefined> {
    const row = await this.#database.read((query) => query.selectFrom('alert_look').select('at').executeTakeFirst());
    return row?.at;
  }

  /** The first who does it is noted. Undefined where there is no such alert. */
  acknowledge(cause: Cause, id: string): Promise<AlertRow | undefined> {
    return this.#database.write(cause, async (edit) => {
      await acknowledgeIn(edit, id);
      return found(edit, id);
    });
  }

  /** Takes the place of the answer of version `edited`, 0 for none; also acknowledges. Throws `Conflict` where that is not the newest. */
  answer(cause: Cause, id: string, edited: number, answer: object): Promise<AlertRow | undefined> {
    return this.#database.write(cause, async (edit) => {
      const before = await found(edit, id);
      if (before === undefined) return undefined;
      await acknowledgeIn(edit, id);
      const at = new Date().toISOString();
      const kept = { ...answer, who: cause.who, at: Date.parse(at) };
      const done = await edit.query
        .updateTable('alert')
        .set({ answer: JSON.stringify(kept), answer_version: edited + 1 })
        .where('id', '=', id)
        .where('answer_version', '=', edited)
        .executeTakeFirst();
      if (done.numUpdatedRows !== 1n) {
        const last = before.answer === null ? {} : (JSON.parse(before.answer) as { who?: string; at?: number });
        const newest = {
          version: before.answer_version,
          who: last.who ?? '',
          at: new Date(last.at ?? 0).toISOString(),
        };
        throw new Conflict('answer', id, edited, newest);
      }
      edit.record({
        action: 'alert.answered',
        kind: ALERT,
        subject: id,
        ...(before.answer === null ? {} : { before: { answer: JSON.parse(before.answer) } }),
        after: { answer },
      });
      await leaves(edit, { alert: id, action: 'alert.answered', after: { answer } });
      return found(edit, id);
    });
  }

  /** What became of all of them, newest first: as much as one look finds, and where to go on. */
  ledger(before: number | undefined, limit: number): Promise<AuditPage> {
    const from = before === undefined ? {} : { before };
    return this.#database.read((query) => searchAudit(query, { kind: ALERT, limit, ...from }));
  }

  /** Of the alerts that began in [from, to); undefined where they are more than `most`. */
  milestones(from: string, to: string, most: number): Promise<AlertMilestones[] | undefined> {
    return this.#database.read(async (query) => {
      const rung = query.selectFrom('alert').where('began_at', '>=', from).where('began_at', '<', to);
      const alerts = await rung
        .select(['id', 'dim', 'code', 'began_at'])
        .orderBy('id')
        .limit(most + 1)
        .execute();
      if (alerts.length > most) return undefined;
      const entries = query.selectFrom('audit').where('kind', '=', ALERT).where('subject', 'in', rung.select('id'));
      const first = await entries
        .select(({ fn }) => ['subject', 'action', fn.min<string>('at').as('at')])
        .where('action', 'in', MILESTONE_ACTIONS)
        .groupBy(['subject', 'action'])
        .execute();
      const ends = await entries.select(['subject', 'after']).where('action', '=', 'alert.ended').execute();
      const at = new Map(first.map((entry) => [`${entry.subject} ${entry.action}`, Date.parse(entry.at)]));
      const outcomes = new Map(ends.map(({ subject, after }) => [subject, outcomeOf(after)]));
      return alerts.map(({ id, dim, code, began_at }) => {
        const of = (action: string): number | undefined => at.get(`${id} ${action}`);
        const began = Math.min(
          ...['alert.fired', 'alert.unknown'].map((action) => of(action) ?? Number.POSITIVE_INFINITY),
        );
        const came = {
          acknowledged: of('alert.acknowledged'),
          answered: of('alert.answered'),
          ended: of('alert.ended'),
          outcome: outcomes.get(id),
        };
        return {
          id,
          dim,
          code,
          began: Number.isFinite(began) ? began : Date.parse(began_at),
          ...(Object.fromEntries(
            Object.entries(came).filter(([, value]) => value !== undefined),
          ) as Partial<AlertMilestones>),
        };
      });
    });
  }

  /** What became of an alert, oldest first. */
  async timeline(id: string): Promise<AuditEntry[]> {
    const rows = await this.#database.read((query) =>
      query
        .selectFrom('audit')
        .selectAll()
        .where('kind', '=', ALERT)
        .where('subject', '=', id)
        .orderBy('sequence', 'desc')
        .limit(MOST_ENTRIES)
        .execute(),
    );
    return rows.reverse().map(entryOf);
  }
}

const outcomeOf = (after: string | null): string | undefined =>
  after === null ? undefined : (JSON.parse(after) as { outcome?: string }).outcome;

const found = ({ query }: Edit, id: string): Promise<AlertRow | undefined> =>
  query.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst();

async function acknowledgeIn(edit: Edit, id: string): Promise<void> {
  const set = { acknowledged_at: new Date().toISOString(), acknowledged_by: edit.cause.who };
  const done = await edit.query
    .updateTable('alert')
    .set(set)
    .where('id', '=', id)
    .where('acknowledged_at', 'is', null)
    .executeTakeFirst();
  if (done.numUpdatedRows !== 1n) return;
  edit.record({ action: 'alert.acknowledged', kind: ALERT, subject: id });
  await leaves(edit, { alert: id, action: 'alert.acknowledged' });
}

/** Tells whoever is to know of it, once it is committed. */
async function leaves(edit: Edit, told: Pick<AlertEvent, 'alert' | 'action' | 'after'>): Promise<void> {
  const event: AlertEvent = { ...told, at: new Date().toISOString(), who: edit.cause.who };
  await edit.send(ALERT, event);
}

async function applyOne(edit: Edit, { from, to, key, begins, moves, told }: InstanceChange): Promise<void> {
  if (!(await replaced(edit, from, to, key))) {
    const name = `${key.rule} ${key.dim} ${key.code}`;
    throw new Conflict('alert_instance', name, from, { version: 0, who: 'room', at: '' });
  }
  if (begins !== undefined) await edit.query.insertInto('alert').values(begins).execute();
  if (moves !== undefined) await edit.query.updateTable('alert').set(moves.set).where('id', '=', moves.id).execute();
  if (told === undefined) return;
  edit.record({ action: told.action, kind: ALERT, subject: told.alert, after: told.after });
  await leaves(edit, told);
}

/** Only over the version that it was changed from. */
async function replaced(
  { query }: Edit,
  from: number,
  to: AlertInstanceRow | undefined,
  { rule, dim, code }: InstanceChange['key'],
): Promise<boolean> {
  if (from === 0) {
    if (to === undefined) return true;
    const done = await query
      .insertInto('alert_instance')
      .values({ ...to, version: 1 })
      .onConflict((conflict) => conflict.columns(['rule', 'dim', 'code']).doNothing())
      .executeTakeFirst();
    return done.numInsertedOrUpdatedRows === 1n;
  }
  if (to === undefined) {
    const done = await query
      .deleteFrom('alert_instance')
      .where('rule', '=', rule)
      .where('dim', '=', dim)
      .where('code', '=', code)
      .where('version', '=', from)
      .executeTakeFirst();
    return done.numDeletedRows === 1n;
  }
  const done = await query
    .updateTable('alert_instance')
    .set({ ...to, version: from + 1 })
    .where('rule', '=', rule)
    .where('dim', '=', dim)
    .where('code', '=', code)
    .where('version', '=', from)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}
