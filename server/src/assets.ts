/** The wall's files, each compressed already where its build did so: for two thousand walls after a new build nothing is compressed twice. */
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import express, { type RequestHandler } from 'express';

/** What stands after the name of a compressed file, by its encoding, the smaller one first. */
const ENDINGS = { br: '.br', gzip: '.gz' } as const;
const ENCODINGS = Object.keys(ENDINGS) as (keyof typeof ENDINGS)[];
/** Names of a build: nothing in them is to be decoded, nor leads out of its folder. */
const PLAIN = /^(?:\/[\w-][\w.-]*)+$/;
/** Their names change with what is in them. */
const NAMED_BY_CONTENT = /[\\/]assets[\\/]/;

/** Serves `folder`. What is not there is passed on. */
export function assets(folder: string): RequestHandler[] {
  const compressed: RequestHandler = (request, response, next) => {
    response.vary('accept-encoding');
    const { path } = request;
    // What is asked for in part is told in its own bytes.
    if (!PLAIN.test(path) || request.headers.range !== undefined) return next();
    const wanted = ENCODINGS.filter((encoding) => request.acceptsEncodings(encoding) !== false);
    const ending = wanted.map((encoding) => ENDINGS[encoding]).find((name) => existsSync(join(folder, path + name)));
    if (ending !== undefined) request.url = path + ending;
    next();
  };
  const files = express.static(folder, {
    redirect: false,
    setHeaders: (response, path) => {
      response.setHeader(
        'cache-control',
        NAMED_BY_CONTENT.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      const encoding = ENCODINGS.find((one) => path.endsWith(ENDINGS[one]));
      if (encoding === undefined) return;
      response.setHeader('content-encoding', encoding);
      response.type(extname(path.slice(0, -ENDINGS[encoding].length)));
    },
  });
  return [compressed, files];
}
