/** Signing in through the identity provider, as a browser goes: to it, and back with a code. */
import { DatabaseAway } from '@room/database';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { notesOf } from '../requests.ts';
import { cookiesOf, setCookie } from './cookies.ts';
import type { Door } from './door.ts';
import { choicesSchema, readFlow, SignInRefused, toHttpError, writtenFlow } from './provider.ts';
import { originOf } from './sessions.ts';

/** Registered at the provider, after each address of the room. */
export const CALLBACK = '/v1/session/provider/callback';

export function providerRoutes({ provider, accounts, isSecure }: Door): Route[] {
  const there = (): NonNullable<Door['provider']> => {
    if (provider === undefined)
      throw new HttpError(404, 'no_provider', 'this room has no identity provider; an operator sets OIDC_ISSUER');
    return provider;
  };
  return [
    route({
      method: 'post',
      path: '/v1/session/provider',
      summary: 'begins to sign in through the identity provider: where the browser goes next',
      right: 'public',
      body: z.strictObject({ query: choicesSchema.default('') }),
      answer: { schema: z.strictObject({ url: z.url() }) },
      refuses: {
        404: 'the room has none',
        502: 'the identity provider’s answer is not taken',
        503: 'the identity provider does not answer, or the room is busy; ask again after Retry-After',
      },
      handle: async ({ body, request, response }) => {
        const { client } = there();
        const { origin = '' } = request.headers;
        try {
          const { url, flow } = await client.begin(`${origin}${CALLBACK}`, body.query);
          setCookie(response, 'flow', writtenFlow(flow), isSecure);
          return { url };
        } catch (error) {
          throw error instanceof SignInRefused ? toHttpError(error) : error;
        }
      },
    }),
    route({
      method: 'get',
      path: CALLBACK,
      summary: 'where the identity provider sends a browser back to: signs in, or has /sign-in say why not',
      right: 'public',
      answer: { status: 302, type: 'text/plain', schema: z.string() },
      refuses: { 404: 'the room has none' },
      handle: async ({ request, response }) => {
        const { client, identities } = there();
        const flow = readFlow(cookiesOf(request.headers, isSecure).flow);
        const at = request.originalUrl.indexOf('?');
        const notes = notesOf(response);
        // Good once, whatever becomes of it.
        setCookie(response, 'flow', undefined, isSecure);
        let told: string;
        try {
          const signedIn = await client.finish(flow, at < 0 ? '' : request.originalUrl.slice(at));
          const person = await identities.admit(signedIn);
          const begun = await accounts.begin(person, { ...originOf(request), idToken: signedIn.idToken });
          setCookie(response, 'session', begun, isSecure);
          setCookie(response, 'look', undefined, isSecure);
          told = 'entered';
        } catch (error) {
          const known = error instanceof SignInRefused ? toHttpError(error) : error;
          notes.code = known instanceof HttpError || known instanceof DatabaseAway ? known.code : 'internal';
          notes.error = known;
          told = `refused=${notes.code}.${notes.requestId}`;
        }
        // What comes from another site brings no session along: the page asks for it anew.
        response.location(`/sign-in${flow === undefined || flow.query === '' ? '' : `?${flow.query}`}#${told}`);
        return '';
      },
    }),
  ];
}
