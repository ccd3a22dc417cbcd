/** Every request has an id, and is told about once it is over: for its line in the log, and for the metrics. */

import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { onceClosed } from './closed.ts';

/** What those who handle a request add to what is told about it. Never a key, and nothing of the body. */
export interface Notes {
  requestId: string;
  /** Path of its row in the table of routes. */
  route?: string;
  /** The portal whose key it came with. */
  portal?: string;
  /** Events by what became of them. */
  events?: { accepted: number; duplicate: number; quarantined: number };
  /** Code of the refusal. */
  code?: string;
  /** What failed inside. */
  error?: unknown;
}

export interface AnsweredRequest extends Notes {
  method: string;
  path: string;
  /** Undefined: the sender left before it was answered. */
  status: number | undefined;
  ms: number;
}

/** A sender may bring an id of its own, which is the same one in its log and in ours. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

export const notesOf = (response: Response): Notes => response.locals as Notes;

export function requests(answered: (request: AnsweredRequest) => void): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const given = request.get('x-request-id');
    const notes = notesOf(response);
    notes.requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    response.set('x-request-id', notes.requestId);
    const { method, path } = request;
    onceClosed(response, () => {
      const status = response.writableFinished ? response.statusCode : undefined;
      answered({ ...notes, method, path, status, ms: performance.now() - began });
    });
    next();
  };
}
