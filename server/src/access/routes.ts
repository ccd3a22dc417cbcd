/** Who one is here: signing in and out, setting a password by a link, and the looks of a demonstration. */
import {
  type Look,
  labelSchema,
  PASSWORD_LENGTH,
  type Person,
  personIdSchema,
  plainText,
  RIGHTS,
  type Session,
  SIGN_IN,
  scopeGrantSchema,
} from '@room/contract';
import { Conflict } from '@room/database';
import type { Request } from 'express';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import { cookiesOf, setCookie } from './cookies.ts';
import type { Door } from './door.ts';
import { tokenHash } from './passwords.ts';
import { assertTry, begin, sessionOf } from './sessions.ts';

const given = { rights: z.array(z.enum(RIGHTS)).readonly(), scope: scopeGrantSchema };
const lookSchema = shapeOf<Look>()({
  id: z.string(),
  ...given,
  unit: z.strictObject({ noun: labelSchema, label: labelSchema }).optional(),
}).meta({ id: 'Look' });
export const sessionSchema = shapeOf<Session>()({
  kind: z.enum(['visitor', 'look', 'operator', 'person', 'screen', 'token']),
  id: z
    .string()
    .meta({ description: 'of the look that was chosen, of the person, of the wall display or of the reading token' }),
  ...given,
  name: z.string().optional(),
  isUnpaired: z
    .boolean()
    .optional()
    .meta({ description: 'this browser is a wall display that is not approved, or not any more: it shows a code' }),
  csrfToken: z.string().optional().meta({ description: 'goes along with what a person changes, in x-csrf-token' }),
  looks: z.array(lookSchema).readonly().optional().meta({ description: 'what a demonstration may be looked at as' }),
  provider: z.string().optional().meta({ description: 'through which one may sign in, as people call it' }),
  signOutAt: z.string().optional().meta({ description: 'where the provider ends its own session' }),
  needsSetUp: z.boolean().optional().meta({ description: 'nobody has an account yet' }),
}).meta({ id: 'Session' });

const password = z.string().min(PASSWORD_LENGTH.least).max(PASSWORD_LENGTH.most);
const token = z.string().min(1).max(100);
const acceptedSchema = z.strictObject({
  token,
  password,
  id: personIdSchema.optional().meta({ description: 'of the first administrator, who chooses it' }),
  name: plainText(200).optional(),
});

