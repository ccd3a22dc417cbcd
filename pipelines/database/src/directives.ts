/** What units were ordered to do: each change over the version that was seen, said in the audit and sent on in the same transaction. */
import { turn } from '@room/runtime';
import { type AuditEntry, type Cause, entryOf } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import { Conflict } from './errors.ts';
import type { DirectiveRow } from './tables.ts';

/** Changes of it are followed by this name; the subject is its id. Its events leave by the channel of the same name. */
export const DIRECTIVE = 'directive';

/** What became of one, as it leaves the room. */
export interface DirectiveEvent {
  directive: string;
  /** More of the same, given at once. */
  others?: readonly string[];
  /** As they stood, of those that are there no more. */
  gone?: readonly GoneRow[];
  /** As in the audit, by its kind: `directive.given`, `task.given`. */
  action: string;
  at: string;
  who: string;
}

export type GoneRow = Pick<DirectiveRow, 'id' | 'kind' | 'dim' | 'code' | 'body'>;

/** Changes of an import as a whole are followed by this name; the subject is its id. */
export const TASK_IMPORT = 'task_import';

/** Tasks that were given at once, as they stand now. */
export interface TaskBatch {
  id: string;
  at: string;
  who: string;
  count: number;
  /** That nobody changed since. */
  untouched: number;
}

export type GivenRow = Omit<
  DirectiveRow,
  'version' | 'given_at' | 'given_by' | 'settled_at' | 'batch' | 'first_version'
> &
  Partial<Pick<DirectiveRow, 'given_at' | 'settled_at'>>;
export type DirectiveMove = Pick<DirectiveRow, 'state' | 'due' | 'remind_at' | 'body' | 'settled_at'>;

/** How one stands, and since when. */
export type StoodRow = Pick<DirectiveRow, 'id' | 'dim' | 'code' | 'state' | 'due' | 'given_at' | 'settled_at'>;

/** Of one alert. */
const MOST_OF_ALERT = 20;
const MOST_ENTRIES = 200;
/** Told at once; of more the newest. */
export const MOST_MOVES = 10_000;
/** Changes that are read in one statement. */
const STEPS_AT_ONCE = 2_000;
/** Rows, or ids, of one statement, whose values databases count. */
const ROWS_AT_ONCE = 250;
/** Told by one message. */
const TOLD_AT_ONCE = 100;
/** Imports that are listed. */
const MOST_BATCHES = 50;
/** That are reminded of in one look. */
const AT_ONCE = 100;

/** What of a task decides the numbers of a day, as it stood before a change. */
export interface StoodBefore {
  at: string;
  subject: string;
  before: { due: string; settled_at?: string | null | undefined };
}

