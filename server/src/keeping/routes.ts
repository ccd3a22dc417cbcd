/** Operators' HTTP: backups begun, watched and listed. */
import express, { type RequestHandler, Router } from 'express';
import { HttpError } from '../errors.ts';
import { Keeper } from './keeper.ts';

/** Which stores are not the room's own to copy. */
export interface Remote {
  kafka: boolean;
  clickhouse: boolean;
}

/** `keeper`, where both stores are the room's own. */
export function keepingRoutes(keeper: Keeper | Remote, operators: RequestHandler): Router {
  const router = Router();
  const ours = (): Keeper => {
    if (keeper instanceof Keeper) return keeper;
    throw new HttpError(409, 'not_embedded', instead(keeper));
  };

  router.use('/v1/operator/backup', operators);

  router.post('/v1/operator/backup', express.json(), async (request, response) => {
    const { name } = (request.body ?? {}) as { name?: unknown };
    if (name !== undefined && typeof name !== 'string')
      throw new HttpError(400, 'bad_name', 'the name of a backup is a text');
    response.status(202).json(await ours().start(name));
  });

  router.get('/v1/operator/backup', async (_request, response) => {
    response.json({ backups: await ours().list() });
  });

  router.get('/v1/operator/backup/:name', async (request, response) => {
    const { name } = request.params;
    const state = await ours().state(name);
    if (state === undefined) throw new HttpError(404, 'no_such_backup', `there is no backup ${name}`);
    response.json(state);
  });
  return router;
}

function instead({ kafka, clickhouse }: Remote): string {
  const rewind =
    "set the offsets of the room's consumer group back to before it: what is read again counts once, by its id, as far back as " +
    'the topic reaches';
  if (kafka && clickhouse)
    return `this room keeps nothing itself: stop the pipelines, run BACKUP DATABASE in ClickHouse, start them again. After a RESTORE ${rewind}`;
  return kafka
    ? `this room keeps its log in Kafka: stop it and copy DATA_DIR, which is whole then. After going back to a copy ${rewind}`
    : 'this room keeps its numbers in ClickHouse: stop it, copy DATA_DIR/log first, then run BACKUP DATABASE in ClickHouse. What ' +
        'the copied log holds and the restored tables have counts once, by its id';
}
