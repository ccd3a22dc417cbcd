/** One line of the log for each request to a route, and for any other that failed. */
import type { Logger } from 'pino';
import type { AnsweredRequest } from '../requests.ts';

const API = '/v1/';

export function logAnswered(logger: Pick<Logger, 'child'>, answered: AnsweredRequest): void {
  const { requestId, route, portal, events, code, error, method, path, status, ms } = answered;
  const line = logger.child({ requestId });
  const isOurs = route !== undefined || path.startsWith(API);
  const facts = { method, path: path.slice(0, 100), status, code, portal, ...events, ms: Math.round(ms) };
  if (status === undefined) {
    if (isOurs) line.info(facts, 'request left unanswered: its sender is gone');
  } else if (status === 500 || code === 'internal') line.error({ ...facts, err: error }, 'request failed');
  else if (status > 500) line.warn({ ...facts, cause: causeOf(error) }, 'request failed');
  else if (status >= 400) line[isOurs ? 'info' : 'debug'](facts, 'request refused');
  // A browser that is sent on is told there.
  else if (code !== undefined) line.warn({ ...facts, cause: causeOf(error) }, 'request refused');
  else if (events !== undefined) line.debug(facts, 'batch accepted');
  else if (route !== undefined) line.debug(facts, 'request answered');
}

/** Why something that may come back was away: no stack is needed for that. */
const causeOf = (error: unknown): string | undefined =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : undefined;
