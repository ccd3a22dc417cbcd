/** Sends rows as somebody of the room: signs them in, has the room say what it would refuse, or take all. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Hopeless } from './gateway.ts';
import type { RowsMapping } from './rows-mapping.ts';

/** Who sends: by a token of theirs, with their password, or as one of a demonstration's looks. */
export type Sender = { tokenFile: string } | { signIn: string; passwordFile: string } | { look: string };

const refusedSchema = z.object({
  row: z.number(),
  field: z.string(),
  reason: z.string(),
  code: z.string().optional(),
  of: z.string().optional(),
});
const answerSchema = z.object({ taken: z.number(), known: z.number(), refused: z.array(refusedSchema) });
export type RoomAnswer = z.infer<typeof answerSchema>;

const PLACES = { tasks: '/v1/tasks', reports: '/v1/indicators/reports' } as const;

export class RowsRoom implements AsyncDisposable {
  readonly #url: string;
  readonly #sender: Sender;
  #headers: Record<string, string> = {};
  #isSignedIn = false;

  private constructor(url: string, sender: Sender) {
    this.#url = url;
    this.#sender = sender;
  }

  static async open(url: string, sender: Sender): Promise<RowsRoom> {
    const room = new RowsRoom(url, sender);
    if ('look' in sender) room.#headers = { cookie: `room-look=${encodeURIComponent(sender.look)}` };
    else if ('tokenFile' in sender) room.#headers = { authorization: `Bearer ${tokenIn(sender.tokenFile)}` };
    else await room.#signIn(sender);
    return room;
  }

  /** All are taken, or none; on trial it only says what would be refused. */
  async send(kind: RowsMapping['rows'], rows: readonly object[], isTrial: boolean): Promise<RoomAnswer> {
    const { status, json } = await this.#post(PLACES[kind], { [kind]: rows, isTrial });
    const parsed = answerSchema.safeParse(json);
    if (status === 200 && parsed.success) return parsed.data;
    const { code, reason } = errorOf(json);
    throw new Hopeless(`${this.#url} answered ${status} ${code}: ${reason}\n${remedy(status, kind, this.#sender)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The session would end by itself; what it was for is done.
    if (this.#isSignedIn) await this.#post('/v1/session/sign-out', {}).catch(() => undefined);
  }

  async #signIn({ signIn, passwordFile }: Extract<Sender, { signIn: string }>): Promise<void> {
    const password = readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '');
    const { status, json, cookies } = await this.#post('/v1/session/sign-in', { id: signIn, password });
    const session = z.object({ csrfToken: z.string() }).safeParse(json);
    if (status !== 200 || !session.success)
      throw new Hopeless(
        `${this.#url} does not let ${signIn} in (${status} ${errorOf(json).code}): check --sign-in and --password-file`,
      );
    this.#headers = { cookie: cookies, 'x-csrf-token': session.data.csrfToken };
    this.#isSignedIn = true;
  }

  async #post(path: string, body: object): Promise<{ status: number; json: unknown; cookies: string }> {
    const answer = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', origin: new URL(this.#url).origin, ...this.#headers },
      body: JSON.stringify(body),
    }).catch((error: Error) => {
      const cause = error.cause instanceof Error ? error.cause.message : error.message;
      throw new Hopeless(`${this.#url} cannot be reached (${cause}): is the room running?`);
    });
    const json: unknown = await answer.json().catch(() => undefined);
    const cookies = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
    return { status: answer.status, json, cookies: cookies.join('; ') };
  }
}

const NOUNS = { tasks: 'tasks of a plan', reports: 'reported values' } as const;

function tokenIn(file: string): string {
  const token = readFileSync(file, 'utf8').trim();
  if (/^import_[\w-]{43}$/.test(token)) return token;
  throw new Hopeless(
    `--token-file ${file} has no token that brings rows: one begins with import_ and is the only line; make one at /account`,
  );
}

function errorOf(json: unknown): { code: string; reason: string } {
  const parsed = z.object({ error: z.object({ code: z.string(), reason: z.string() }) }).safeParse(json);
  return parsed.success ? parsed.data.error : { code: 'unknown', reason: 'no answer of a room' };
}

function remedy(status: number, kind: RowsMapping['rows'], sender: Sender): string {
  if ('tokenFile' in sender && (status === 401 || status === 403))
    return `Check --token-file: its token is to bring ${NOUNS[kind]}; its owner makes one at /account of the room.`;
  if (status === 401) return 'Nobody is signed in: check --sign-in and --password-file.';
  if (status === 403)
    return kind === 'tasks'
      ? 'Tasks are given by whoever has the right "Direct" and sees everything.'
      : 'Values are reported by whoever has the right "Answer for a unit".';
  if (status === 409) return 'Somebody else wrote the same meanwhile: run the same command again.';
  return 'Check --url: it is the address of the room itself, without a path, for example http://127.0.0.1:3000.';
}
