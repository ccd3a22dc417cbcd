/** The table of routes to Express: who asks, in turn, with what input; then the answer. */

import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { doubledKey } from '@room/runtime';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { assertEverything, assertOnWalls, assertReads } from '../access/access.ts';
import type { Door } from '../access/door.ts';
import { addressOf } from '../access/origins.ts';
import { isSame, nameOf, ownerOf, type Principal } from '../access/principal.ts';
import { onceClosed } from '../closed.ts';
import { cut, HttpError } from '../errors.ts';
import { goOn } from '../listener.ts';
import { notesOf } from '../requests.ts';
import { Encoded } from './encoded.ts';
import { checked, checkedQuery } from './input.ts';
import type { Answer, Route } from './route.ts';
import { Sent } from './sent.ts';
import { Streamed } from './streamed.ts';

export function serve(routes: readonly Route[], door: Door): Router {
  const router = Router();
  for (const route of routes)
    router[route.method](route.path.replaceAll(/\{(\w+)\}/g, ':$1'), (request, response) =>
      answer(route, door, request, response),
    );
  for (const path of new Set(routes.map((route) => route.path)))
    router.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), (request, response, next) => {
      if (request.method === 'OPTIONS') return next();
      const allow = routes
        .filter((route) => route.path === path)
        .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : ['POST']));
      response.set('allow', allow.join(', '));
      throw new HttpError(
        405,
        'method_not_allowed',
        `${request.method} is not taken here; this address takes ${allow.join(' and ')}`,
      );
    });
  return router;
}

/** Lets anybody through, in their turn. The database is not asked who it is: what a browser needs to say so is there without it. */
export const behind =
  ({ access, visitors }: Pick<Door, 'access' | 'visitors'>): RequestHandler =>
  async (request, response, next) => {
    access.assertHost(request);
    const name = access.isAtHand(request) ? nameOf(await access.actor(request)) : undefined;
    await visitors.turn(request, response, name);
    next();
  };

async function admit(
  { right, isReading, imports }: Pick<Route, 'right' | 'isReading' | 'imports'>,
  { access, screens, visitors }: Door,
  request: Request,
  response: Response,
): Promise<Principal> {
  // Who has to be looked up first waits like whoever is nobody.
  const isAtHand = access.isAtHand(request, right);
  if (!isAtHand) await visitors.turn(request, response);
  const principal = await access.admit(right, request, isReading, imports);
  if (principal.kind === 'portal') notesOf(response).portal = principal.source;
  else if (isAtHand && principal.kind !== 'operator') await visitors.turn(request, response, nameOf(principal));
  if (principal.kind === 'screen') screens.seen(principal.id, addressOf(request.ip));
  return principal;
}

async function answer(route: Route, door: Door, request: Request, response: Response): Promise<void> {
  notesOf(response).route = route.path;
  const principal = await admit(route, door, request, response);
  if (principal.kind !== 'portal') {
    assertReads(principal, route);
    assertOnWalls(principal, route);
  }
  if (route.isWhole === true && principal.kind !== 'portal') assertEverything(principal);
  const { badInput } = route;
  const params = route.params && checked(route.params, request.params, badInput);
  const query = route.query && checkedQuery(route.query, request.query, badInput);
  if (route.reads === undefined) goOn(request, response);
  const still = (): Promise<void> => assertStill(route, door, request, principal);
  const begun = performance.now();
  const given = route.body && (await json(request, response, route.mostBytes));
  // Whoever sends slowly may have been shut out meanwhile.
  if (performance.now() - begun > LOOK_AGAIN_MS) await still();
  const body = route.body && checked(route.body, given, badInput);
  const gone = new AbortController();
  onceClosed(response, () => gone.abort());
  const { socket } = request;
  const asker = { owner: principal.kind === 'portal' ? socket : ownerOf(principal, socket), signal: gone.signal };
  // What a browser stored would stay on a machine that others use.
  if (route.answer.isTagged === true && principal.kind === 'token') response.set('cache-control', 'private, no-cache');
  const answered = await route.handle({ principal, params, query, body, asker, assertStill: still, request, response });
  await send(response, route.answer, answered, still);
}

