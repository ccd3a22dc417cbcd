/** The cookies that the room gives out and reads. */
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'cookie';
import type { CookieOptions, Response } from 'express';
import { FLOW_MS } from './provider.ts';

/**
 * By what they hold: a look, a session, what tells a browser that signed in before, what one keeps while it is at the provider, and what
 * a wall display comes with.
 */
export const COOKIES = {
  look: 'room-look',
  session: 'room-session',
  device: 'room-device',
  flow: 'room-flow',
  screen: 'room-screen',
} as const;
export type Cookies = { [Name in keyof typeof COOKIES]?: string | undefined };

/** Behind TLS a cookie of this name comes from nowhere else. */
const nameOf = (cookie: keyof typeof COOKIES, isSecure: boolean): string =>
  `${isSecure ? '__Host-' : ''}${COOKIES[cookie]}`;

export function cookiesOf({ cookie }: IncomingHttpHeaders, isSecure: boolean): Cookies {
  if (cookie === undefined) return {};
  const found = parse(cookie);
  const names = Object.keys(COOKIES) as (keyof typeof COOKIES)[];
  return Object.fromEntries(names.map((name) => [name, found[nameOf(name, isSecure)]]));
}

const DAY_MS = 86_400_000;
/** Browsers keep none for more than 400 days. */
const MAX_AGES: { readonly [cookie in keyof typeof COOKIES]?: number } = {
  device: 365 * DAY_MS,
  flow: FLOW_MS,
  screen: 400 * DAY_MS,
};

/** No script reads them, and no page of another site makes a browser send them, but the provider when it sends the browser back. */
const optionsOf = (cookie: keyof typeof COOKIES, isSecure: boolean): CookieOptions => ({
  httpOnly: true,
  sameSite: cookie === 'flow' ? 'lax' : 'strict',
  path: '/',
  secure: isSecure,
  // A session ends with its browser at the latest; its other limits are the server's.
  ...(MAX_AGES[cookie] === undefined ? {} : { maxAge: MAX_AGES[cookie] }),
});

/** Without a value it goes. */
export function setCookie(
  response: Pick<Response, 'cookie' | 'clearCookie'>,
  cookie: keyof typeof COOKIES,
  value: string | undefined,
  isSecure: boolean,
): void {
  const [name, options] = [nameOf(cookie, isSecure), optionsOf(cookie, isSecure)];
  if (value === undefined) response.clearCookie(name, options);
  else response.cookie(name, value, options);
}
