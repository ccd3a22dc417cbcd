/** What the tools read: rows of the table of routes, each with its own right, schema, scope and line. Nothing is decided here. */
import type { Answers, Queries, ReadingRight } from '@room/contract';
import type { z } from 'zod';
import { assertMay } from '../access/access.ts';
import type { Actor } from '../access/principal.ts';
import { checkedQuery, type Fields } from '../api/input.ts';
import type { Call, Route } from '../api/route.ts';

/** As whoever sent the message that asks. */
export type Asking = Pick<
  Call<'analyse', undefined, undefined, unknown>,
  'asker' | 'assertStill' | 'request' | 'response'
> & {
  principal: Actor;
};

export class Reader {
  readonly #rows: ReadonlyMap<string, Route>;

  constructor(rows: readonly Route[]) {
    this.#rows = new Map(rows.filter(({ method }) => method === 'get').map((row) => [row.path, row]));
  }

  #row(path: string): Route & { query: z.ZodObject; right: ReadingRight } {
    const row = this.#rows.get(path);
    const { query, right } = row ?? {};
    if (row === undefined || query === undefined || (right !== 'view' && right !== 'analyse'))
      throw new Error(`${path} is no reading with a question of its own`);
    return { ...row, query, right };
  }

  schema(path: string): z.ZodObject {
    return this.#row(path).query;
  }

  may(path: string, { rights }: Actor): boolean {
    return rights.has(this.#row(path).right);
  }

  /** What the row answers to these fields, each a text. Throws what it refuses: 400 with the field that is wrong, 403, 404, 422, 503. */
  read<Path extends keyof Queries>(path: Path, fields: Fields, asking: Asking): Promise<Answers[Path]>;
  read<T>(path: string, fields: Fields, asking: Asking): Promise<T>;
  async read(path: string, fields: Fields, asking: Asking): Promise<unknown> {
    const row = this.#row(path);
    assertMay(row.right, asking.principal);
    const query = checkedQuery(row.query, fields, row.badInput);
    return row.handle({ ...asking, params: undefined, query, body: undefined });
  }
}
