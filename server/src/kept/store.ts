/** What people keep beside the numbers: who sees it, who may change it, and its versions. */
import { randomUUID } from 'node:crypto';
import { asKept, type Kept, keptAs, type Version } from '@room/contract';
import { type AuditEntry, type Cause, type Database, type Document, Documents } from '@room/database';
import { z } from 'zod';
import type { Actor } from '../access/principal.ts';
import { causeOf } from '../access/remember.ts';
import { HttpError } from '../errors.ts';
import { versionsOf } from '../versions.ts';

/** Whose it is stands beside it, and stays. */
interface Owned<T> {
  owner: string;
  body: T;
}

export interface Policy<T> {
  /** Whether it is told to whoever asks. */
  sees: (of: Owned<T>, actor: Actor) => boolean;
  /** Whether they may change it; nobody changes what they do not see. */
  mayEdit: (of: Owned<T>, actor: Actor) => boolean;
  /** Throws where this is not theirs to write, or is of nothing that the room knows. */
  assertWritable: (body: T, actor: Actor) => void;
}

export interface KeptStoreOptions<T> extends Policy<T> {
  database: Pick<Database, 'read' | 'write'>;
  /** Of its documents, and part of its name in the audit. */
  kind: string;
  schema: z.ZodType<T>;
  /** That one owner may keep. */
  most: number;
  /** Nobody has an account: whoever sits here is the only one there is. */
  isTrial: () => boolean;
}

export const ownerOf = (actor: Pick<Actor, 'kind' | 'id'>): string => causeOf(actor).who;

export class KeptStore<T> {
  readonly #options: KeptStoreOptions<T>;
  readonly #documents: Documents<Owned<T>>;

  constructor(options: KeptStoreOptions<T>) {
    const { database, kind, schema } = options;
    this.#options = options;
    this.#documents = new Documents({
      database,
      kind,
      schema: asKept(z.strictObject({ owner: z.string(), body: schema })),
    });
  }

  /** All that they see. */
  async list(actor: Actor): Promise<Kept<T>[]> {
    const all = await this.#documents.list();
    return all.filter(({ body }) => this.#options.sees(body, actor)).map((one) => this.#told(one, actor));
  }

  /** Throws 404 where there is none that they see. */
  async get(actor: Actor, id: string): Promise<Kept<T>> {
    const found = await this.#documents.get(id);
    if (found === undefined || !this.#options.sees(found.body, actor)) throw this.#none();
    return this.#told(found, actor);
  }

  async create(actor: Actor, body: T): Promise<Kept<T>> {
    this.#assertKnown(actor);
    this.#options.assertWritable(body, actor);
    const owner = ownerOf(actor);
    const { most } = this.#options;
    const created = await this.#options.database.write(causeOf(actor), async (edit) => {
      const own = (await this.#documents.hold(edit)).filter((one) => one.body.owner === owner).length;
      if (own >= most)
        throw new HttpError(422, 'too_many', `${own} are kept already, at most ${most}; remove some first`, undefined, {
          numbers: { most },
        });
      return this.#documents.createIn(edit, randomUUID(), { owner, body });
    });
    return this.#told(created, actor);
  }

  /** Throws `Conflict` where `version` is not the newest. */
  async update(actor: Actor, id: string, version: number, body: T, why?: string): Promise<Kept<T>> {
    const { owner } = await this.#editable(actor, id);
    this.#options.assertWritable(body, actor);
    return this.#told(await this.#documents.update(causeOf(actor, why), id, version, { owner, body }), actor);
  }

  /** Its versions stay; the one that says it was removed is returned. Throws as `update` does. */
  async remove(actor: Actor, id: string, version: number): Promise<number> {
    await this.#editable(actor, id);
    await this.#documents.remove(causeOf(actor), id, version);
    return version + 1;
  }

  /** Takes back the change that made `version`; undefined where that was its beginning. Throws as `update` does. */
  async undo(actor: Actor, id: string, version: number): Promise<Kept<T> | undefined> {
    await this.#editable(actor, id);
    const undone = (await this.#documents.history(id)).find((entry) => entry.version === version);
    if (undone?.before !== undefined) this.#assertBack(this.#parsed(undone.before), actor);
    const cause: Cause = causeOf(actor, 'undone');
    const { body, ...rest } = await this.#documents.undo(cause, id, version);
    return body === undefined ? undefined : this.#told({ ...rest, body }, actor);
  }

  /** The newest first; of those before it was shared, or when it was of another unit, whoever did not see it then is told nothing. */
  async versions(actor: Actor, id: string): Promise<Version<T>[]> {
    const { sees } = this.#options;
    const entries = await this.#documents.history(id);
    const of = this.#lastOf(entries);
    if (of === undefined || !sees(of, actor)) throw this.#none();
    const told = entries.filter(({ after, before }) => {
      const then = after ?? before;
      return then === undefined || sees(this.#parsed(then), actor);
    });
    return versionsOf(told, (after) => this.#parsed(after).body);
  }

  /** What an undo would bring back is seen and written by whoever asks for it, as if they wrote it now. */
  #assertBack(of: Owned<T>, actor: Actor): void {
    if (!this.#options.sees(of, actor) || !this.#mayEdit(of, actor))
      throw new HttpError(403, 'outside_scope', 'what it was before is not yours to see: change it instead');
    this.#options.assertWritable(of.body, actor);
  }

  /** What it is, or was before it was removed. */
  async #editable(actor: Actor, id: string): Promise<Owned<T>> {
    this.#assertKnown(actor);
    const document = await this.#documents.get(id);
    const of = document?.body ?? this.#lastOf(await this.#documents.history(id));
    if (of === undefined || !this.#options.sees(of, actor)) throw this.#none();
    if (!this.#mayEdit(of, actor))
      throw new HttpError(403, 'not_yours', 'this is somebody else’s: keep a copy of your own');
    return of;
  }

  #mayEdit(of: Owned<T>, actor: Actor): boolean {
    return this.#isKnown(actor) && this.#options.mayEdit(of, actor);
  }

  #isKnown({ kind }: Actor): boolean {
    return kind !== 'visitor' || this.#options.isTrial();
  }

  /** What is kept is somebody's. */
  #assertKnown(actor: Actor): void {
    if (!this.#isKnown(actor))
      throw new HttpError(401, 'not_signed_in', 'what is kept is somebody’s: sign in at /sign-in first');
  }

  #lastOf(entries: readonly AuditEntry[]): Owned<T> | undefined {
    const [last] = entries;
    const found = last?.after ?? last?.before;
    return found === undefined ? undefined : this.#parsed(found);
  }

  #parsed(value: unknown): Owned<T> {
    const { owner, body } = value as Owned<unknown>;
    return { owner, body: keptAs(this.#options.schema, body) };
  }

  #none(): HttpError {
    return new HttpError(404, 'not_found', 'there is none of this id that you may see');
  }

  #told({ id, version, who, at, body: of }: Document<Owned<T>>, actor: Actor): Kept<T> {
    const { owner, body } = of;
    return { id, version, owner, who, at: Date.parse(at), mayEdit: this.#mayEdit(of, actor), body };
  }
}
