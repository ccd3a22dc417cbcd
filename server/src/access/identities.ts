/**
 * People whom an identity provider vouches for: an account of its own kind, known by issuer and subject, without a password, its rights
 * those that the provider's claims are worth at each sign-in; but the last one who may administer stays that, until somebody else may.
 * Who has a name of a local account is somebody else all the same.
 */
import { createHash } from 'node:crypto';
import { type Catalogue, keptAs, type Person, personSchema, RIGHTS } from '@room/contract';
import {
  type AccountTable,
  Conflict,
  type Database,
  type Document,
  type Documents,
  type Edit,
  type Identity,
} from '@room/database';
import { cut } from '../errors.ts';
import { type Claims, grantOf, type Mapping } from './mapping.ts';
import { mayAdminister } from './people.ts';
import { type SignedIn, SignInRefused } from './provider.ts';

export interface IdentitiesOptions {
  database: Pick<Database, 'write'>;
  documents: Documents<Person>;
  table: AccountTable;
  mapping: Mapping;
  catalogue: Catalogue;
  report: (message: string) => void;
}

type Grant = Pick<Person, 'rights' | 'scope'>;

interface Admitted {
  id: string;
  isLetIn: boolean;
  /** They would have lost the right to administer, which nobody else has. */
  isKept: boolean;
}

const CAUSE = { who: 'provider', why: 'as the identity provider says at a sign-in' };
const NOTHING: Grant = { rights: [], scope: { agencies: [], provinces: [] } };
const KEPT =
  'nobody else may administer everything: the last one who may keeps the right, whatever the identity provider says';
const MOST_NAME = 200;
const MOST_HANDLE = 60;

export class Identities {
  readonly #options: IdentitiesOptions;

  constructor(options: IdentitiesOptions) {
    this.#options = options;
  }

  /** Brings their account up to date, makes it the first time, and returns its id. Rejects with `SignInRefused`, which is in the audit then. */
  async admit({ issuer, subject, claims }: SignedIn): Promise<string> {
    const { mapping, catalogue, table, report } = this.#options;
    const identity = { issuer, subject };
    const id = idOf(identity, claims);
    const grant = grantOf(mapping, claims, catalogue);
    const person = { name: nameOf(claims, subject), ...(grant ?? NOTHING) };
    const found = await this.#renew(identity, id, person, grant !== undefined);
    if (found?.isKept === true)
      report(
        `${found.id} stays an administrator, though OIDC_MAPPING gives them ${grant === undefined ? 'nothing' : 'less'} now, as nobody else is one; have a rule make somebody else one, or run npm run set-up, and this one loses it at their next sign-in`,
      );
    if (found?.isLetIn === true) return found.id;
    const known = found?.id ?? id;
    const refused =
      grant === undefined
        ? new SignInRefused('no_mapping', `no rule of OIDC_MAPPING fits ${known}`)
        : new SignInRefused('account_disabled', `the account of ${known} is disabled`);
    await table.refused({ who: 'visitor', why: refused.message }, known);
    throw refused;
  }

  /** Their account, which has these rights now, and whether they may sign in; undefined where they have none and get none. */
  async #renew(
    identity: Identity,
    id: string,
    person: Omit<Person, 'isDisabled'>,
    isMapped: boolean,
  ): Promise<Admitted | undefined> {
    const { database, documents, table } = this.#options;
    const renew = (): Promise<Admitted | undefined> =>
      database.write(CAUSE, async (edit) => {
        const known = await table.personIn(edit, identity);
        if (known === undefined) {
          if (!isMapped) return undefined;
          await documents.createIn(edit, id, { ...person, isDisabled: false });
          await table.linkIn(edit, identity, id);
          return { id, isLetIn: true, isKept: false };
        }
        const before = await documents.getIn(edit, known);
        if (before === undefined) return { id: known, isLetIn: false, isKept: false };
        const { isDisabled } = before.body;
        const given = { ...person, isDisabled };
        const isKept = mayAdminister(before) && !mayAdminister({ body: given }) && (await this.#isLast(edit, before));
        const now = isKept ? { ...given, ...keptOf(before.body, given) } : given;
        if (!isSame(before.body, now)) await documents.updateIn(edit, known, before.version, now);
        if ((await table.keepIn(edit, known, isKept)) && isKept)
          edit.record({
            action: 'person.right_kept',
            kind: 'identity',
            subject: known,
            before: given,
            after: now,
            why: KEPT,
          });
        // Whoever is worth nothing any more is not here any more, on any of their devices.
        if (!isMapped && !isKept) await table.endEverythingIn(edit, known);
        return { id: known, isLetIn: (isMapped || isKept) && !isDisabled, isKept };
      });
    try {
      return await renew();
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      // They signed in on another server, or were changed, in the same moment.
      return renew();
    }
  }

  /** Nobody else may administer, and nobody else loses that before this transaction ends. */
  async #isLast(edit: Edit, { id }: Document<Person>): Promise<boolean> {
    const people = await this.#options.documents.hold(edit);
    return !people.some((each) => each.id !== id && mayAdminister(each));
  }
}

/** No more than what is given and what was there, but for the one right, which is worth nothing within limits. */
function keptOf(before: Grant, given: Grant): Grant {
  const isWider = given.scope !== 'all';
  const rights = RIGHTS.filter(
    (right) => right === 'administer' || (given.rights.includes(right) && (!isWider || before.rights.includes(right))),
  );
  return { rights, scope: 'all' };
}

const isSame = (one: Person, other: Person): boolean => JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
const inOrder = ({ name, rights, scope, isDisabled }: Person): unknown => [
  name,
  [...rights].sort(),
  scope === 'all' ? scope : [[...scope.agencies].sort(), [...scope.provinces].sort()],
  isDisabled,
];

const textIn = (claims: Claims, ...names: string[]): string | undefined => {
  const found = names.map((name) => claims[name]).find((value) => typeof value === 'string' && value.trim() !== '');
  return found === undefined ? undefined : (found as string).trim();
};

const nameOf = (claims: Claims, subject: string): string =>
  keptAs(personSchema.shape.name, cut(textIn(claims, 'name', 'preferred_username', 'email') ?? subject, MOST_NAME));

/** To be read in the audit, and nobody else's: the provider alone decides what people are called there. */
function idOf({ issuer, subject }: Identity, claims: Claims): string {
  const handle = (textIn(claims, 'preferred_username', 'email') ?? 'person')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9._@-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, MOST_HANDLE);
  const mark = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex')
    .slice(0, 12);
  return `${handle === '' ? 'person' : handle}+${mark}`;
}
