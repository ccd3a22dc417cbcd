/** One POST to somebody who may answer slowly, without end or not at all. A redirect is an answer: nothing is followed. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';

/** Characters of an answer that are kept. */
const MOST_ANSWER = 300;
/** For what it says besides its status, which alone decides. */
const ANSWER_MS = 2_000;

export interface Posting {
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
  /** What a name is connected to; as the machine resolves it without. */
  lookup?: LookupFunction;
}

export interface Posted {
  status: number;
  /** Its beginning. */
  said: string;
}

/** Rejects where there was no status. */
export const post = (url: URL, { headers, body, signal, lookup }: Posting): Promise<Posted> =>
  new Promise((done, failed) => {
    const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      ...(lookup === undefined ? {} : { lookup }),
      signal,
      agent: false,
    };
    const asked = ask(url, options, (response) => {
      const { statusCode: status = 0 } = response;
      let said = '';
      const timer = setTimeout(() => response.destroy(), ANSWER_MS);
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        said += part.slice(0, MOST_ANSWER - said.length);
        if (said.length === MOST_ANSWER) response.destroy();
      });
      // Broken off, too long or too slow: its status was said, and whoever has it is not sent it again.
      response.on('error', () => undefined);
      response.on('close', () => {
        clearTimeout(timer);
        done({ status, said: said.trim() });
      });
    });
    asked.on('error', failed).end(body);
  });
