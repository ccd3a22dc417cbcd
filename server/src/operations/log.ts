/** One line of the log for each request to a route, and for any other that failed. */
import type { Logger } from 'pino';
import type { AnsweredRequest } from '../requests.ts';

const API = '/v1/';
/** Of those who are told that too many ask, so many have a line of their own in so long a time; the others are counted. */
const BUSY_LINES = 20;
const BUSY_MS = 10_000;

/** Whose flood it is does not fill the disk with words of it. */
export class AnswerLog {
  readonly #logger: Pick<Logger, 'child' | 'warn'>;
  readonly #now: () => number;
  #since = Number.NEGATIVE_INFINITY;
  #busy = 0;

  constructor(logger: Pick<Logger, 'child' | 'warn'>, now = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  note(answered: AnsweredRequest): void {
    const now = this.#now();
    if (now - this.#since >= BUSY_MS) {
      const more = this.#busy - BUSY_LINES;
      if (more > 0) this.#logger.warn({ requests: more }, 'as many more requests were told that too many ask');
      this.#since = now;
      this.#busy = 0;
    }
    if (answered.status === 503 && answered.code === 'busy' && ++this.#busy > BUSY_LINES) return;
    logAnswered(this.#logger, answered);
  }
}

function logAnswered(logger: Pick<Logger, 'child'>, answered: AnsweredRequest): void {
  const { requestId, route, portal, events, code, error, method, path, status, ms } = answered;
  const line = logger.child({ requestId });
  const isOurs = route !== undefined || path.startsWith(API);
  const facts = { method, path: path.slice(0, 100), status, code, portal, ...events, ms: Math.round(ms) };
  if (status === undefined) {
    if (isCut(error)) line.warn({ ...facts, cause: causeOf(error) }, 'answer cut off');
    else if (isOurs) line.info(facts, 'request left unanswered: its sender is gone');
  } else if (status === 500 || code === 'internal') line.error({ ...facts, err: error }, 'request failed');
  else if (status > 500) line.warn({ ...facts, cause: causeOf(error) }, 'request failed');
  else if (status >= 400) line[isOurs ? 'info' : 'debug'](facts, 'request refused');
  // A browser that is sent on is told there.
  else if (code !== undefined) line.warn({ ...facts, cause: causeOf(error) }, 'request refused');
  else if (events !== undefined) line.debug(facts, 'batch accepted');
  else if (route !== undefined) line.debug(facts, 'request answered');
}

/** By what failed while it was sent; whoever takes no more of it ends it as well. */
const isCut = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE';

/** Why something that may come back was away: no stack is needed for that. */
const causeOf = (error: unknown): string | undefined =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : undefined;
