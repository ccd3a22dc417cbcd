/**
 * Signing in through an organisation's identity provider: OpenID Connect, the authorization code with PKCE, state and nonce. The
 * provider is asked when somebody signs in, never at the start: the room does not wait for it.
 */
import * as oidc from 'openid-client';
import { z } from 'zod';
import { HttpError } from '../errors.ts';
import type { Claims } from './mapping.ts';

export interface ProviderSettings {
  /** As the provider calls itself. */
  issuer: string;
  clientId: string;
  /** Undefined for a public client. */
  clientSecret: string | undefined;
  /** What is asked for, separated by blanks; `openid` is among it. */
  scope: string;
  /** What people call it. */
  name: string;
}

/** Choices of a screen, as `lang=en`, which come back with it. */
export const choicesSchema = z.string().regex(/^[\w=&-]{0,100}$/, 'choices of a screen, as lang=en');

/** What a browser keeps while its owner is at the provider. */
const flowSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  redirectUri: z.url(),
  /** Until when it is good, milliseconds since 1970 UTC. */
  until: z.number(),
  /** Query of the page that it comes back to. */
  query: choicesSchema,
});
export type Flow = z.infer<typeof flowSchema>;

/** As a cookie: it is its own browser's alone, and worth nothing without a code that the provider gives out once. */
export const writtenFlow = (flow: Flow): string => Buffer.from(JSON.stringify(flow)).toString('base64url');

export function readFlow(text: string | undefined): Flow | undefined {
  if (text === undefined) return undefined;
  try {
    return flowSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    return undefined;
  }
}

/** Why nobody was signed in, for the page that says so. */
export type Refusal =
  | 'sign_in_expired'
  | 'sign_in_cancelled'
  | 'provider_away'
  | 'provider_failed'
  | 'no_mapping'
  | 'account_disabled';

export class SignInRefused extends Error {
  readonly code: Refusal;

  constructor(code: Refusal, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface SignedIn {
  issuer: string;
  subject: string;
  claims: Claims;
  idToken: string;
}

export const FLOW_MS = 10 * 60_000;
const ANSWER_SECONDS = 5;
/** What the provider says of itself holds for so long; where it did not answer it is left alone for a moment. */
const KNOWN_MS = 60 * 60_000;
const REST_MS = 2_000;
/** Of those who come back at once: each costs two questions to the provider. */
const MOST_UNDER_WAY = 32;

export class IdentityProvider {
  readonly #settings: ProviderSettings;
  #known: { config: oidc.Configuration; at: number } | undefined;
  #asking: Promise<oidc.Configuration> | undefined;
  #failed: { error: unknown; at: number } | undefined;
  #underWay = 0;

  constructor(settings: ProviderSettings) {
    this.#settings = settings;
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Where a browser goes to sign in, and what it keeps meanwhile. Rejects with `SignInRefused`. */
  async begin(redirectUri: string, query: string): Promise<{ url: string; flow: Flow }> {
    const config = await this.#configuration();
    const flow: Flow = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      redirectUri,
      until: Date.now() + FLOW_MS,
      query,
    };
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: this.#settings.scope,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, flow };
  }

  /** Who came back. `search`: of the address that the provider sent the browser to. Rejects with `SignInRefused`. */
  async finish(flow: Flow | undefined, search: string): Promise<SignedIn> {
    if (flow === undefined) throw new SignInRefused('sign_in_expired', 'this browser has begun no sign-in');
    if (Date.now() > flow.until) throw new SignInRefused('sign_in_expired', 'the sign-in was begun too long ago');
    if (new URLSearchParams(search).get('state') !== flow.state)
      throw new SignInRefused(
        'sign_in_expired',
        'the state is not the one of the sign-in that this browser began last',
      );
    const config = await this.#configuration();
    if (this.#underWay >= MOST_UNDER_WAY)
      throw new SignInRefused('provider_away', 'too many sign in through the provider at the moment');
    this.#underWay++;
    try {
      return await signedIn(config, flow, new URL(search, flow.redirectUri));
    } catch (error) {
      throw refused(error);
    } finally {
      this.#underWay--;
    }
  }

  /** Where the provider ends its own session; undefined where it offers that not, or does not answer. */
  async signOutUrl(idToken: string, backTo: string): Promise<string | undefined> {
    const config = await this.#configuration().catch(() => undefined);
    if (config?.serverMetadata().end_session_endpoint === undefined) return undefined;
    return oidc.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: backTo }).href;
  }

  async #configuration(): Promise<oidc.Configuration> {
    const now = performance.now();
    const { config, at = 0 } = this.#known ?? {};
    if (config !== undefined && now - at < KNOWN_MS) return config;
    const failed = this.#failed;
    try {
      if (failed !== undefined && now - failed.at < REST_MS) throw failed.error;
      this.#asking ??= this.#discover();
      return await this.#asking;
    } catch (error) {
      // What it said before is likely to hold.
      if (config !== undefined) return config;
      throw refused(error);
    }
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const isPlain = issuer.startsWith('http:');
    const execute = [oidc.enableNonRepudiationChecks, ...(isPlain ? [oidc.allowInsecureRequests] : [])];
    try {
      const found = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
        timeout: ANSWER_SECONDS,
        execute,
      });
      const server = found.serverMetadata();
      const config = new oidc.Configuration(server, clientId, {}, authentication(server, clientSecret));
      config.timeout = ANSWER_SECONDS;
      for (const each of execute) each(config);
      this.#known = { config, at: performance.now() };
      this.#failed = undefined;
      return config;
    } catch (error) {
      this.#failed = { error, at: performance.now() };
      throw error;
    } finally {
      this.#asking = undefined;
    }
  }
}

