/** Express wiring with one error handler: every answer that is not a success names its code, its reason and the remedy. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGES, SCREEN, SIGN_IN } from '@room/contract';
import compression from 'compression';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Door } from './access/door.ts';
import type { Route } from './api/route.ts';
import { behind, serve } from './api/serve.ts';
import { assets } from './assets.ts';
import { cut, HttpError, toHttp } from './errors.ts';
import { again, answerUnread } from './listener.ts';
import { type AnsweredRequest, notesOf, requests } from './requests.ts';

export const WEB = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** The name that the build of the web part gave itself: a wall of another one reloads. */
export function webBuild(): string {
  const index = join(WEB, 'index.html');
  const [, name] = (existsSync(index) && /<meta name="build" content="(\w+)"/.exec(readFileSync(index, 'utf8'))) || [];
  return name ?? 'none';
}

export interface AppOptions {
  routes: readonly Route[];
  door: Door;
  /** In front, as the settings say. */
  proxies: number;
  /** TLS is spoken here: whoever came by it once comes by nothing else for a year. */
  isStrictlySecure: boolean;
  answered: (request: AnsweredRequest) => void;
}

export function createApp({ routes, door, proxies, isStrictlySecure, answered }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', proxies);
  app.use(requests(answered));
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          // Charts and transitions set style attributes.
          styleSrc: ["'self'", "'unsafe-inline'"],
          fontSrc: ["'self'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          connectSrc: ["'self'", 'ws:', 'wss:'],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      // Whoever puts TLS before the room sets this there.
      strictTransportSecurity: isStrictlySecure && { maxAge: 365 * 86_400, includeSubDomains: false },
      originAgentCluster: false,
      crossOriginOpenerPolicy: false,
    }),
  );
  // Answers to portals are small or many, and nobody waits for a line: theirs is the machine's time.
  const compress = compression();
  app.use((request, response, next) => (request.method === 'GET' ? compress(request, response, next) : next()));
  app.use(serve(routes, door));
  // Whoever sends something to no route is told so, not whether they may.
  const open = behind(door);
  app.use((request, response, next) =>
    request.method === 'GET' || request.method === 'HEAD' ? open(request, response, next) : next(),
  );
  app.get([...PAGES, SIGN_IN, SCREEN], (request, _response, next) => {
    request.url = '/index.html';
    next();
  });
  app.use(assets(WEB));
  app.use(() => {
    throw new HttpError(
      404,
      'not_found',
      existsSync(WEB) ? 'there is nothing at this address' : 'the wall is not built; run npm start, which builds it',
    );
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    // It cannot be answered otherwise any more, and must not look whole to its reader.
    if (response.headersSent) {
      notesOf(response).error = error;
      return void response.destroy();
    }
    const { status, code, reason, retryAfter, numbers } = toHttp(error);
    const notes = notesOf(response);
    notes.code = code;
    notes.error = error;
    if (retryAfter !== undefined) response.set('retry-after', String(retryAfter));
    if (status === 503) response.set(again(request));
    if (status === 401) response.set('www-authenticate', 'Bearer');
    response.status(status);
    answerUnread(request, response, JSON.stringify({ error: { code, reason: cut(reason), numbers } }));
  });
  return app;
}
