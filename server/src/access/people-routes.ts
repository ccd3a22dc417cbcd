/** Administrators' HTTP: who has an account, and what they may do. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Account,
  type Catalogue,
  keptAs,
  type Person,
  personIdSchema,
  personSchema,
  plainIfAny,
  scopeOf,
} from '@room/contract';
import { Conflict, type Document } from '@room/database';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import type { Accounts } from './accounts.ts';
import type { People } from './people.ts';
import { causeOf } from './remember.ts';

const version = z.int().positive();
const accountSchema = shapeOf<Account>()({
  id: z.string(),
  version,
  ...personSchema.shape,
  isDisabled: z.boolean(),
  hasPassword: z.boolean(),
  issuer: z
    .string()
    .optional()
    .meta({ description: 'the identity provider that says at each sign-in what they may do' }),
  keptSince: z
    .number()
    .optional()
    .meta({ description: 'since when they keep the right to administer, which the provider gives no more' }),
  invitedUntil: z.number().optional(),
}).meta({ id: 'Account' });
const invitedSchema = z.strictObject({
  account: accountSchema,
  token: z.string().meta({ description: 'of the link /sign-in#invitation=…, told once' }),
});
const params = z.strictObject({ id: personIdSchema });
const CONFLICT =
  'somebody else changed it since, nobody would be left who may administer, or an identity provider says what is to be changed';
const reason = plainIfAny(500);

export function peopleRoutes(accounts: Accounts, people: People, catalogue: Catalogue): Route[] {
  const { documents, table } = accounts;
  const accountsOf = async (people: readonly Document<Person>[]): Promise<Account[]> => {
    const [known, invited, vouched] = await Promise.all([
      table.withPassword(),
      table.invitations(),
      table.identities(),
    ]);
    return people.map(({ id, version, body }) => {
      const until = invited.get(id);
      const identity = vouched.get(id);
      return {
        id,
        version,
        ...body,
        hasPassword: known.has(id),
        ...(identity === undefined ? {} : { issuer: identity.issuer }),
        ...(identity?.keptAt === undefined ? {} : { keptSince: Date.parse(identity.keptAt) }),
        ...(until === undefined ? {} : { invitedUntil: Date.parse(until) }),
      };
    });
  };
  const accountOf = async (person: Document<Person>): Promise<Account> => {
    const [account] = await accountsOf([person]);
    if (account === undefined) throw noPerson();
    return account;
  };
  const found = async (id: string): Promise<Document<Person>> => {
    const person = await documents.get(id);
    if (person === undefined) throw noPerson();
    return person;
  };
  const assertGiven = ({ scope }: Pick<Person, 'scope'>): void => {
    try {
      scopeOf(scope, catalogue);
    } catch (error) {
      throw new HttpError(400, 'bad_request', `scope: ${(error as Error).message}`);
    }
  };
  /** What a provider says of somebody is said there; here they are let in or not. */
  const assertOurs = async (person: Document<Person>, after?: Person): Promise<void> => {
    if ((await table.identity(person.id)) === undefined) return;
    const { isDisabled: _, ...before } = person.body;
    const { isDisabled, ...now } = after ?? {};
    if (isDisabled === undefined || !isDeepStrictEqual(before, now))
      throw new HttpError(
        409,
        'from_provider',
        'name, rights and scope of this person come from the identity provider at each sign-in; change them there, or disable the account',
      );
  };
  const edited = async <T>(edit: () => Promise<T>): Promise<T> => {
    try {
      return await edit();
    } catch (error) {
      if (error instanceof Conflict) throw new HttpError(409, 'conflict', error.message);
      throw error;
    }
  };
  return [
    route({
      method: 'get',
      path: '/v1/people',
      summary: 'everybody who has an account',
      right: 'administer',
      isWhole: true,
      answer: { schema: z.strictObject({ people: z.array(accountSchema) }) },
      handle: async () => ({ people: await accountsOf(await documents.list()) }),
    }),
    route({
      method: 'post',
      path: '/v1/people',
      summary: 'makes an account, and a link with which its owner sets a password',
      right: 'administer',
      isWhole: true,
      body: personSchema.extend({ id: personIdSchema }),
      answer: { schema: invitedSchema },
      refuses: { 409: 'there is, or was, somebody of this id' },
      handle: async ({ principal, body: { id, ...person } }) => {
        assertGiven(person);
        const made = await edited(() => documents.create(causeOf(principal), id, person));
        const { token } = await accounts.invite(causeOf(principal).who, id);
        return { account: await accountOf(made), token };
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}',
      summary: 'changes name, rights and scope, disables or enables; whoever is signed in has the new ones at once',
      right: 'administer',
      isWhole: true,
      params,
      body: personSchema.extend({ version, why: reason }),
      answer: { schema: accountSchema },
      refuses: { 404: 'there is nobody of this id', 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edits, why, ...person } }) => {
        assertGiven(person);
        await assertOurs(await found(id), person);
        return accountOf(await edited(() => people.change(causeOf(principal, why), id, edits, person)));
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/undo',
      summary: 'takes the last change back',
      right: 'administer',
      isWhole: true,
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.strictObject({ account: accountSchema.optional() }) },
      refuses: { 404: 'there is nobody of this id', 409: CONFLICT },
      handle: async ({ principal, params: { id }, body }) => {
        const [last] = await documents.history(id);
        if (last === undefined) throw noPerson();
        await assertOurs(await found(id), last.before === undefined ? undefined : keptAs(personSchema, last.before));
        const restored = await edited(() => people.undo(causeOf(principal, 'undone'), id, body.version));
        const { body: person } = restored;
        return person === undefined ? {} : { account: await accountOf({ ...restored, body: person }) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/invite',
      summary: 'makes a new link that sets the password; an earlier one is void',
      right: 'administer',
      isWhole: true,
      params,
      body: z.strictObject({}),
      answer: { schema: invitedSchema },
      refuses: { 404: 'there is nobody of this id', 409: 'a provider vouches for them: they have no password here' },
      handle: async ({ principal, params: { id } }) => {
        const person = await found(id);
        await assertOurs(person);
        const { token } = await accounts.invite(causeOf(principal).who, id);
        return { account: await accountOf(person), token };
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/sign-out',
      summary: 'ends all of their sessions and reading tokens',
      right: 'administer',
      isWhole: true,
      params,
      body: z.strictObject({}),
      answer: { schema: z.strictObject({ ended: z.int() }) },
      refuses: { 404: 'there is nobody of this id' },
      handle: async ({ principal, params: { id } }) => {
        await found(id);
        return { ended: await table.endEverything(causeOf(principal), id) };
      },
    }),
  ];
}

const noPerson = (): HttpError => new HttpError(404, 'no_such_person', 'there is nobody of this id');