export class DirectiveTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  get(id: string): Promise<DirectiveRow | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('directive').selectAll().where('id', '=', id).executeTakeFirst(),
    );
  }

  /** Those of these that there are. */
  async some(ids: readonly string[]): Promise<DirectiveRow[]> {
    const rows: DirectiveRow[] = [];
    for (const part of parts(ids, ROWS_AT_ONCE))
      rows.push(
        ...(await this.#database.read((query) =>
          query.selectFrom('directive').selectAll().where('id', 'in', part).execute(),
        )),
      );
    return rows;
  }

  /** Those that came of an alert, the oldest first. */
  ofAlert(alert: string): Promise<DirectiveRow[]> {
    return this.#database.read((query) =>
      query.selectFrom('directive').selectAll().where('alert', '=', alert).orderBy('given_at').orderBy('id').execute(),
    );
  }

  /** Of a kind, or of all: those that are open, what is due first before the others; or the last `limit` that were settled. */
  list(which: 'open' | 'settled', limit: number, kind?: string): Promise<DirectiveRow[]> {
    return this.#database.read((query) => {
      const each = query.selectFrom('directive').selectAll();
      const all = kind === undefined ? each : each.where('kind', '=', kind);
      return (
        which === 'open'
          ? all.where('settled_at', 'is', null).orderBy('due').orderBy('id')
          : all.where('settled_at', 'is not', null).orderBy('settled_at', 'desc').orderBy('id').limit(limit)
      ).execute();
    });
  }

  /** Those that were open at an instant, or given since, without their words; the last `limit` of those that were settled since. */
  openSince(since: string, limit: number): Promise<StoodRow[]> {
    return this.#database.read(async (query) => {
      const each = query
        .selectFrom('directive')
        .select(['id', 'dim', 'code', 'state', 'due', 'given_at', 'settled_at']);
      const [open, settled] = await Promise.all([
        each.where('settled_at', 'is', null).execute(),
        each.where('settled_at', '>=', since).orderBy('settled_at', 'desc').orderBy('id').limit(limit).execute(),
      ]);
      return [...open, ...settled];
    });
  }

  /** When each unit was given its first. */
  firstGiven(): Promise<Pick<DirectiveRow, 'dim' | 'code' | 'given_at'>[]> {
    return this.#database.read((query) =>
      query
        .selectFrom('directive')
        .select(({ fn }) => ['dim', 'code', fn.min('given_at').as('given_at')])
        .groupBy(['dim', 'code'])
        .execute(),
    );
  }

  /** Whether any was made up: of a room that is one, all are. In a text of JSON these letters stand nowhere but as this field. */
  async isAnySimulated(): Promise<boolean> {
    const found = await this.#database.read((query) =>
      query.selectFrom('directive').select('id').where('body', 'like', '%"isSimulated":true%').limit(1).execute(),
    );
    return found.length > 0;
  }

  /** Undefined where the alert has as many as it may. */
  give(
    cause: Cause,
    given: Omit<DirectiveRow, 'version' | 'given_at' | 'given_by' | 'settled_at' | 'batch' | 'first_version'>,
  ): Promise<DirectiveRow | undefined> {
    return this.#database.write(cause, async (edit) => {
      if (given.alert !== null) {
        await edit.alone(`${DIRECTIVE} ${given.alert}`);
        const { n } = await edit.query
          .selectFrom('directive')
          .select(({ fn }) => fn.countAll<number | string>().as('n'))
          .where('alert', '=', given.alert)
          .executeTakeFirstOrThrow();
        if (Number(n) >= MOST_OF_ALERT) return undefined;
      }
      const row: DirectiveRow = {
        ...given,
        version: 1,
        first_version: 1,
        given_at: new Date().toISOString(),
        given_by: cause.who,
        settled_at: null,
        batch: null,
      };
      await edit.query.insertInto('directive').values(row).execute();
      await tells(edit, row, 'given');
      return row;
    });
  }

  /**
   * All of them, or none: with ids that are there already these are returned, and nothing is given. A simulated year alone says itself
   * when they were given, and how they stand.
   */
  giveAll(
    cause: Cause,
    given: readonly GivenRow[],
    {
      isTrial = false,
      isSame = () => false,
      batch,
    }: {
      isTrial?: boolean;
      isSame?: (there: DirectiveRow) => boolean;
      /** By which they can be taken back together; a name that was never used. */
      batch?: string;
    } = {},
  ): Promise<string[]> {
    return this.#database.write(cause, async (edit) => {
      await edit.alone(`${DIRECTIVE} all`);
      const found: DirectiveRow[] = [];
      const ids = given.map(({ id }) => id);
      for (const part of parts(ids, ROWS_AT_ONCE)) {
        found.push(...(await edit.query.selectFrom('directive').selectAll().where('id', 'in', part).execute()));
        // A thousand rows hold up nobody else.
        await turn();
      }
      const there = found.filter((row) => !isSame(row));
      if (isTrial || there.length > 0) return there.map(({ id }) => id);
      const known = new Set(found.map(({ id }) => id));
      const given_at = new Date().toISOString();
      const fresh = given.filter(({ id }) => !known.has(id));
      const first = await firstVersions(
        edit,
        fresh.map(({ id }) => id),
      );
      const rows = fresh.map((one) => ({
        given_at,
        settled_at: null,
        ...one,
        batch: batch ?? null,
        version: first.get(one.id) ?? 1,
        first_version: first.get(one.id) ?? 1,
        given_by: cause.who,
      }));
      for (const part of parts(rows, ROWS_AT_ONCE)) {
        await edit.query.insertInto('directive').values(part).execute();
        for (const row of part) recordOf(edit, row, 'given');
        await turn();
      }
      for (const [kind, ids] of byKind(rows))
        for (const part of parts(ids, TOLD_AT_ONCE)) await leaves(edit, part, `${kind}.given`);
      if (batch !== undefined && rows.length > 0)
        edit.record({ action: 'task_import.made', kind: TASK_IMPORT, subject: batch, after: { tasks: rows.length } });
      return [];
    });
  }

  /** Imports of which something is there, the newest first. */
  async batches(): Promise<TaskBatch[]> {
    const rows = await this.#database.read((query) =>
      query
        .selectFrom('directive')
        .select(({ eb, fn }) => [
          'batch',
          'given_by',
          fn.min('given_at').as('at'),
          fn.countAll<number | string>().as('count'),
          fn.countAll<number | string>().filterWhere('version', '=', eb.ref('first_version')).as('untouched'),
        ])
        .where('batch', 'is not', null)
        .groupBy(['batch', 'given_by'])
        .orderBy('at', 'desc')
        .orderBy('batch')
        .limit(MOST_BATCHES)
        .execute(),
    );
    return rows.map(({ batch, given_by: who, at, count, untouched }) => ({
      id: batch ?? '',
      at,
      who,
      count: Number(count),
      untouched: Number(untouched),
    }));
  }

  /**
   * Takes back those of an import that nobody changed since, as if they had never been given, and tells which others stay; on trial it only
   * says so. Whoever was told of one is told that it is over. Undefined where nothing of it is there.
   */
  takeBack(
    cause: Cause,
    batch: string,
    { isTrial }: { isTrial: boolean },
  ): Promise<{ taken: DirectiveRow[]; kept: DirectiveRow[] } | undefined> {
    return this.#database.write(cause, async (edit) => {
      await edit.alone(`${DIRECTIVE} all`);
      const all = edit.query.selectFrom('directive').selectAll().where('batch', '=', batch).orderBy('id');
      // Who changes one meanwhile is first, or finds it gone.
      const rows = await (edit.isShared && !isTrial ? all.forUpdate() : all).execute();
      if (rows.length === 0) return undefined;
      const taken = rows.filter((row) => row.version === row.first_version);
      const kept = rows.filter((row) => row.version !== row.first_version);
      if (isTrial || taken.length === 0) return { taken, kept };
      const untold = await forget(
        edit,
        taken.map(({ id }) => id),
      );
      for (const part of parts(taken, ROWS_AT_ONCE)) {
        const ids = part.map(({ id }) => id);
        await edit.query.deleteFrom('directive').where('id', 'in', ids).execute();
        for (const row of part)
          edit.record({ action: `${row.kind}.taken_back`, kind: DIRECTIVE, subject: row.id, before: told(row) });
        await turn();
      }
      const over = taken.filter(({ id }) => !untold.has(id));
      for (const part of parts(over, TOLD_AT_ONCE))
        await leaves(
          edit,
          part.map(({ id }) => id),
          'task.taken_back',
          part.map(({ id, kind, dim, code, body }) => ({ id, kind, dim, code, body })),
        );
      edit.record({
        action: 'task_import.taken_back',
        kind: TASK_IMPORT,
        subject: batch,
        after: { tasks: taken.length, kept: kept.length },
      });
      return { taken, kept };
    });
  }

  /**
   * `what`: as in the audit after its kind, as `changed`. Over version `edited`. Throws `Conflict` where that is not the newest. Undefined where there is none of this id. What it is moved
   * to is told by the row as it stands. `also`: what is written with it.
   */
  move(
    cause: Cause,
    id: string,
    edited: number,
    what: string,
    to: (row: DirectiveRow) => DirectiveMove,
    also?: (edit: Edit) => Promise<void>,
  ): Promise<DirectiveRow | undefined> {
    return this.#database.write(cause, async (edit) => {
      const before = await edit.query.selectFrom('directive').selectAll().where('id', '=', id).executeTakeFirst();
      if (before === undefined) return undefined;
      if (before.version !== edited) throw await this.#conflict(edit, id, edited);
      const row = { ...before, ...to(before), version: edited + 1 };
      const done = await edit.query
        .updateTable('directive')
        .set(row)
        .where('id', '=', id)
        .where('version', '=', edited)
        .executeTakeFirst();
      if (done.numUpdatedRows !== 1n) throw await this.#conflict(edit, id, edited);
      await tells(edit, row, what, before);
      await also?.(edit);
      return row;
    });
  }

  /** How many each unit has that are past their due day and not settled, whatever was answered; `today` is a local day. */
  overdue(today: string): Promise<{ dim: string; code: string; count: number }[]> {
    return this.#database.read(async (query) => {
      const rows = await query
        .selectFrom('directive')
        .select(['dim', 'code', ({ fn }) => fn.countAll().as('count')])
        .where('settled_at', 'is', null)
        .where('due', '<', today)
        .groupBy(['dim', 'code'])
        .execute();
      return rows.map(({ dim, code, count }) => ({ dim, code, count: Number(count) }));
    });
  }

  /** Those whose unit is to be reminded by now. */
  due(now: string): Promise<DirectiveRow[]> {
    return this.#database.read((query) =>
      query
        .selectFrom('directive')
        .selectAll()
        .where('remind_at', '<=', now)
        .orderBy('remind_at')
        .limit(AT_ONCE)
        .execute(),
    );
  }

  /** Sends a reminder on, once: whoever else looked at the same moment finds the next one there. */
  remind(
    cause: Cause,
    { id, kind, version, remind_at }: DirectiveRow,
    what: string,
    next: string | null,
  ): Promise<void> {
    return this.#database.write(cause, async (edit) => {
      const done = await edit.query
        .updateTable('directive')
        .set({ remind_at: next })
        .where('id', '=', id)
        .where('version', '=', version)
        .where('remind_at', '=', remind_at)
        .executeTakeFirst();
      if (done.numUpdatedRows !== 1n) return;
      const action = `${kind}.${what}`;
      edit.record({ action, kind: DIRECTIVE, subject: id });
      await leaves(edit, [id], action);
    });
  }

  /** What became of some of them, oldest first. */
  async entries(ids: readonly string[]): Promise<AuditEntry[]> {
    if (ids.length === 0) return [];
    const rows = await this.#database.read((query) =>
      query
        .selectFrom('audit')
        .selectAll()
        .where('kind', '=', DIRECTIVE)
        .where('subject', 'in', ids)
        .orderBy('sequence', 'desc')
        .limit(MOST_ENTRIES)
        .execute(),
    );
    return ofThisLife(rows.reverse().map(entryOf));
  }

  /**
   * How any of them stood before each change from an instant on, the oldest change first; undefined where there are more than `most`. Read
   * some at a time: an entry holds all words of its task.
   */
  async stoodBefore(since: string, most: number): Promise<StoodBefore[] | undefined> {
    const found: StoodBefore[] = [];
    for (let last = 0; ; ) {
      const rows = await this.#database.read((query) =>
        query
          .selectFrom('audit')
          .select(['sequence', 'at', 'subject', 'before'])
          .where('kind', '=', DIRECTIVE)
          .where('at', '>=', since)
          .where('version', 'is not', null)
          .where('sequence', '>', last)
          .orderBy('sequence')
          .limit(STEPS_AT_ONCE)
          .execute(),
      );
      for (const { at, subject, before } of rows) {
        if (before === null) continue;
        const { due, settled_at } = JSON.parse(before) as StoodBefore['before'];
        found.push({ at, subject, before: { due, settled_at } });
      }
      if (found.length > most) return undefined;
      const end = rows.at(-1);
      if (end === undefined || rows.length < STEPS_AT_ONCE) return found;
      last = Number(end.sequence);
      await turn();
    }
  }

  /** What became of any of them from an instant on, the oldest first; of more than 10,000 the newest. */
  async moves(since: string): Promise<AuditEntry[]> {
    const rows = await this.#database.read((query) =>
      query
        .selectFrom('audit')
        .leftJoin('directive', 'directive.id', 'audit.subject')
        .selectAll('audit')
        .where('audit.kind', '=', DIRECTIVE)
        .where('audit.at', '>=', since)
        .where('audit.version', 'is not', null)
        // What one was before it was taken back and given again is none of its moves.
        .where(({ or, eb }) =>
          or([eb('directive.id', 'is', null), eb('audit.version', '>=', eb.ref('directive.first_version'))]),
        )
        .orderBy('audit.sequence', 'desc')
        .limit(MOST_MOVES)
        .execute(),
    );
    return rows.reverse().map(entryOf);
  }

  async #conflict({ query }: Edit, id: string, edited: number): Promise<Conflict> {
    const last = await query
      .selectFrom('audit')
      .select(['version', 'who', 'at'])
      .where('kind', '=', DIRECTIVE)
      .where('subject', '=', id)
      .where('version', 'is not', null)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    return new Conflict(DIRECTIVE, id, edited, {
      version: last?.version ?? 0,
      who: last?.who ?? '',
      at: last?.at ?? '',
    });
  }
}