export function accessRoutes(door: Door): Route[] {
  const { access, looks, accounts, isSecure, publicUrl } = door;
  return [
    route({
      method: 'get',
      path: '/v1/session',
      summary: 'who one is here: rights, whose numbers one sees in full, and what else one may look as',
      right: 'public',
      answer: { schema: sessionSchema },
      handle: async ({ principal, request: { headers }, response }) => {
        const session = sessionOf(door, principal);
        const { screen } = cookiesOf(headers, isSecure);
        if (screen === undefined) return session;
        // Where somebody signed in is no wall display that waits to be approved.
        if (principal.kind === 'person' && (await door.screens.actorOf(screen)) === undefined)
          setCookie(response, 'screen', undefined, isSecure);
        const isUnpaired = principal.kind === 'visitor' && session.rights.length === 0;
        return isUnpaired ? { ...session, isUnpaired } : session;
      },
    }),
    route({
      method: 'post',
      path: '/v1/session/look',
      summary: 'looks at a demonstration as somebody else; without `look`, as everybody',
      right: 'public',
      body: z.strictObject({ look: z.string().max(100).optional() }),
      answer: { schema: sessionSchema },
      refuses: { 404: 'there is no such look: it is none of them, or the room is no demonstration' },
      handle: async ({ body: { look }, response }) => {
        const actor = look === undefined ? await access.actor({ headers: {} }) : looks.actor(look);
        if (actor === undefined)
          throw new HttpError(404, 'no_such_look', 'this room is no demonstration, or has no such look');
        setCookie(response, 'look', look, isSecure);
        return sessionOf(door, actor);
      },
    }),
    route({
      method: 'post',
      path: '/v1/session/sign-in',
      summary: 'signs a person in with their password',
      right: 'public',
      body: z.strictObject({ id: z.string().max(100), password: z.string().max(PASSWORD_LENGTH.most) }),
      answer: { schema: sessionSchema },
      refuses: {
        401: 'there is nobody of this name and password',
        429: 'there were too many failures; try again after Retry-After',
      },
      handle: async ({ body, request, response }) => {
        const id = body.id.trim().toLowerCase();
        await checked(door, id, body.password, request);
        return begin(door, id, request, response);
      },
    }),
    route({
      method: 'post',
      path: '/v1/session/sign-out',
      summary: 'ends this session, or all of this person',
      right: 'public',
      body: z.strictObject({ everywhere: z.boolean().optional() }),
      answer: { schema: sessionSchema },
      handle: async ({ principal, body: { everywhere }, request, response }) => {
        const { idToken } = principal.kind === 'person' ? await accounts.end(principal) : {};
        if (principal.kind === 'person' && everywhere === true)
          await accounts.table.endAll({ who: `person:${principal.id}` }, principal.id);
        setCookie(response, 'session', undefined, isSecure);
        const backTo = `${request.headers.origin}${SIGN_IN}`;
        const signOutAt = idToken === undefined ? undefined : await door.provider?.client.signOutUrl(idToken, backTo);
        const now = sessionOf(door, await access.actor({ headers: {} }));
        return signOutAt === undefined ? now : { ...now, signOutAt };
      },
    }),
    route({
      method: 'post',
      path: '/v1/session/invitation',
      summary: 'whom a link is for that sets a password',
      right: 'public',
      body: z.strictObject({ token }),
      answer: { schema: z.strictObject({ isFirst: z.boolean(), id: z.string(), name: z.string().optional() }) },
      refuses: { 404: 'the link was used, is too old, or never was one' },
      handle: async ({ body }) => {
        const found = await accounts.invited(body.token);
        if (found === undefined) throw noInvitation();
        const { person: id, name } = found;
        return { isFirst: id === '', id, ...(name === undefined ? {} : { name }) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/operator/set-up',
      summary: 'makes a link that makes an administrator; an earlier one is void. For whoever has the operator’s token',
      right: 'operate',
      isWhole: true,
      body: z.strictObject({}),
      answer: {
        schema: z.strictObject({
          token: z.string(),
          expiresAt: z.number(),
          url: z.string().optional().meta({ description: 'where people open the room, where it was told' }),
        }),
      },
      handle: async ({ principal }) => {
        if (principal.kind !== 'operator')
          throw new HttpError(
            403,
            'no_right',
            "this asks for the operator's token, which is that of the room's machine",
          );
        const invited = await accounts.invite('operator');
        return publicUrl === undefined ? invited : { ...invited, url: publicUrl };
      },
    }),
    route({
      method: 'post',
      path: '/v1/session/accept',
      summary: 'sets a password by a link, once, and signs in',
      right: 'public',
      body: acceptedSchema,
      answer: { schema: sessionSchema },
      refuses: {
        404: 'the link was used, is too old, or never was one',
        409: 'there is, or was, somebody of this id',
      },
      handle: async ({ body, request, response }) => {
        const found = await accounts.invited(body.token);
        if (found === undefined) throw noInvitation();
        const id = found.person === '' ? body.id : found.person;
        if (id === undefined) throw new HttpError(400, 'bad_request', 'id: choose one for the first administrator');
        const who = `person:${id}`;
        const hash = await accounts.passwords.hash(body.password);
        if (!(await accept(accounts, who, { ...body, id, hash, isFirst: found.person === '' }))) throw noInvitation();
        return begin(door, id, request, response);
      },
    }),
  ];
}

const noInvitation = (): HttpError =>
  new HttpError(404, 'no_such_invitation', 'this link was used or is too old; ask for a new one');

/** False where the link was used meanwhile. */
async function accept(
  { documents, table }: Door['accounts'],
  who: string,
  {
    token,
    id,
    hash,
    name = id,
    isFirst,
  }: { token: string; id: string; hash: string; name?: string | undefined; isFirst: boolean },
): Promise<boolean> {
  const cause = { who, why: 'set up by the link' };
  const administrator: Person = {
    name,
    rights: ['view', 'analyse', 'operate', 'administer'],
    scope: 'all',
    isDisabled: false,
  };
  try {
    if (!isFirst)
      return await table.accept({ who }, tokenHash(token), id, hash, async (edit) => {
        // Disabled, or taken back, in the same moment.
        if ((await documents.getIn(edit, id))?.body.isDisabled !== false) throw noInvitation();
      });
    return await table.accept(cause, tokenHash(token), id, hash, (edit) => documents.createIn(edit, id, administrator));
  } catch (error) {
    if (error instanceof Conflict) throw new HttpError(409, 'conflict', `there is, or was, a ${id}; choose another`);
    throw error;
  }
}

/** The same answer after the same time, whether there is nobody of this name or the password is another. */
async function checked(
  { accounts, attempts, isOfMany, isSecure }: Pick<Door, 'accounts' | 'attempts' | 'isOfMany' | 'isSecure'>,
  id: string,
  given: string,
  request: Request,
): Promise<void> {
  const { device } = cookiesOf(request.headers, isSecure);
  const known = device === undefined ? undefined : await accounts.deviceOf(id, device);
  const attempt = { login: id, address: request.ip ?? '', isOfMany: isOfMany(request), device: known };
  await assertTry(attempts, attempt);
  if ((await accounts.check(id, given)) !== undefined) return attempts.succeeded(attempt);
  await accounts.table.refused({ who: 'visitor' }, id.slice(0, 100)).catch(() => undefined);
  throw new HttpError(401, 'wrong_credentials', 'there is nobody of this name and password');
}
