/** Whatever is taken along: within what somebody may do at once, in its turn, and noted before any of it leaves. */
import { type Catalogue, EVERYTHING, type Language, type Scope } from '@room/contract';
import type { Actor } from '../access/principal.ts';
import type { Remember } from '../access/remember.ts';
import type { Call } from '../api/route.ts';
import { asked } from '../bad-query.ts';
import { cut } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';
import { Allowance } from './allowance.ts';

/** In its turn; what the planner refuses is an `HttpError`. */
export type Ask = <T>(key: string, read: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** One file that somebody takes. */
export interface Taking<Q> {
  query: Q;
  language: Language;
  scope: Scope;
  /** Whether they see a part only. */
  isPart: boolean;
  /** How an event's id is shown to them. */
  principal: Actor;
  catalogue: Catalogue;
  ask: Ask;
  /** Of a path with a query, as whoever asks reaches it. */
  address: (path: string) => string;
  /** The query as it was asked for, with its `?`. */
  search: string;
}

/** The call of a route that gives a file. */
export type Taken<Q> = Pick<Call<'view', undefined, Q, undefined>, 'principal' | 'query' | 'asker' | 'request'>;

export interface TakerOptions {
  questions: Questions;
  remember: Remember;
  catalogue: Catalogue;
}

/** As it is noted, characters: an address of that length says what was asked. */
const LONGEST_NOTED = 2_000;
/** A file of more rows is read in stretches, which takes time. */
const LONG = 20_000;

export class Taker {
  readonly #options: TakerOptions;
  readonly #allowance = new Allowance();

  constructor(options: TakerOptions) {
    this.#options = options;
  }

  /**
   * What `make` gives, once it is noted as a file of `format` with so many rows. Throws 429 where too much is taken, and what
   * `make` throws.
   */
  async take<Q extends { lang: Language }, T extends { count: number }>(
    format: string,
    { principal, query, asker, request }: Taken<Q>,
    make: (taking: Taking<Omit<Q, 'lang'>>) => Promise<T>,
  ): Promise<T> {
    const { questions, remember, catalogue } = this.#options;
    const { scope, kind, id } = principal;
    const owner = `${kind} ${id}`;
    this.#allowance.take(owner, asker);
    const { lang: language, ...rest } = query;
    const at = request.originalUrl.indexOf('?');
    const search = at < 0 ? '' : request.originalUrl.slice(at);
    const made = await make({
      query: rest,
      language,
      scope,
      isPart: scope.key !== EVERYTHING.key,
      principal,
      catalogue,
      ask: (key, read) => asQuestion(questions, asker, `${scope.key} ${key}`, (signal) => asked(read(signal))),
      address: (path) => `${request.protocol}://${request.headers.host ?? ''}${path}`,
      search,
    });
    if (made.count > LONG) this.#allowance.takeLong(owner, asker);
    // Asked of its head alone, nothing of it leaves.
    if (request.method === 'HEAD') return made;
    await remember(principal, {
      action: 'export.made',
      kind: 'export',
      subject: format,
      after: { question: cut(search, LONGEST_NOTED), rows: made.count },
    });
    return made;
  }

  /** The same of a file that is kept as it is, and only handed out. */
  async hand(
    { principal, asker, request }: Pick<Taken<unknown>, 'principal' | 'asker' | 'request'>,
    format: string,
    after: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    this.#allowance.take(`${principal.kind} ${principal.id}`, asker);
    if (request.method === 'HEAD') return;
    await this.#options.remember(principal, { action: 'export.made', kind: 'export', subject: format, after });
  }
}