const told = ({ kind, alert, dim, code, state, due, body, settled_at }: DirectiveRow): Record<string, unknown> => ({
  kind,
  alert,
  dim,
  code,
  state,
  due,
  settled_at,
  body: JSON.parse(body) as unknown,
});

function recordOf(edit: Edit, row: DirectiveRow, what: string, before?: DirectiveRow): void {
  edit.record({
    action: `${row.kind}.${what}`,
    kind: DIRECTIVE,
    subject: row.id,
    version: row.version,
    ...(before === undefined ? {} : { before: told(before) }),
    after: told(row),
  });
}

async function tells(edit: Edit, row: DirectiveRow, what: string, before?: DirectiveRow): Promise<void> {
  recordOf(edit, row, what, before);
  await leaves(edit, [row.id], `${row.kind}.${what}`);
}

/** Tells whoever is to know of it, once it is committed. */
async function leaves(
  edit: Edit,
  [directive, ...others]: readonly string[],
  action: string,
  gone?: readonly GoneRow[],
): Promise<void> {
  if (directive === undefined) return;
  const event: DirectiveEvent = {
    directive,
    ...(others.length === 0 ? {} : { others }),
    ...(gone === undefined ? {} : { gone }),
    action,
    at: new Date().toISOString(),
    who: edit.cause.who,
  };
  await edit.send(DIRECTIVE, event);
}

