/** One line of the log for a request that was refused, that failed, or that brought events. */
import type { Logger } from 'pino';
import type { Answered } from '../requests.ts';

const API = '/v1/';

export function logAnswered(logger: Pick<Logger, 'child'>, answered: Answered): void {
  const { requestId, portal, events, code, error, method, path, status, ms } = answered;
  const line = logger.child({ requestId });
  const facts = { method, path: path.slice(0, 100), status, code, portal, ...events, ms: Math.round(ms) };
  if (status === undefined) {
    if (path.startsWith(API)) line.info(facts, 'request left unanswered: its sender is gone');
  } else if (status === 500) line.error({ ...facts, err: error }, 'request failed');
  else if (status > 500) line.warn({ ...facts, cause: causeOf(error) }, 'request failed');
  else if (status >= 400) line[path.startsWith(API) ? 'info' : 'debug'](facts, 'request refused');
  else if (events !== undefined) line.debug(facts, 'batch accepted');
}

/** Why something that may come back was away: no stack is needed for that. */
const causeOf = (error: unknown): string | undefined =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : undefined;
