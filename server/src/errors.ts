import { Conflict, DatabaseAway } from '@room/database';

/** What the HTTP edge answers when it cannot do what was asked: a code for programs, a reason with the remedy for people. */
export class HttpError extends Error {
  /** What `reason` says in numbers, for who words it otherwise. */
  readonly numbers: Readonly<Record<string, number>> | undefined;

  constructor(
    readonly status: number,
    readonly code: string,
    readonly reason: string,
    /** Seconds after which trying again makes sense. */
    readonly retryAfter?: number,
    options: ErrorOptions & { numbers?: Readonly<Record<string, number>> | undefined } = {},
  ) {
    super(reason, options);
    this.numbers = options.numbers;
  }
}

/** Code units of a text that an answer quotes or is made of. */
const LONGEST = 500;

/** At most `most` code units, and well-formed Unicode: no half of a pair at the cut, nor one that came in. */
export const cut = (text: string, most = LONGEST): string =>
  (text.length <= most ? text : `${text.slice(0, most - 1)}…`).replace(/\p{Surrogate}/gu, '\ufffd');

const AWAY_SECONDS = 2;

/** What body-parser throws, which reads what operators send, carries a `type`; anything unknown is ours to look into, and says nothing of its inside. */
export function toHttp(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof Conflict) return new HttpError(409, error.code, error.message);
  if (error instanceof DatabaseAway)
    return new HttpError(
      503,
      error.code,
      'the database does not answer: what is shown goes on, and nothing was changed unless it shows so later; try again',
      AWAY_SECONDS,
      { cause: error },
    );
  const type = (error as { type?: unknown }).type;
  if (type === 'entity.too.large') return new HttpError(413, 'too_large', 'the body is larger than this address takes');
  if (type === 'encoding.unsupported')
    return new HttpError(415, 'encoding', 'this content-encoding is not read; use gzip, deflate, br or none');
  if (type === 'request.aborted' || type === 'request.size.invalid')
    return new HttpError(400, 'aborted', 'the body ended early; send it again');
  if (type === 'entity.parse.failed')
    return new HttpError(400, 'bad_request', 'the body is no object or list in JSON; nothing was read of it');
  if (error instanceof URIError)
    return new HttpError(
      400,
      'bad_request',
      'the address has a % without two digits of UTF-8 behind it; write it as %25',
    );
  // In words of ours: what a library says is of its code, and changes with it.
  const status = (error as { status?: unknown }).status;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new HttpError(status, 'bad_request', 'the request cannot be read', undefined, { cause: error });
  return new HttpError(500, 'internal', 'something failed inside the room; its log says what', undefined, {
    cause: error,
  });
}
