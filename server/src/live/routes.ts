/** The same snapshot as JSON, for those without a socket, and the catalogue that names its codes. */
import { createHash } from 'node:crypto';
import type { LoadedCatalogue } from '@room/catalogue';
import type { Snapshot } from '@room/contract';
import { type Response, Router } from 'express';
import { HttpError } from '../errors.ts';
import type { Rooms } from './rooms.ts';

const STATUS = { no_such_room: 404, not_ready: 503, failed: 503, busy: 503, superseded: 503 } as const;

export function liveRoutes(rooms: Pick<Rooms, 'open'>, catalogue: LoadedCatalogue): Router {
  const router = Router();

  router.get('/v1/snapshot', async (request, response) => {
    const { room } = request.query;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = await rooms.open(typeof room === 'string' ? room : 'now', {
      owner: request.socket,
      signal: gone.signal,
    });
    if (!answer.ok)
      throw new HttpError(
        STATUS[answer.code],
        answer.code,
        answer.reason,
        answer.code === 'no_such_room' ? undefined : 1,
      );
    response.set('cache-control', 'no-store').type('application/json').end(bytesOf(answer.snapshot));
  });

  answers(router, '/v1/catalogue', 'application/json', JSON.stringify(catalogue.catalogue));
  answers(router, '/v1/catalogue/map', 'application/geo+json', catalogue.map);
  answers(router, '/v1/catalogue/insets', 'application/geo+json', catalogue.insets);
  return router;
}

/** The same bytes for everybody, made once. */
function answers(router: Router, path: string, type: string, text: string | undefined): void {
  const bytes = text === undefined ? undefined : Buffer.from(text);
  const tag = text === undefined ? '' : `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  router.get(path, (_request, response: Response) => {
    if (bytes === undefined) throw new HttpError(404, 'no_map', 'this deployment has no map');
    response.set('etag', tag).type(type).send(bytes);
  });
}

/** Many ask for the same state. */
const encoded = new WeakMap<Snapshot, Buffer>();

function bytesOf(snapshot: Snapshot): Buffer {
  const known = encoded.get(snapshot) ?? Buffer.from(JSON.stringify(snapshot));
  encoded.set(snapshot, known);
  return known;
}
