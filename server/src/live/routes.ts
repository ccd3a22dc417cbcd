/** The same snapshot as JSON, for those without a socket, and the catalogue that names its codes. */
import type { LoadedCatalogue } from '@room/catalogue';
import { Router } from 'express';
import { HttpError } from '../errors.ts';
import type { Rooms } from './rooms.ts';

const STATUS = { no_such_room: 404, not_ready: 503, failed: 503 } as const;

export function liveRoutes(rooms: Pick<Rooms, 'open'>, catalogue: LoadedCatalogue): Router {
  const router = Router();

  router.get('/v1/snapshot', async (request, response) => {
    const { room } = request.query;
    const answer = await rooms.open(typeof room === 'string' ? room : 'now');
    if (!answer.ok)
      throw new HttpError(
        STATUS[answer.code],
        answer.code,
        answer.reason,
        answer.code === 'no_such_room' ? undefined : 1,
      );
    response.set('cache-control', 'no-store').json(answer.snapshot);
  });

  router.get('/v1/catalogue', (_request, response) => {
    response.json(catalogue.catalogue);
  });
  for (const [path, text] of [
    ['/v1/catalogue/map', catalogue.map],
    ['/v1/catalogue/insets', catalogue.insets],
  ] as const)
    router.get(path, (_request, response) => {
      if (text === undefined) throw new HttpError(404, 'no_map', 'this deployment has no map');
      response.type('application/geo+json').send(text);
    });
  return router;
}
