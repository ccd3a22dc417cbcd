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
