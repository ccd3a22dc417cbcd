/** A real OpenID Connect provider in the test's own process, which may be stopped and started again at its address. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';

/** What it says of somebody, beside their subject. */
export type Said = Record<string, unknown>;

export interface IdentityProvider extends AsyncDisposable {
  /** By a name, so that it is another site than a room at 127.0.0.1. */
  readonly issuer: string;
  readonly client: { id: string; secret: string };
  /** By what they sign in with; may be changed at any time. */
  readonly people: Map<string, Said>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface IdentityProviderOptions {
  /** Addresses of rooms. */
  rooms: readonly string[];
  callback: string;
  people: Readonly<Record<string, Said>>;
}

const HOST = 'localhost';
const SCOPE = 'openid profile email';

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { rooms, callback } = options;
  const client = { id: 'the-room', secret: 'a secret: of this test, 100 %' };
  const people = new Map(Object.entries(options.people));
  let server: Server | undefined;
  let port = 0;
  let handle: ReturnType<Provider['callback']> | undefined;

  const start = async (): Promise<void> => {
    server = createServer((request, response) => void handle?.(request, response));
    server.listen(port, HOST);
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  const stop = async (): Promise<void> => {
    const closed = server && once(server, 'close');
    server?.close();
    server?.closeAllConnections();
    await closed;
    server = undefined;
  };
  await start();
  const issuer = `http://${HOST}:${port}`;
  handle = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: rooms.map((room) => `${room}${callback}`),
        post_logout_redirect_uris: rooms.map((room) => `${room}/sign-in`),
      },
    ],
    cookies: { keys: ['of this test'] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups', 'agency'], email: ['email'] },
    findAccount: (_context: KoaContextWithOIDC, id: string) => {
      const said = people.get(id);
      return said && { accountId: id, claims: async () => ({ sub: id, ...said }) };
    },
    pkce: { required: () => true },
    // Nobody is asked whether the room may know them.
    loadExistingGrant: async ({ oidc }: KoaContextWithOIDC) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope(SCOPE);
      await grant.save();
      return grant;
    },
    features: { devInteractions: { enabled: true } },
  }).callback();
  return { issuer, client, people, start, stop, [Symbol.asyncDispose]: stop };
}