/** The kind that a provider takes from a client unless it was told otherwise, where it takes it. */
function authentication({ token_endpoint_auth_methods_supported: kinds }: oidc.ServerMetadata, secret?: string) {
  if (secret === undefined) return oidc.None();
  const isPosted =
    kinds !== undefined && !kinds.includes('client_secret_basic') && kinds.includes('client_secret_post');
  return isPosted ? oidc.ClientSecretPost(secret) : oidc.ClientSecretBasic(secret);
}

async function signedIn(config: oidc.Configuration, flow: Flow, url: URL): Promise<SignedIn> {
  const tokens = await oidc.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: flow.verifier,
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    idTokenExpected: true,
  });
  const said = tokens.claims();
  if (said === undefined || tokens.id_token === undefined) throw new Error('there is no ID token');
  // Many providers tell groups only here.
  const more =
    config.serverMetadata().userinfo_endpoint === undefined
      ? {}
      : await oidc.fetchUserInfo(config, tokens.access_token, said.sub);
  return { issuer: said.iss, subject: said.sub, claims: { ...said, ...more }, idToken: tokens.id_token };
}

/** It is no fault of what was asked. */
function isAway(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT') return true;
  if (cause instanceof Response) return cause.status >= 500 || cause.status === 429;
  // What `fetch` throws where nothing answers.
  return error instanceof TypeError && cause instanceof Error;
}

function refused(error: unknown): SignInRefused {
  if (error instanceof SignInRefused) return error;
  const options = { cause: error };
  if (error instanceof oidc.AuthorizationResponseError && error.error === 'access_denied')
    return new SignInRefused('sign_in_cancelled', `the provider let nobody in (${wordsOf(error)})`, options);
  return isAway(error)
    ? new SignInRefused('provider_away', `the identity provider does not answer (${wordsOf(error)})`, options)
    : new SignInRefused('provider_failed', `the identity provider's answer is not taken (${wordsOf(error)})`, options);
}

const DEEPEST = 4;
const LONGEST = 400;

/** What went wrong, for the log: no code or token is in it. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < DEEPEST; depth++) {
    if (at instanceof Response) words.push(`HTTP ${at.status}`);
    if (!(at instanceof Error)) break;
    const { error: code, error_description: description } = at as { error?: unknown; error_description?: unknown };
    words.push([at.message, code, description].filter((each) => typeof each === 'string' && each !== '').join(', '));
    at = at.cause;
  }
  return words.join(': ').slice(0, LONGEST);
}

/** For whoever asks where to sign in; there nobody has been sent anywhere yet. */
export const toHttpError = ({ code, message, cause }: SignInRefused): HttpError =>
  new HttpError(
    code === 'provider_away' ? 503 : 502,
    code,
    'signing in through the identity provider does not work now; sign in with a password of this room, or try again later',
    code === 'provider_away' ? ANSWER_SECONDS : undefined,
    { cause: new Error(message, { cause }) },
  );
