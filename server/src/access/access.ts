/** Who may do what: the only place that decides. A right that nobody was given is refused. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { HttpError } from '../errors.ts';
import { bearer, isOperator } from './operator.ts';
import type { Origins } from './origins.ts';
import type { PortalKeys } from './portal-keys.ts';

/** Whoever reaches the address, by a name that the room goes by. */
export interface Visitor {
  kind: 'visitor';
}
export interface Portal {
  kind: 'portal';
  /** The only source that it may write. */
  source: string;
}
export interface Operator {
  kind: 'operator';
}

/** Who has a right. */
interface Holders {
  /** What tells nothing of the numbers: the API's own description. */
  public: Visitor;
  /** What the walls show. */
  view: Visitor;
  /** Bringing events. */
  submit: Portal;
  /** Quarantine, backups, metrics. */
  operate: Operator;
}

export type Right = keyof Holders;
export type Principal = Holders[Right];
export type PrincipalOf<R extends Right> = Holders[R];

export interface AccessOptions {
  origins: Pick<Origins, 'hostRefused' | 'socketRefused'>;
  keys: Pick<PortalKeys, 'sourceOf'>;
  operatorToken: string;
}

type Admit = { [R in Right]: (headers: IncomingHttpHeaders) => PrincipalOf<R> | Promise<PrincipalOf<R>> };

export class Access {
  readonly #options: AccessOptions;
  readonly #admit: Admit = {
    public: (headers) => this.#visitor(headers),
    view: (headers) => this.#visitor(headers),
    submit: (headers) => this.#portal(headers),
    operate: (headers) => this.#operator(headers),
  };

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Who asks, where they have this right. Rejects with 401, 403 or 421 and the remedy where they do not. */
  async admit<R extends Right>(right: R, headers: IncomingHttpHeaders): Promise<PrincipalOf<R>> {
    return this.#admit[right](headers);
  }

  /** Why a request for a socket, which shows what walls show, is refused; undefined where it is not. */
  socketRefused({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
    return this.#options.origins.socketRefused(headers.origin, headers.host);
  }

  #visitor({ host }: IncomingHttpHeaders): Visitor {
    const refused = this.#options.origins.hostRefused(host);
    if (refused !== undefined) throw new HttpError(421, 'other_host', refused);
    return { kind: 'visitor' };
  }

  async #portal({ authorization }: IncomingHttpHeaders): Promise<Portal> {
    const key = bearer(authorization);
    const source = key === undefined ? undefined : await this.#options.keys.sourceOf(key);
    if (source === undefined)
      throw new HttpError(
        401,
        'unknown_key',
        'give a portal key as "Authorization: Bearer …"; an operator makes one with the portal-key command',
      );
    return { kind: 'portal', source };
  }

  #operator({ authorization }: IncomingHttpHeaders): Operator {
    if (!isOperator(bearer(authorization), this.#options.operatorToken))
      throw new HttpError(
        401,
        'not_operator',
        'give the operator\'s token as "Authorization: Bearer …"; it stands in DATA_DIR/operator-token or OPERATOR_TOKEN',
      );
    return { kind: 'operator' };
  }
}
