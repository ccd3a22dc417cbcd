/** What the HTTP edge answers when it cannot do what was asked: a code for programs, a reason with the remedy for people. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly reason: string,
    /** Seconds after which trying again makes sense. */
    readonly retryAfter?: number,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}