/** That whoever asks is who they were: a file may take longer to send than they may see what stands in it. Rejects where they are not. */
async function assertStill(
  { right, isReading, imports }: Pick<Route, 'right' | 'isReading' | 'imports'>,
  { access }: Pick<Door, 'access'>,
  request: Request,
  before: Principal,
): Promise<void> {
  const now: Principal = await access.admit(right, request, isReading, imports);
  if (before.kind !== 'portal' && (now.kind === 'portal' || !isSame(before, now)))
    throw new HttpError(403, 'no_right', 'what whoever asks may see is another than when they asked');
}

/** So often is looked, while a file is sent, whether whoever takes it still may. */
const LOOK_AGAIN_MS = 1_000;

const assertOnce = (_request: unknown, _response: unknown, bytes: Buffer): void => {
  if (!isUtf8(bytes)) throw new HttpError(400, 'bad_request', 'the body is not in UTF-8: send it as UTF-8');
  const key = doubledKey(bytes.toString('utf8'));
  if (key !== undefined)
    throw new HttpError(400, 'field_twice', `the body has the field ${cut(key, 80)} twice: send it once`);
};
const parse = express.json({ verify: assertOnce });

async function* whileAllowed<T>(chunks: AsyncIterable<T>, assertStill: () => Promise<void>): AsyncGenerator<T> {
  let lookedAt = performance.now();
  for await (const chunk of chunks) {
    if (performance.now() - lookedAt > LOOK_AGAIN_MS) {
      await assertStill();
      lookedAt = performance.now();
    }
    yield chunk;
  }
}

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** A body in JSON; without one, no fields. Of another type it is refused: what was sent in it would else be taken for not sent. */
const json = (request: Request, response: Response, mostBytes: number | undefined): Promise<unknown> =>
  new Promise((resolve, reject) => {
    if (hasBody(request) && request.is('json') !== 'json') {
      const type = request.get('content-type');
      const found = type === undefined ? 'a body without a content-type' : `a body of ${cut(type, 80)}`;
      reject(new HttpError(415, 'media_type', `${found} is not read here; send it as application/json`));
      return;
    }
    // What it says is read as it is checked.
    const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(request.get('content-type') ?? '')?.[1];
    if (charset !== undefined && !/^utf-8$/i.test(charset)) {
      reject(new HttpError(415, 'media_type', `a body in ${cut(charset, 40)} is not read here; send it in UTF-8`));
      return;
    }
    const read = mostBytes === undefined ? parse : express.json({ limit: mostBytes, verify: assertOnce });
    read(request, response, (error?: unknown) => (error === undefined ? resolve(request.body ?? {}) : reject(error)));
  });

async function send(
  response: Response,
  { status = 200, type, isKept, isTagged }: Answer,
  answered: unknown,
  assertStill: () => Promise<void>,
): Promise<void> {
  if (answered instanceof Sent) return;
  response.status(status);
  if (isKept !== true && !response.hasHeader('cache-control')) response.set('cache-control', 'no-store');
  if (type !== undefined && typeof answered === 'string') response.set('content-type', type).end(answered);
  else if (answered instanceof Streamed) {
    response.set('content-disposition', attachmentOf(answered.name));
    response.type(answered.type ?? type ?? 'application/octet-stream');
    if (answered.size !== undefined) response.set('content-length', String(answered.size));
    if (response.req.method === 'HEAD') return void response.end();
    await pipeline(Readable.from(whileAllowed(answered.chunks, assertStill)), response);
  } else if (answered instanceof Encoded) {
    response.type(type ?? 'application/json');
    if (isKept === true) response.set('etag', answered.tag).send(answered.bytes);
    else response.end(answered.bytes);
  } else {
    if (isTagged === true) {
      const tag = tagOf(answered as object);
      response.set('etag', tag).vary('Cookie, Authorization');
      // Clients that ask by themselves add no-cache, which this is: it was just made.
      if (
        response.req
          .get('if-none-match')
          ?.split(/\s*,\s*/)
          .includes(tag) === true
      )
        return void response.status(304).end();
    }
    response.json(answered);
  }
}

/** To be saved under this name: as all read it, and besides as it is where it has letters of other alphabets (RFC 6266). */
function attachmentOf(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  if (plain === name) return `attachment; filename="${name}"`;
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/**
 * Of what is told itself: no watermark, catalogue or scope stands for all that an answer is made of. It saves the way, not the work.
 */
function tagOf(answered: object): string {
  const { answeredAt: _answeredAt, ms: _ms, ...told } = answered as { answeredAt?: number; ms?: number };
  return Encoded.value(told).tag;
}
