/** A browser without a screen, as far as cookies go: keeps what it is given, and sends what a page of the room sends. */
import type { Session } from '@room/contract';
import type { Room } from './room.ts';

export const PASSWORD = 'correct horse battery';

export class CookieClient {
  readonly #room: Pick<Room, 'url'>;
  readonly #headers: Readonly<Record<string, string>>;
  readonly cookies = new Map<string, string>();
  csrfToken: string | undefined;

  /** `headers` go along with all that it asks. */
  constructor(room: Pick<Room, 'url'>, headers: Readonly<Record<string, string>> = {}) {
    this.#room = room;
    this.#headers = headers;
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async ask(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(`${this.#room.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        cookie: this.cookie,
        ...(body === undefined ? {} : { 'content-type': 'application/json', origin: this.#room.url }),
        ...(this.csrfToken === undefined ? {} : { 'x-csrf-token': this.csrfToken }),
        ...this.#headers,
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  async told<T>(path: string, body?: unknown): Promise<T> {
    const response = await this.ask(path, body);
    const answer = (await response.json()) as T & { csrfToken?: string; error?: { reason: string } };
    if (!response.ok) throw new Error(`${response.status} ${answer.error?.reason}`);
    if (answer.csrfToken !== undefined) this.csrfToken = answer.csrfToken;
    return answer;
  }

  signIn(id: string, password = PASSWORD): Promise<Session> {
    return this.told<Session>('/v1/session/sign-in', { id, password });
  }
}

/** As `200` or `401 not_signed_in`. */
export async function statusOf(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const { error } = (await response.json()) as { error?: { code: string } };
  return `${response.status}${error === undefined ? '' : ` ${error.code}`}`;
}

/** The token of a new link that makes an administrator. */
export async function setUpToken({ url, operatorToken }: Pick<Room, 'url' | 'operatorToken'>): Promise<string> {
  const response = await fetch(`${url}/v1/operator/set-up`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: '{}',
  });
  return ((await response.json()) as { token: string }).token;
}

/** Lan, who may administer everything, and is signed in. */
export async function firstAdministrator(room: Pick<Room, 'url' | 'operatorToken'>): Promise<CookieClient> {
  const administrator = new CookieClient(room);
  const token = await setUpToken(room);
  await administrator.told('/v1/session/accept', { token, password: PASSWORD, id: 'lan', name: 'Lan' });
  return administrator;
}

/** Somebody with these rights over the whole room, signed in. */
export async function colleague(
  room: Pick<Room, 'url'>,
  administrator: CookieClient,
  id: string,
  rights: readonly string[],
): Promise<CookieClient> {
  const person = { id, name: id, rights, scope: 'all' };
  const { token } = await administrator.told<{ token: string }>('/v1/people', person);
  const client = new CookieClient(room);
  await client.told('/v1/session/accept', { token, password: PASSWORD });
  return client;
}