/** Of whom nobody was told yet, nobody is told any more: returns those. */
async function forget({ query }: Edit, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const untold = new Set<string>();
  const theirs = new Set(ids);
  const waiting = await query.selectFrom('outbox').select(['id', 'body']).where('channel', '=', DIRECTIVE).execute();
  for (const { body } of waiting) {
    const { directive, others = [] } = JSON.parse(body) as DirectiveEvent;
    for (const id of [directive, ...others]) if (theirs.has(id)) untold.add(id);
  }
  for (const part of parts(ids, ROWS_AT_ONCE)) {
    const notices = await query.selectFrom('notice').select('alert').where('alert', 'in', part).execute();
    for (const { alert } of notices) untold.add(alert);
    await query.deleteFrom('notice').where('alert', 'in', part).execute();
  }
  return untold;
}

function byKind(rows: readonly Pick<DirectiveRow, 'id' | 'kind'>[]): ReadonlyMap<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, kind } of rows) {
    const there = ids.get(kind);
    if (there === undefined) ids.set(kind, [id]);
    else there.push(id);
  }
  return ids;
}

function* parts<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/** Of those that were there before and were taken back, the version behind their last. */
async function firstVersions({ query }: Edit, ids: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const part of parts(ids, ROWS_AT_ONCE)) {
    const rows = await query
      .selectFrom('audit')
      .select(({ fn }) => ['subject', fn.max('version').as('last')])
      .where('kind', '=', DIRECTIVE)
      .where('subject', 'in', part)
      .groupBy('subject')
      .execute();
    for (const { subject, last } of rows) found.set(subject, Number(last ?? 0) + 1);
  }
  return found;
}

/** Oldest first: what was taken back was in error, and is nobody's past who has what was given instead. */
function ofThisLife(entries: AuditEntry[]): AuditEntry[] {
  const lives = new Map<string, AuditEntry[]>();
  for (const entry of entries) {
    const life = lives.get(entry.subject) ?? [];
    const isAnew = life.at(-1)?.action.endsWith('.taken_back') === true;
    lives.set(entry.subject, isAnew ? [entry] : [...life, entry]);
  }
  return entries.filter((entry) => lives.get(entry.subject)?.includes(entry));
}
