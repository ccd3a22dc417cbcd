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
  /** As in the audit, by its kind: `directive.given`, `task.given`. */
  action: string;
  at: string;
  who: string;
}

export type GivenRow = Omit<DirectiveRow, 'version' | 'given_at' | 'given_by' | 'settled_at'> &
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
    given: Omit<DirectiveRow, 'version' | 'given_at' | 'given_by' | 'settled_at'>,
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
        given_at: new Date().toISOString(),
        given_by: cause.who,
        settled_at: null,
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
    { isTrial = false, isSame = () => false }: { isTrial?: boolean; isSame?: (there: DirectiveRow) => boolean } = {},
  ): Promise<string[]> {
    return this.#database.write(cause, async (edit) => {
      await edit.alone(`${DIRECTIVE} all`);
      const found = await edit.query
        .selectFrom('directive')
        .selectAll()
        .where(
          'id',
          'in',
          given.map(({ id }) => id),
        )
        .execute();
      const there = found.filter((row) => !isSame(row));
      if (isTrial || there.length > 0) return there.map(({ id }) => id);
      const known = new Set(found.map(({ id }) => id));
      for (const one of given) {
        if (known.has(one.id)) continue;
        const row = { given_at: new Date().toISOString(), settled_at: null, ...one, version: 1, given_by: cause.who };
        await edit.query.insertInto('directive').values(row).execute();
        await tells(edit, row, 'given');
      }
      return [];
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
      await leaves(edit, id, action);
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
    return rows.reverse().map(entryOf);
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
        .selectAll()
        .where('kind', '=', DIRECTIVE)
        .where('at', '>=', since)
        .where('version', 'is not', null)
        .orderBy('sequence', 'desc')
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

async function tells(edit: Edit, row: DirectiveRow, what: string, before?: DirectiveRow): Promise<void> {
  const action = `${row.kind}.${what}`;
  edit.record({
    action,
    kind: DIRECTIVE,
    subject: row.id,
    version: row.version,
    ...(before === undefined ? {} : { before: told(before) }),
    after: told(row),
  });
  await leaves(edit, row.id, action);
}

/** Tells whoever is to know of it, once it is committed. */
async function leaves(edit: Edit, directive: string, action: string): Promise<void> {
  const event: DirectiveEvent = { directive, action, at: new Date().toISOString(), who: edit.cause.who };
  await edit.send(DIRECTIVE, event);
}
