/** What a person sees of their own account, and does with it. */
import { type OwnAccount, PASSWORD_LENGTH } from '@room/contract';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import type { Door } from './door.ts';
import { tokenHash } from './passwords.ts';
import type { Actor } from './principal.ts';
import { sessionSchema } from './routes.ts';
import { assertTry, begin } from './sessions.ts';

const accountSchema = shapeOf<OwnAccount>()({
  hasPassword: z.boolean(),
  provider: z.string().optional().meta({ description: 'who vouches for them, where they have no password here' }),
  sessions: z
    .array(
      z.strictObject({
        id: z.string(),
        isThis: z.boolean(),
        beganAt: z.number(),
        seenAt: z.number().meta({ description: 'when it was used last, to some minutes' }),
        address: z.string().optional(),
        browser: z.string().optional().meta({ description: 'as it calls itself' }),
      }),
    )
    .readonly(),
}).meta({ id: 'OwnAccount' });

/** Of a hash over 256 random bits: enough to tell a person's sessions apart, and of no use to sign in. */
const idOf = (hash: string): string => hash.slice(0, 16);
const optional = <Name extends string>(name: Name, value: string | null): { [K in Name]?: string } =>
  (value === null ? {} : { [name]: value }) as { [K in Name]?: string };

export function accountRoutes(door: Door): Route[] {
  const { accounts, attempts, provider } = door;
  const { table } = accounts;
  const accountOf = async ({ id, session }: Actor): Promise<OwnAccount> => {
    const own = session === undefined ? undefined : tokenHash(session.token);
    const [password, identity, sessions] = await Promise.all([
      table.password(id),
      table.identity(id),
      accounts.sessionsOf(id),
    ]);
    return {
      hasPassword: password !== undefined,
      ...(identity === undefined ? {} : { provider: provider?.client.name ?? identity.issuer }),
      sessions: sessions.map(({ hash, began_at, seen_at, address, browser }) => ({
        id: idOf(hash),
        isThis: hash === own,
        beganAt: Date.parse(began_at),
        seenAt: hash === own ? Date.now() : Date.parse(seen_at),
        ...optional('address', address),
        ...optional('browser', browser),
      })),
    };
  };
  return [
    route({
      method: 'get',
      path: '/v1/account',
      summary: 'one’s own account: how one signs in, and where one is signed in',
      right: 'self',
      answer: { schema: accountSchema },
      handle: ({ principal }) => accountOf(principal),
    }),
    route({
      method: 'post',
      path: '/v1/account/password',
      summary: 'sets another password, and signs out everywhere else',
      right: 'self',
      body: z.strictObject({
        before: z.string().max(PASSWORD_LENGTH.most),
        password: z.string().min(PASSWORD_LENGTH.least).max(PASSWORD_LENGTH.most),
      }),
      answer: { schema: sessionSchema },
      refuses: {
        403: 'the password before is another, or it was not asked by a page of the room',
        409: 'it was changed meanwhile, or there is none, as a provider vouches for them',
        429: 'there were too many failures; try again after Retry-After',
      },
      handle: async ({ principal: { id, session }, body, request, response }) => {
        // Whoever found an open session tries at the expense of nobody but it.
        const attempt = { login: id, address: request.ip ?? '', device: `session ${tokenHash(session?.token ?? '')}` };
        await assertTry(attempts, attempt);
        const before = await accounts.check(id, body.before);
        if (before === undefined) {
          await table.refused({ who: `person:${id}`, why: 'to set another password' }, id);
          throw new HttpError(403, 'wrong_password', 'the password that you have now is another');
        }
        await attempts.succeeded(attempt);
        const hash = await accounts.passwords.hash(body.password);
        if (!(await table.changePassword({ who: `person:${id}` }, id, before, hash)))
          throw new HttpError(409, 'conflict', 'the password was changed meanwhile; sign in with the new one');
        return begin(door, id, request, response);
      },
    }),
    route({
      method: 'post',
      path: '/v1/account/sessions/{id}/end',
      summary: 'signs out on another device',
      right: 'self',
      params: z.strictObject({ id: z.string().max(64) }),
      body: z.strictObject({}),
      answer: { schema: accountSchema },
      refuses: { 404: 'there is no such session of yours' },
      handle: async ({ principal, params }) => {
        const cause = { who: `person:${principal.id}` };
        const found = (await table.sessions(principal.id)).find(({ hash }) => idOf(hash) === params.id);
        if (found === undefined || !(await table.end(cause, found)))
          throw new HttpError(404, 'no_such_session', 'you have no such session, or not any more');
        return accountOf(principal);
      },
    }),
  ];
}
