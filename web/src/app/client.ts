/** Asks the room's own server: which question has which answer, and what a refusal says. */
import type { Answers, Queries } from '@room/contract';

type Options<P> = { signal?: AbortSignal } & (P extends keyof Queries ? { query: Queries[P] } : { query?: never });

/** No answer, or a refusal. `reason` is the server's own sentence, in English. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  /** The server's code, or `unreachable`. */
  readonly code: string;
  /** Undefined where nothing answered. */
  readonly status: number | undefined;
  /** Whether the same question may be answered later. */
  readonly canRetry: boolean;
  /** What the server's sentence says in numbers. */
  readonly numbers: Readonly<Record<string, number>>;

  constructor(
    code: string,
    reason: string,
    status?: number,
    { numbers = {}, ...options }: ErrorOptions & { numbers?: Readonly<Record<string, number>> | undefined } = {},
  ) {
    super(reason, options);
    this.numbers = numbers;
    this.code = code;
    this.status = status;
    this.canRetry = status === undefined || status >= 500 || status === 408 || status === 429;
  }
}

/** What is left out of the query stays out. */
export const addressOf = (path: string, query: Readonly<Record<string, string | undefined>>): string =>
  `${path}?${new URLSearchParams(Object.entries(query).filter((field): field is [string, string] => field[1] !== undefined))}`;

/** Throws `RequestFailed`, or what `signal` was aborted with. */
export async function ask<P extends keyof Answers>(path: P, { signal, query }: Options<P>): Promise<Answers[P]> {
  const address = query === undefined ? path : addressOf(path, query);
  let response: Response;
  try {
    response = await fetch(address, signal === undefined ? {} : { signal });
    if (response.ok) return (await response.json()) as Answers[P];
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new RequestFailed('unreachable', (cause as Error).message, undefined, { cause });
  }
  throw await refusal(response);
}

async function refusal(response: Response): Promise<RequestFailed> {
  const { status, statusText } = response;
  try {
    const { error } = (await response.json()) as {
      error: { code: string; reason: string; numbers?: Record<string, number> };
    };
    return new RequestFailed(error.code, error.reason, status, { numbers: error.numbers });
  } catch {
    // A proxy answers in its own words.
    return new RequestFailed(`http_${status}`, statusText, status);
  }
}
